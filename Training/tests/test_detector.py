"""The detector of continuations, rehearsed on made-up sound."""

import json

import numpy as np
import soundfile
import torch

from audiolm_training import crop_classifier, detector, report, tables, train_detector, weight_file
from audiolm_training.sound_features import SAMPLE_RATE

from step_calls import call

# Stands in for the built command: continues with noise, codes by adding nothing.
STAND_IN = """#!{python}
import argparse, json, numpy, shutil, soundfile
p = argparse.ArgumentParser()
p.add_argument("verb"); p.add_argument("file", nargs="?"); p.add_argument("-o")
for name in ("seconds", "seed", "model", "bitrate"): p.add_argument("--" + name)
for name in ("only-continuation", "json", "force", "quiet"): p.add_argument("--" + name, action="store_true")
a = p.parse_args()
if a.verb == "info":
    raise SystemExit(print("{{}}"))
if a.verb == "continue":
    noise = numpy.random.default_rng(int(a.seed)).normal(size=int(a.seconds) * 24000) * 0.05
    soundfile.write(a.o, noise, 24000)
    print(json.dumps({{"seed": int(a.seed)}}))
else:
    shutil.copyfile(a.file, a.o)
"""


def tones(seed: int, seconds: float = 70.0) -> np.ndarray:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return 0.2 * np.sin(2 * np.pi * np.random.default_rng(seed).uniform(200, 900) * time) * np.exp(-4 * (time % 0.5))


def test_a_detector_is_trained_measured_and_exported(tmp_path, command):
    for number, folder in enumerate(("real", "data/piano/train", "data/piano/test")):
        (tmp_path / folder).mkdir(parents=True)
        for name in range(2):
            soundfile.write(tmp_path / folder / f"{name}.wav", tones(10 * number + name), SAMPLE_RATE)
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    call(train_detector, tmp_path, "--command", command, "--bundle", str(bundle), "--real", str(tmp_path / "real"),
         "--prompts", "2", "2", "2", "--steps", "30")  # fmt: skip
    result = tables.read_result(tmp_path, "detector")
    assert result["real"]["crops"] == 80 and result["real"]["right"] > 0.9
    assert result["rendered"]["called_synthetic"]["continued"] > 0.9 > 0.1 > result["rendered"]["called_synthetic"]["truth"]
    assert json.loads((bundle / "config.json").read_text())["detector"]["strides"] == [2, 2, 2]
    assert "detector.safetensors" in (bundle / "SHA256SUMS").read_text()
    card = report.filled("<!-- figures: detector -->\n<!-- end of figures -->", {"detector": result})
    assert "| real recordings | 2 | 80 |" in card


@torch.no_grad()
def test_folding_and_storing_change_little(tmp_path):
    torch.manual_seed(0)
    settings = detector.DetectorConfiguration()
    classifier = detector.untrained(settings)
    crops = 0.1 * torch.randn(6, crop_classifier.CROP) * torch.linspace(0, 1, 6)[:, None]
    classifier.train()(crops)  # gives the norms something to hold
    logits = classifier.eval()(crops)
    odds = logits[:, detector.SYNTHETIC] - logits[:, detector.REAL]
    folded = detector.folded(classifier, settings)
    assert torch.allclose(folded(crops), odds, atol=1e-4)
    assert folded.convolutions[0].weight.sum(2).abs().max() < 1e-5, "what never changes is not heard"
    detector.export(folded, crops[1], tmp_path)
    assert torch.allclose(folded(crops), odds, atol=0.05)
    golden = weight_file.read(tmp_path / "golden.safetensors")
    assert torch.equal(golden["detector.logits"], folded(crops[1:2]))
    assert (tmp_path / "detector.safetensors").stat().st_size < 300_000


def test_the_level_does_not_count():
    model = detector.untrained(detector.DetectorConfiguration()).eval()
    crop = 0.1 * torch.randn(1, crop_classifier.CROP)
    assert torch.allclose(model(crop), model(0.2 * crop), atol=1e-3)


def test_pauses_are_nobodys():
    assert crop_classifier.crops_of(np.zeros(3 * SAMPLE_RATE, np.float32)) == []
