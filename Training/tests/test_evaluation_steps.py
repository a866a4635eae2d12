import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiolm_training import continuation_systems, evaluate_continuations, evaluate_speed, make_prompts, picture, report, tables
from audiolm_training.sound_features import SAMPLE_RATE

from step_calls import call

# Stands in for the built command: continues with noise, reads no model.
STAND_IN = """#!{python}
import argparse, json, numpy, soundfile
p = argparse.ArgumentParser()
p.add_argument("verb"); p.add_argument("file", nargs="?"); p.add_argument("-o")
for name in ("seconds", "seed", "model", "threads", "variations"): p.add_argument("--" + name)
for name in ("only-continuation", "json", "force"): p.add_argument("--" + name, action="store_true")
a = p.parse_args()
if a.verb == "info":
    raise SystemExit(print("{{}}"))
noise = numpy.random.default_rng(int(a.seed)).normal(size=int(a.seconds) * 24000) * 0.05
soundfile.write(a.o, noise, 24000)
print(json.dumps({{"seed": int(a.seed)}}))
"""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    time = np.arange(70 * SAMPLE_RATE) / SAMPLE_RATE
    for folder in ("real", "data/piano/test"):
        (tmp_path / folder).mkdir(parents=True)
        for name, beat, gain in (("a", 0.2, 0.05), ("b", 0.7, 0.3)):
            sound = gain * np.sin(2 * np.pi * random.uniform(200, 900) * time) * np.exp(-8 * (time % beat))
            soundfile.write(tmp_path / folder / f"{name}{folder[0]}.wav", sound, SAMPLE_RATE)
    return tmp_path


def test_prompts_are_cut_alike_each_time_and_do_not_overlap(runs: Path):
    words = ("--real", str(runs / "real"), "--real-count", "4", "--rendered-count", "4")
    call(make_prompts, runs, *words)
    folder = runs / "prompts"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    call(make_prompts, runs, *words)
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}
    prompts = make_prompts.read_prompts(folder)
    assert [prompt.kind for prompt in prompts] == ["real"] * 4 + ["rendered"] * 4
    for recording in {prompt.recording for prompt in prompts}:
        starts = sorted(prompt.start for prompt in prompts if prompt.recording == recording)
        assert len(starts) == 2 and starts[1] - starts[0] >= 30
    assert soundfile.info(folder / "real-00.prompt.wav").duration == 10
    assert soundfile.info(folder / "real-00.truth.wav").duration == 20


def test_too_many_prompts_are_refused(runs: Path):
    with pytest.raises(SystemExit, match="too short for 3 prompts"):
        call(make_prompts, runs, "--real", str(runs / "real"), "--real-count", "5")


def test_continuations_of_the_command_and_of_trivial_systems(runs: Path, command: str, capsys):
    with pytest.raises(SystemExit, match="make-prompts first"):
        call(evaluate_continuations, runs, "--system", "truth")
    call(make_prompts, runs, "--real", str(runs / "real"), "--real-count", "2", "--rendered-count", "2")
    call(evaluate_continuations, runs, "--system", "truth")
    truth = tables.read_result(runs, "continuations-truth")["consistency"]
    assert all(score["value"] == pytest.approx(1) for score in truth.values())
    call(evaluate_continuations, runs, "--command", command)
    result = tables.read_result(runs, "continuations")
    assert result["consistency"]["timbre"]["value"] < 0.5
    assert len(result["rows"]) == result["prompts"] == 4
    call(evaluate_continuations, runs, "--command", command, "--only", "1")
    assert tables.read_result(runs, "continuations")["prompts"] == 4
    quick = tables.read_result(runs, "continuations-quick")["rows"]
    full, some = (json.loads((runs / name / "rendered-00.json").read_text()) for name in ("continuations", "continuations-quick"))
    assert len(quick) == 2 and full["seed"] == some["seed"]
    assert "consistency with the prompt" in capsys.readouterr().out


def test_speed_and_size(runs: Path, command: str):
    bundle = runs / "bundle"
    (bundle / "codec").mkdir(parents=True)
    (bundle / "config.json").write_text(json.dumps({"codec": "codec"}))
    (bundle / "codec" / "codec.safetensors").write_bytes(bytes(1_000_000))
    snippet = runs / "real" / "ar.wav"
    call(evaluate_speed, runs, "--command", command, "--snippet", str(snippet), "--bundle", str(bundle), "--times", "1")
    result = tables.read_result(runs, "speed")
    assert result["report"] == {"seed": 1}
    assert 0 < result["wall_seconds"] and 0 < result["four_variations_ratio"]
    assert result["bundle_megabytes"] == pytest.approx(1, abs=0.01)


def test_peak_memory_is_the_command_s_own():
    ballast = np.ones(100 << 20, np.uint8)
    assert 1 < evaluate_speed.timed(["true"])["peak_megabytes"] < 50 < len(ballast) / 1e6
    assert evaluate_speed.timed([sys.executable, "-c", "bytearray(b'1') * (100 << 20)"])["peak_megabytes"] > 100


def test_commands_that_fail_end_the_measuring():
    with pytest.raises(SystemExit, match="exit status 3: no sound"):
        evaluate_speed.timed(["sh", "-c", "echo no sound >&2; exit 3"])


def test_report_fills_cards_from_results_alone(runs: Path, capsys):
    tables.write_result(runs, "stages", {
        "semantic_stage": {"model": [3.0], "bigram": [5.0],
                           "model, repeats left out": [4.0], "bigram, repeats left out": [5.2]},
        "coarse_stage": {"model": [6.0, 7.0], "other piece's semantic tokens": [7.0, 8.0]},
    })  # fmt: skip
    card = runs / "card" / "README.md"
    card.parent.mkdir()
    card.write_text("before\n<!-- figures: targets -->\nold\n<!-- end of figures -->\nafter\n")
    call(report, runs, "--cards", str(card.parent))
    text = card.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| 0.75 × bigram's 5.00 = 3.75 | 3.00 | yes |" in text
    assert "| 0.75 × bigram's 5.20 = 3.90 | 4.00 | no |" in text
    assert "| clearly under 7.50, with another piece's | 6.50 | yes |" in text
    assert "| peak memory, MB | under 400 | not measured | – |" in text
    call(report, runs, "--cards", str(card.parent))
    assert card.read_text() == text
    assert (card.parent / "SHA256SUMS").exists()


def test_picture(runs: Path):
    pytest.importorskip("matplotlib")
    sounds = [str(path) for path in sorted((runs / "real").iterdir())]
    call(picture, runs, "--sounds", *sounds, "--seam", "3", "--seconds", "5", "--out", str(runs / "p" / "a.png"))
    assert (runs / "p" / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize("make", [continuation_systems.run_command, continuation_systems.resynthesize])
def test_what_something_else_made_is_made_anew(tmp_path, make):
    tool, prompt, runs, weights = (tmp_path / name for name in ("tool.py", "p.wav", "runs", "weights"))
    out = tmp_path / "a.wav"
    tool.write_text("import json, pathlib, sys\n"
                    f"if sys.argv[1] == 'info': sys.exit(print(pathlib.Path({str(weights)!r}).read_text()))\n"
                    "pathlib.Path(sys.argv[sys.argv.index('-o') + 1]).write_text('')\n"
                    f"with open({str(runs)!r}, 'a') as file: file.write('.')\n"
                    "print(json.dumps({'seed': 1}))\n")  # fmt: skip
    prompt.write_text("a sound")
    weights.write_text("some")
    command = [sys.executable, str(tool)]

    def times(options: list[str]) -> int:
        continuation_systems.maker.cache_clear()  # as another call of the step finds it
        make(command, prompt, out, 1, options)
        return len(runs.read_text())

    assert [times([]), times([]), times(["--top-k", "5"]), times(["--top-k", "5"])] == [1, 1, 2, 2]
    prompt.write_text("another sound")
    assert [times(["--top-k", "5"]), times(["--top-k", "5"])] == [3, 3]
    weights.write_text("others")
    assert [times(["--top-k", "5"]), times(["--top-k", "5"])] == [4, 4]
    os.utime(tool, (out.stat().st_mtime + 10, out.stat().st_mtime + 10))
    assert times(["--top-k", "5"]) == 5
    out.unlink()
    assert times(["--top-k", "5"]) == 6
