"""Random augmented crops of recordings with their labels and masks: what the semantic encoder trains on."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import Tensor

from . import augment, labelled_recordings
from .features import FRAME_SAMPLES
from .label_kinds import KINDS


@dataclass(frozen=True)
class TrainingConfiguration:
    """Section `semantic` of the configuration file."""

    data: str = "piano"  # folder of recordings under RUNS/data
    encoder: dict = field(default_factory=dict)
    augmentation: dict = field(default_factory=dict)
    minutes: float | None = None  # of training, over all resumptions
    steps: int | None = None
    batch: int = 8
    crop_frames: int = 250
    masked_share: float = 0.5  # of the crops; the others are seen whole and train the label head alone
    mask_span: int = 10
    mask_chance: float = 0.065  # of a span to begin at a frame: about half of a masked crop is hidden
    learning_rate: float = 8e-4
    warmup: int = 100
    weight_decay: float = 0.02
    log_every: int = 25
    checkpoint_minutes: float = 2
    rescan_steps: int = 100  # look for new recordings
    seed: int = 0

    @staticmethod
    def read(path: Path) -> "TrainingConfiguration":
        return TrainingConfiguration(**yaml.safe_load(path.read_text())["semantic"]["training"])


class CropSampler:
    """Random augmented crops with their labels, every second of every recording being equally likely."""

    def __init__(
        self, folder: Path, labels: str, configuration: TrainingConfiguration, rng: np.random.Generator
    ) -> None:
        self.folder, self.kind, self.configuration, self.rng = folder, KINDS[labels], configuration, rng
        self.augmentation = augment.Augmentation(**configuration.augmentation)
        self.labels: dict[str, np.ndarray] = {}
        self.rescan()

    def rescan(self) -> None:
        """Find the recordings made so far. Throws ValueError if there is none long enough."""
        shortest = augment.longest_length(self.configuration.crop_frames * FRAME_SAMPLES, self.augmentation)
        required = self.kind.suffix if self.kind.required else None
        self.recordings = [
            (recording, len(samples))
            for recording in labelled_recordings.find(self.folder, ("train",), labelled=required)
            if len(samples := recording.samples()) >= shortest
        ]
        if not self.recordings:
            raise ValueError(f"{self.folder} has no training recordings of {shortest / FRAME_SAMPLES / 25:.1f} s yet")
        lengths = np.array([length for _, length in self.recordings], float)
        self.chances = lengths / lengths.sum()

    def crop(self) -> tuple[Tensor, dict[str, np.ndarray]]:
        """Sound [samples] and its labels, [frames, ...] each."""
        frames = self.configuration.crop_frames
        samples = frames * FRAME_SAMPLES
        recording, length = self.recordings[self.rng.choice(len(self.recordings), p=self.chances)]
        taken = augment.draw_length(samples, self.augmentation, self.rng)
        start = int(self.rng.integers(0, length - taken + 1))
        sound = torch.from_numpy(recording.samples()[start : start + taken].astype(np.float32) / 32768)
        if recording.identifier not in self.labels:
            self.labels[recording.identifier] = recording.labels(self.kind.suffix)
        targets = self.kind.targets(
            self.labels[recording.identifier], start / labelled_recordings.SAMPLE_RATE, frames, samples / taken)
        return augment.apply(sound, samples, self.augmentation, self.rng), targets

    def batch(self, size: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Sound [size, samples] and labels [size, frames, ...]."""
        crops = [self.crop() for _ in range(size)]
        labels = {name: torch.from_numpy(np.stack([one[name] for _, one in crops])) for name in crops[0][1]}
        return torch.stack([sound for sound, _ in crops]), labels

    def mask(self, size: int) -> Tensor:
        """Which frames to hide: spans in the first `masked_share` of the crops. [size, frames]"""
        c = self.configuration
        starts = self.rng.random((size, c.crop_frames)) < c.mask_chance
        starts[round(size * c.masked_share) :] = False
        starts[0, 0] |= not starts.any()
        mask = starts.copy()
        for offset in range(1, c.mask_span):
            mask[:, offset:] |= starts[:, :-offset]
        return torch.from_numpy(mask)
