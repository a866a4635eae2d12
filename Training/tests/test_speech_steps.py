"""The evaluation steps of speech, rehearsed on made-up voices, and the classifier of sounds."""

import json

import numpy as np
import pytest
import torch

from audiolm_training import (
    evaluate_likelihood,
    evaluate_voices,
    make_voice_prompts,
    other_sounds,
    sound_kind_features,
    speaker_classifier,
    synthetic,
    token_data,
    train_sound_kinds,
)

from audiolm_training.coarse_stage import CoarseStage, CoarseStageConfiguration
from audiolm_training.transformer import TransformerConfiguration

from step_calls import call


def test_voices_are_told_apart(tmp_path):
    synthetic.write(tmp_path / "data" / "speech", seconds=24.0, count=4)
    call(make_voice_prompts, tmp_path, "--count", "2")
    assert len((tmp_path / "voices" / "prompts.csv").read_text().splitlines()) == 1 + 2 * 2
    call(evaluate_voices, tmp_path, "--truth", "--steps", "30")
    result = json.loads((tmp_path / "results" / "voices.json").read_text())
    assert result["truth"]["prompts"] == 4 and result["truth"]["prompts_right"] >= 0.75
    with pytest.raises(SystemExit):
        call(make_voice_prompts, tmp_path, "--count", "20")


STAND_IN = """#!{python}
import sys, numpy, soundfile
words = sys.argv[1:]
if words[0] == "info":
    sys.exit(print("{{}}"))
sound = soundfile.read(words[1])[0]
if words[0] == "continue":
    sound = numpy.resize(sound, 7 * 24000)
else:
    assert not any(word.startswith("semantic=") for word in words)
    sound = numpy.zeros(7 * 24000)
print("{{}}")
soundfile.write(words[words.index("-o") + 1], sound, 24000)
"""


def test_the_command_is_judged_with_and_without_its_prompt(tmp_path, command):
    synthetic.write(tmp_path / "data" / "speech", seconds=24.0, count=4)
    call(make_voice_prompts, tmp_path, "--count", "2")
    call(evaluate_voices, tmp_path, "--command", command, "--steps", "30",
         "--options=--temperature semantic=0.8,coarse=0.8", "--resynthesis-options=--temperature coarse=0.8")
    result = json.loads((tmp_path / "results" / "voices.json").read_text())
    assert result["continuation"]["prompts_right"] > 0
    assert result["without acoustic prompt"]["prompts_right"] == 0


def test_silence_is_nobody():
    classifier = speaker_classifier.SpeakerClassifier(["a", "b"]).eval()
    assert classifier.judge(np.zeros(48_000, np.float32)).shape == (0, 2)
    assert classifier.judge(0.1 * np.ones(48_000, np.float32)).shape == (3, 2)


class Repeats(torch.nn.Module):
    """Finds a token likely that equals its predecessor."""

    def negative_log_likelihood(self, batch: dict) -> torch.Tensor:
        tokens = batch["semantic"]
        return (tokens != tokens.roll(1, 1)).float()[..., None]


def test_the_likelier_continuation_is_found():
    pieces = [token_data.TokenPiece(name, np.full(375, value), np.full((750, 4), value)) for name, value in (("a", 1), ("b", 2))]
    own, other = evaluate_likelihood.pair(pieces, 150, 350)
    assert len(own) == len(other) == 4
    for kind, start in (("semantic", 75), ("acoustic", 150)):
        for mine, theirs in zip(own, other):
            assert len(mine[kind]) == len(theirs[kind]) == start * 10 // 3
            assert (mine[kind][:start] == theirs[kind][:start]).all() and (mine[kind][start:] != theirs[kind][start:]).all()
    found = evaluate_likelihood.bits(evaluate_likelihood.semantic_nats(Repeats(), 150), own, other, 150)
    assert found.shape == (2, 2, 4)
    assert evaluate_likelihood.preference(found) == (1.0, 1.0)
    assert evaluate_likelihood.preference(found[::-1]) == (0.0, 0.0)
    with pytest.raises(SystemExit):
        evaluate_likelihood.pair(pieces[:1], 150, 350)


def test_coarse_tokens_are_judged_from_the_prompt_on():
    stage = CoarseStage(CoarseStageConfiguration(TransformerConfiguration(1, 16, 2, 16, 20), levels=2, codes=8, semantic_vocabulary=4)).eval()
    random = np.random.default_rng(0)
    crop = {"semantic": random.integers(0, 4, 20), "acoustic": random.integers(0, 8, (40, 3))}
    nats = evaluate_likelihood.coarse_nats(stage, 10)
    batch = token_data.batch_of([crop])
    with torch.no_grad():
        whole, rest = nats(batch, False), nats(batch, True)
        expected = stage.negative_log_likelihood({**batch, "reference": batch["acoustic"][:, :10, :2]})[:, 10:].sum()
    assert float(rest) == pytest.approx(float(expected), rel=1e-5) and float(rest) < float(whole)


def test_features_of_a_kind_know_no_level():
    rng = np.random.default_rng(0)
    sound = other_sounds.tones(rng)[:48_000]
    loud, quiet = sound_kind_features.features(sound), sound_kind_features.features(0.03 * sound)
    assert loud.shape == (sound_kind_features.COUNT,) and np.allclose(loud, quiet, atol=1e-2)
    assert np.isfinite(sound_kind_features.features(np.zeros(24_000))).all()
    with pytest.raises(ValueError):
        sound_kind_features.features(np.zeros(2000))


def test_kinds_are_learned_and_exported():
    rng = np.random.default_rng(0)
    parts = [train_sound_kinds.gather(kind, kind, [make(rng) for _ in range(3)], 12, rng)
             for kind, make in zip(train_sound_kinds.KINDS, other_sounds.SYNTHETIC.values())]  # fmt: skip
    model = train_sound_kinds.Model.fit(parts)
    measured = train_sound_kinds.measure(model, parts[0])
    assert measured["crops"] == 12 and measured["right"] > 0.8
    section = json.loads(json.dumps(model.section()))
    assert np.shape(section["hidden_weights"]) == (train_sound_kinds.HIDDEN, sound_kind_features.COUNT)
