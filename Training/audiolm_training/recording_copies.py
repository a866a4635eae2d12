"""Copies of training recordings as other microphones in other rooms would have recorded them.

A copy `<id>+1` in time with its recording shares the semantic tokens of `<id>`. One that is tuned up or down, which
makes another voice of a voice, is longer or shorter and has its own.
"""

import argparse
import zlib

import numpy as np
import torch

from . import augment
from .labelled_recordings import Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--copies", type=int, default=0, help="copies of each training recording under other conditions")
    parser.add_argument("--cents", type=float, default=0, help="copies are tuned up or down by so much at most")


def names(recording: Recording, copies: int) -> list[str]:
    """Of the recording and, for training, its copies."""
    count = copies if recording.split == "train" else 0
    return [recording.identifier, *(f"{recording.identifier}+{copy}" for copy in range(1, count + 1))]


def samples(recording: Recording, name: str, cents: float) -> np.ndarray:
    """int16 samples of the recording or of its copy `name`, always the same for one name."""
    recorded = recording.samples()
    if name == recording.identifier:
        return recorded
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    sound = torch.from_numpy(recorded.astype(np.float32) / 32768)
    conditions = augment.Augmentation(cents=cents)
    length = augment.draw_length(len(sound), conditions, rng) if cents else len(sound)
    changed = augment.apply(sound, length, conditions, rng).numpy()
    return (changed * min(1.0, 0.95 / (np.abs(changed).max() + 1e-9)) * 32767).astype(np.int16)
