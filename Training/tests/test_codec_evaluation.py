"""What the codec is measured by, on made-up sound and a codec that has learned nothing."""

import argparse
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiolm_training import (
    codec_excerpts, codec_metrics, codec_pictures, evaluate_codec, evaluate_codec_speed, export_codec, report, tables,
)  # fmt: skip
from audiolm_training.codec import Codec, CodecConfig
from audiolm_training.codebook_use import level_entropies
from audiolm_training.codec_targets import codec_figures
from audiolm_training.recognition import Recogniser, word_errors, words
from audiolm_training.sound_features import SAMPLE_RATE

from step_calls import call

# Stands in for the built command: keeps 8 bits of each sample.
STAND_IN = """#!{python}
import argparse, numpy, soundfile
p = argparse.ArgumentParser()
p.add_argument("verb"); p.add_argument("file"); p.add_argument("-o")
for name in ("bitrate", "model", "threads"): p.add_argument("--" + name)
for name in ("quiet", "force"): p.add_argument("--" + name, action="store_true")
a = p.parse_args()
if a.verb == "encode":
    sound, rate = soundfile.read(a.file)
    open(a.o, "wb").write((sound * 127).round().astype(numpy.int8).tobytes())
else:
    soundfile.write(a.o, numpy.fromfile(a.file, numpy.int8) / 127, 24000, format="WAV")
"""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A run folder with a codec, held-out recordings and a manifest of speech."""
    torch.manual_seed(0)
    codec = Codec(CodecConfig(latent_dim=8, encoder_dim=16, encoder_blocks=1, decoder_dim=16, decoder_blocks=1,
                              codebook_size=16, beams=1))  # fmt: skip
    codec.quantizer.initialise(torch.randn(100, 8))
    export_codec.export(codec, tmp_path / "bundle")
    time = np.arange(41 * SAMPLE_RATE) / SAMPLE_RATE
    sound = 0.3 * np.sin(2 * np.pi * 440 * time) * np.exp(-3 * (time % 0.5)) + 0.001 * np.sin(2 * np.pi * 3000 * time)
    for folder in ("real", "data/tones/test", "data/more/test"):
        (tmp_path / folder).mkdir(parents=True)
        soundfile.write(tmp_path / folder / "a.wav", sound, SAMPLE_RATE)
    rows = ["path\tspeaker\tseconds\ttext\tuse"]
    for speaker in "ab":
        for number in range(4):
            name = f"{speaker}{number}.wav"
            soundfile.write(tmp_path / name, sound[number * 1000 :][: 4 * SAMPLE_RATE], SAMPLE_RATE)
            rows.append(f"{name}\t{speaker}\t4\tTWO \"WORDS\t{'train' if number == 3 else 'eval'}")
    (tmp_path / "speech.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_measures_of_a_quieter_copy():
    noise = np.random.default_rng(0).normal(size=24_000).astype(np.float32) * 0.1
    halved = evaluate_codec.measure(lambda sound: (sound / 2, 6000), [codec_excerpts.Excerpt(noise)], {})
    assert halved["mel_distance"] == pytest.approx(10 * np.log10(2), abs=0.02)
    assert halved["kilobits_per_second"] == 6 and halved["excerpts"] == 1
    assert codec_metrics.average_spectrum_distance([noise]) > 0.5
    assert codec_metrics.resampled(noise, 16_000).shape == (16_000,)


def test_entropy_of_even_and_of_single_codes():
    codes = np.arange(1024)[:, None].repeat(2, 1)
    codes[:, 1] = 7
    assert level_entropies(codes, 1024) == pytest.approx([1, 0])


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [("one two three", "one two three", 0), ("one two three", "one three", 1), ("one", "", 1), ("", "a b", 2),
     ("It's one, TWO", "its one too many", 3)],
)  # fmt: skip
def test_word_errors(said: str, heard: str, errors: int):
    assert word_errors(words(said), words(heard)) == errors


def test_utterances_are_shared_out_among_the_held_out_speakers(runs: Path):
    chosen = codec_excerpts.speech_excerpts(runs / "speech.tsv", 4)
    assert len(chosen) == 4 and {len(excerpt.sound) for excerpt in chosen} == {4 * SAMPLE_RATE}
    assert chosen[0].text == 'TWO "WORDS'
    (runs / "none.tsv").write_text("path\tspeaker\tseconds\ttext\tuse\na0.wav\ta\t4\tTEXT\ttrain\n")
    with pytest.raises(SystemExit, match="no utterance of 4 to 12 s"):
        codec_excerpts.speech_excerpts(runs / "none.tsv", 4)


def test_the_codec_in_pytorch_and_by_the_command(runs: Path, command: str, capsys):
    words = ("--piano", str(runs / "real"), "--speech", str(runs / "speech.tsv"), "--speech-files", "2",
             "--systems", "ours", "--quick", "--bundle", str(runs / "bundle"))  # fmt: skip
    call(evaluate_codec, runs, *words, "--codebooks", "tones", "more", "--keep", str(runs / "kept"))
    result = tables.read_result(runs, "codec-quick")
    assert result["speech"]["ours, 12 levels"]["excerpts"] == 2
    assert set(result["codebooks"]) == {"tones", "more", "together"}
    assert all(0 <= share <= 1 for share in result["codebooks"]["together"]["shares"])
    assert (runs / "kept" / "piano" / "ours-3-levels" / "0.wav").exists()
    call(evaluate_codec, runs, *words, "--command", command)
    rows = tables.read_result(runs, "codec-quick")["piano"]
    assert rows["ours, 3 levels"]["run_by"] == "the built command"
    assert rows["ours, 3 levels"]["kilobits_per_second"] == pytest.approx(192)
    assert "| ours, 3 levels | 192.00 |" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="needs --bundle"):
        call(evaluate_codec, runs, "--piano", str(runs / "real"), "--command", command)


def test_speed_beside_pytorch(runs: Path, command: str):
    call(evaluate_codec_speed, runs, "--command", command, "--bundle", str(runs / "bundle"), "--sound",
         str(runs / "real" / "a.wav"), "--seconds", "2", "--times", "1")  # fmt: skip
    result = tables.read_result(runs, "codec_speed")
    for part in ("encode", "decode"):
        assert result[part]["command_seconds"] > 0 and result[part]["torch_seconds"] > 0
    assert report.BLOCKS["codec-speed"]({"codec_speed": result}).startswith("| one core, processor time |")


def test_targets_stand_beside_opus():
    rows = {
        "ours, 12 levels": {"mel_distance": 1.2, "pesq": 2.7, "word_error_rate": 0.26},
        "Opus --bitrate 8": {"mel_distance": 1.4},
        "the recording itself": {"word_error_rate": 0.2},
    }
    use = {"together": {"frames": 9, "shares": [0.9, 0.7]}}
    speed = {"seconds": 60, "encode": {"command_seconds": 2, "torch_seconds": 7}}
    cells = {figure.what: figure.cells[1:] for figure in
             codec_figures({"codec": {"speech": rows, "codebooks": use}, "codec_speed": speed})}  # fmt: skip
    assert cells["speech, 6 kbit/s: 80-band distance"] == ["Opus --bitrate 8: 1.40", "1.20", "yes"]
    assert cells["speech, 6 kbit/s: PESQ, wide band"] == ["at least 2.60", "2.70", "yes"]
    assert cells["speech, 6 kbit/s: words wrong, × the recording's"] == ["at most 1.25", "1.30", "no"]
    assert cells["real piano, 3 kbit/s: 80-band distance"] == ["as Opus --bitrate 6", "not measured", "–"]
    assert cells["codebook least used: entropy over its maximum"] == ["at least 0.80", "0.70", "no"]
    assert cells["encode, one core, × PyTorch"] == ["at least 3.0", "3.5", "yes"]
    assert cells["encode, one core, × real time"] == ["at least 25", "30", "yes"]
    assert cells["decode, one core, × real time"] == ["at least 25", "not measured", "–"]


def test_speech_measures_of_a_copy():
    pytest.importorskip("pesq")
    pytest.importorskip("pystoi")
    pytest.importorskip("ai_edge_litert")
    pytest.importorskip("visqol")
    random = np.random.default_rng(0)
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 120 * partial * time) / partial for partial in range(1, 20))
    voice = (0.1 * voice * (np.sin(2 * np.pi * 3 * time) > 0)).astype(np.float32)
    noisy = voice + 0.05 * random.normal(size=len(voice)).astype(np.float32)
    for measure in evaluate_codec.measures_for("speech").values():
        assert measure(voice, voice) > measure(voice, noisy)


def test_the_recogniser_hears_a_sound_alike_whatever_came_before():
    pytest.importorskip("pocketsphinx")
    recogniser, random = Recogniser(), np.random.default_rng(0)
    sound = (0.1 * random.normal(size=SAMPLE_RATE)).astype(np.float32)
    first = recogniser.words(sound)
    recogniser.words(np.zeros(2 * SAMPLE_RATE, np.float32))
    assert recogniser.words(sound) == first


def test_pictures_and_examples(runs: Path):
    pytest.importorskip("matplotlib")
    if not shutil.which("opusenc"):
        pytest.skip("opus-tools are not installed")
    config = runs / "examples.yaml"
    entry = "  - {{name: {0}, title: Tones {0}, file: real/a.wav, start: {1}, credit: made up}}"
    config.write_text("\n".join(["excerpts:", entry.format("one", 0), entry.format("two", 30)]))
    args = argparse.Namespace(config=config, runs=runs, data=runs, bundle=runs / "bundle",
                              picture=runs / "codec.png", examples=runs / "examples")  # fmt: skip
    codec_pictures.run(args)
    assert args.picture.stat().st_size > 10_000
    assert len(list(args.examples.glob("*.ogg"))) == 12
    listed = (args.examples / "README.md").read_text()
    assert "(two-ours-1_5.ogg)" in listed and "- Tones two: made up." in listed
    config.write_text("\n".join(["excerpts:", entry.format("late", 40)]))
    with pytest.raises(SystemExit, match="choose another start"):
        codec_pictures.run(args)
