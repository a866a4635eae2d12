"""Windows of recordings with what sounds in them: the material of k-means and of probes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import piano_recordings
from .features import FRAME_SAMPLES
from .note_targets import note_rolls


@dataclass(frozen=True)
class LabelledWindow:
    sound: Tensor  # [samples]
    pitch_classes: np.ndarray  # [frames, 12]
    onset: np.ndarray  # [frames], whether any key is struck
    instrument: str


def draw(folder: Path, split: str, count: int, frames: int, seed: int) -> list[LabelledWindow]:
    """`count` windows of `frames` semantic frames, spread evenly over the recordings of `split`.

    Throws ValueError where no recording is long enough.
    """
    rng = np.random.default_rng(seed)
    found = piano_recordings.find(folder, (split,), labelled=True)
    usable = [recording for recording in found if len(recording.samples()) >= frames * FRAME_SAMPLES]
    if not usable:
        raise ValueError(f"{folder} has no recording of split {split} with {frames} frames")
    order = rng.permutation(len(usable))
    windows = []
    for number in range(count):
        recording = usable[order[number % len(order)]]
        samples = recording.samples()
        start = int(rng.integers(0, len(samples) - frames * FRAME_SAMPLES + 1))
        sound = torch.from_numpy(samples[start : start + frames * FRAME_SAMPLES].astype(np.float32) / 32768)
        rolls = note_rolls(recording.notes(), start / piano_recordings.SAMPLE_RATE, frames)
        windows.append(LabelledWindow(sound, rolls["pitch_class"], rolls["any_onset"][:, 0], recording.instrument))
    return windows
