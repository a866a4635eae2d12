"""Sounds that are too short or too quiet for crops and excerpts."""

import numpy as np
import pytest
import soundfile

from audiolm_training import codec_excerpts, crop_classifier, train_sound_kinds
from audiolm_training.sound_features import SAMPLE_RATE

NOISE = 0.1 * np.random.default_rng(0).standard_normal(2 * SAMPLE_RATE).astype(np.float32)


@pytest.fixture
def rng(monkeypatch) -> np.random.Generator:
    for module in (crop_classifier, train_sound_kinds):
        monkeypatch.setattr(module, "TRIES", 50)
    return np.random.default_rng(0)


def test_crops_come_from_sounds_that_hold_one(rng):
    for _ in range(10):
        assert crop_classifier.draw([NOISE[:100], NOISE], rng).shape == (crop_classifier.CROP,)
    assert crop_classifier.draw([NOISE[: crop_classifier.CROP]], rng).shape == (crop_classifier.CROP,)


def test_a_class_without_a_crop_is_refused(rng):
    with pytest.raises(ValueError, match="lasts 1 s"):
        crop_classifier.draw([NOISE[:100], NOISE[: crop_classifier.CROP - 1]], rng)
    with pytest.raises(ValueError, match="give louder ones"):
        crop_classifier.draw([0 * NOISE], rng)


def test_kinds_of_sound_need_crops_as_well(rng):
    quiet, loud = (0 * NOISE).astype(np.int16), (10_000 * NOISE).astype(np.int16)
    assert len(train_sound_kinds.gather("speech", "read speech", [quiet, loud, loud[:9]], 3, rng).features) == 3
    for recordings in ([quiet], [loud[:9], loud[:0]]):
        with pytest.raises(SystemExit, match="read speech: 50 crops"):
            train_sound_kinds.gather("speech", "read speech", recordings, 3, rng)


def test_short_recordings_give_their_end_or_nothing(tmp_path, capsys):
    counting = np.arange(41 * SAMPLE_RATE) / (50 * SAMPLE_RATE)
    for name, seconds in (("a", 41), ("b", 33), ("c", 12), ("d", 9)):
        soundfile.write(tmp_path / f"{name}.wav", counting[: seconds * SAMPLE_RATE], SAMPLE_RATE)
    excerpts = codec_excerpts.piano_excerpts(tmp_path)
    assert [len(excerpt.sound) for excerpt in excerpts] == [10 * SAMPLE_RATE] * 3
    assert [float(excerpt.sound[0]) * 50 for excerpt in excerpts] == pytest.approx([30, 23, 2], abs=0.01)
    assert "d.wav: left out" in capsys.readouterr().out
    for name in "abc":
        (tmp_path / f"{name}.wav").unlink()
    with pytest.raises(SystemExit, match="no recording lasts 10 s"):
        codec_excerpts.piano_excerpts(tmp_path)
