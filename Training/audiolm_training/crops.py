"""Random crops of recordings for the codec, recorded by ever new microphones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.io.wavfile
import torch
from torch import Tensor

from . import augment

CONDITIONS = augment.Augmentation()


class Crops:
    """An endless stream of [batch, samples] crops, drawn from folders of 24 kHz WAV by their weights, and of the number
    of each crop's folder."""

    def __init__(self, folders: dict[Path, float], samples: int, batch: int, seed: int):
        self.samples, self.batch = samples, batch
        self._rng = np.random.default_rng(seed)
        self._folders = []
        for folder, weight in folders.items():
            files = sorted(folder.glob("*.wav"))
            if not files:
                raise SystemExit(f"{folder}: no WAV files; run `render` or `prepare-recordings` first")
            waves = [scipy.io.wavfile.read(file, mmap=True)[1] for file in files]
            lengths = np.array([len(wave) for wave in waves], float)
            self._folders.append((weight, waves, lengths / lengths.sum()))
        self._weights = np.array([weight for weight, _, _ in self._folders])
        self._weights /= self._weights.sum()

    def __iter__(self) -> Iterator[tuple[Tensor, list[int]]]:
        while True:
            folders = [self._rng.choice(len(self._folders), p=self._weights) for _ in range(self.batch)]
            yield torch.from_numpy(np.stack([self._crop(folder) for folder in folders])), folders

    def _crop(self, folder: int) -> np.ndarray:
        rng = self._rng
        _, waves, lengths = self._folders[folder]
        wave = waves[rng.choice(len(waves), p=lengths)]
        changed = rng.random() < 0.6
        recorded = augment.draw_length(self.samples, CONDITIONS, rng) if changed else self.samples
        start = rng.integers(0, max(1, len(wave) - recorded))
        crop = wave[start : start + recorded].astype(np.float32) / 32768
        crop = np.pad(crop, (0, recorded - len(crop)))
        if changed:
            crop = augment.apply(torch.from_numpy(crop), self.samples, CONDITIONS, rng).numpy()
        else:
            crop = crop * np.float32(10 ** (rng.uniform(-12, 9) / 20))
        peak = np.abs(crop).max()
        return (crop * min(1.0, 0.95 / (peak + 1e-9))).astype(np.float32)
