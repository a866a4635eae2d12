"""Windows of recordings with what sounds in them: the material of k-means and of probes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import labelled_recordings
from .features import FRAME_SAMPLES
from .label_kinds import KINDS


@dataclass(frozen=True)
class LabelledWindow:
    sound: Tensor  # [samples]
    labels: dict[str, np.ndarray]  # targets of the kind, [frames, ...] each
    source: str  # which instrument or speaker


def draw(folder: Path, labels: str | None, split: str, count: int, frames: int, seed: int) -> list[LabelledWindow]:
    """`count` windows of `frames` semantic frames, spread evenly over the recordings of `split`: of those with
    labels of a kind, or of all, whose windows then have none.

    Throws ValueError where no recording is long enough.
    """
    rng = np.random.default_rng(seed)
    kind = KINDS[labels] if labels else None
    found = labelled_recordings.find(folder, (split,), labelled=kind.suffix if kind else None)
    usable = [recording for recording in found if len(recording.samples()) >= frames * FRAME_SAMPLES]
    if not usable:
        wanted = f"{frames * FRAME_SAMPLES / labelled_recordings.SAMPLE_RATE:.1f} s" + (f" with {labels}" if labels else "")
        raise ValueError(f"{folder}: none of the recordings of the split {split} has {wanted}; add longer ones")
    order = rng.permutation(len(usable))
    windows = []
    for number in range(count):
        recording = usable[order[number % len(order)]]
        samples = recording.samples()
        start = int(rng.integers(0, len(samples) - frames * FRAME_SAMPLES + 1))
        sound = torch.from_numpy(samples[start : start + frames * FRAME_SAMPLES].astype(np.float32) / 32768)
        targets = {}
        if kind:
            seconds = start / labelled_recordings.SAMPLE_RATE
            targets = kind.targets(recording.labels(kind.suffix), seconds, frames, 1.0)
        windows.append(LabelledWindow(sound, targets, recording.source))
    return windows
