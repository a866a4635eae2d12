"""Made-up recordings in the layout of rendered ones, for debug configurations and tests."""

import csv
from pathlib import Path

import numpy as np
import soundfile

from .labelled_recordings import SAMPLE_RATE
from .phone_alignment import PHONES


def write(folder: Path, seconds: float = 12.0, count: int = 3, seed: int = 0) -> None:
    """Write `count` recordings to each split: random notes of a few decaying partials on one of two instruments.

    Each note also passes for a phone, so that the same recordings rehearse the speech chain.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for split in ("train", "valid", "test"):
        (folder / split).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            sound, notes = _play(seconds, bright=number % 2 == 1, rng=rng)
            name = f"{split}{number}"
            soundfile.write(folder / split / f"{name}.wav", sound, SAMPLE_RATE, "PCM_16")
            np.save(folder / split / f"{name}.notes.npy", notes)
            phones = np.stack([notes[:, 0], np.append(notes[1:, 0], seconds), notes[:, 2] % len(PHONES)], 1)
            np.save(folder / split / f"{name}.phones.npy", phones)
            instrument = ("dark", "bright")[number % 2]
            rows.append([name, split, f"piece {name}", "nobody", instrument, seconds, 0, 1.0])
    with open(folder / "manifest.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("id split piece composer instrument seconds transpose tempo".split())
        writer.writerows(rows)


def _play(seconds: float, bright: bool, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    sound = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    notes = []
    for onset in np.arange(0.1, seconds - 0.2, 0.25):
        key, end = int(rng.integers(40, 80)), min(onset + rng.uniform(0.2, 1.5), seconds)
        notes.append((onset, end, key, rng.integers(40, 100)))
        first, last = int(onset * SAMPLE_RATE), int(end * SAMPLE_RATE)
        time = np.arange(last - first) / SAMPLE_RATE
        for partial in range(1, 9):
            frequency = 440 * 2 ** ((key - 69) / 12) * partial
            if frequency < SAMPLE_RATE / 2:
                strength = partial ** (-1.0 if bright else -2.0)
                sound[first:last] += strength * np.exp(-2 * time) * np.sin(2 * np.pi * frequency * time)
    return 0.1 * sound, np.array(notes, np.float32)
