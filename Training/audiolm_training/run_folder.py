"""A training run's folder: resumable checkpoints, a CSV log and TensorBoard."""

import csv
import os
import time
from pathlib import Path
from typing import Any

import torch
from torch.utils.tensorboard import SummaryWriter


class RunFolder:
    """Saves at most every `minutes`, always by renaming a finished file, and logs what it is told."""

    def __init__(self, folder: Path, minutes: float = 2):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._interval = minutes * 60
        self._saved = time.monotonic()
        self._board = SummaryWriter(folder / "tensorboard")

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def load(self) -> dict[str, Any] | None:
        """The last checkpoint, or none."""
        if not self.checkpoint.exists():
            return None
        return torch.load(self.checkpoint, map_location="cpu", weights_only=True)

    def due(self) -> bool:
        return time.monotonic() - self._saved > self._interval

    def save(self, state: dict[str, Any]) -> None:
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self.checkpoint)
        self._saved = time.monotonic()

    def log(self, step: int, values: dict[str, float]) -> None:
        path = self.folder / "log.csv"
        new = not path.exists()
        with open(path, "a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *values])
            writer.writerow([step, *(f"{value:.5g}" for value in values.values())])
        for name, value in values.items():
            self._board.add_scalar(name, value, step)
        print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)
