from pathlib import Path

import numpy as np
import soundfile

from audiolm_training import recording_copies
from audiolm_training.labelled_recordings import Recording


def recording(folder: Path, split: str = "train") -> Recording:
    sound = 0.2 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)
    soundfile.write(folder / "a.wav", sound, 24_000, "PCM_16")
    return Recording("a", split, "piece", "piano", folder / "a.wav")


def pitch(samples: np.ndarray) -> float:
    """Of the strongest partial, in Hz."""
    return float(np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18)).argmax()) * 24_000 / (1 << 18)


def test_only_training_recordings_have_copies(tmp_path):
    assert recording_copies.names(recording(tmp_path), 2) == ["a", "a+1", "a+2"]
    assert recording_copies.names(recording(tmp_path, "test"), 2) == ["a"]


def test_copies_repeat_and_differ_from_each_other(tmp_path):
    a = recording(tmp_path)
    first, again, other = (recording_copies.samples(a, name, 0) for name in ("a+1", "a+1", "a+2"))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert len(first) == 24_000 and abs(pitch(first) - 440) < 1
    assert np.array_equal(recording_copies.samples(a, "a", 0), a.samples())


def test_tuned_copies_are_shorter_as_they_are_higher(tmp_path):
    a = recording(tmp_path)
    for name in ("a+1", "a+2", "a+3"):
        copy = recording_copies.samples(a, name, 300)
        assert abs(len(copy) * pitch(copy) / (24_000 * 440) - 1) < 0.01
        assert abs(len(copy) / 24_000 - 1) > 0.001
