"""A small convolutional network that tells crops of 1 s apart, and its training (AudioLM, sections IV-D and IV-F)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import augment
from .features import FrontEnd
from .losses import mel_filters

SAMPLE_RATE = 24_000
BANDS, WINDOW, HOP, TAPS = 64, 1024, 240, 5
CROP = SAMPLE_RATE
BATCH, LEARNING_RATE = 32, 2e-3
QUIETEST = 3e-3  # root mean square: pauses are nobody's
TRIES = 10_000  # to draw a crop that is no pause
CONDITIONS = augment.Augmentation(cents=0.0, tilt=0.5, equaliser=1.0, room_chance=0.0, bandwidth_chance=0.0)


class ChangeConvolution(nn.Conv1d):
    """A convolution whose kernels sum to zero over time: it hears changes, not what a sound is like throughout."""

    @property
    def kernel(self) -> Tensor:
        return self.weight - self.weight.mean(2, keepdim=True)

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.kernel, self.bias)


class CropClassifier(nn.Module):
    """Convolutions of `width` channels over log-mel spectra whose mean is taken away, so that the level does not count."""

    def __init__(self, classes: int, width: int, strides: Sequence[int], first: type[nn.Conv1d] = nn.Conv1d) -> None:
        super().__init__()
        self.front_end = FrontEnd(BANDS, WINDOW, HOP, 1)
        self.front_end.filterbank.copy_(mel_filters(BANDS, WINDOW, SAMPLE_RATE).T)
        layers: list[nn.Module] = []
        for number, stride in enumerate(strides):
            convolution = nn.Conv1d if number else first
            layers += [convolution(width if number else BANDS, width, TAPS, stride, padding=TAPS // 2),
                       nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.1)]  # fmt: skip
        self.convolutions = nn.Sequential(*layers)
        self.head = nn.Linear(width, classes)

    def forward(self, crops: Tensor) -> Tensor:
        """Sound [batch, samples] -> logits [batch, classes], whatever the level."""
        bands = self.front_end.log_bands(crops)
        bands = bands - bands.mean((1, 2), keepdim=True)
        return self.head(self.convolutions(bands.transpose(1, 2) / 3).mean(2))


def loud(crop: np.ndarray) -> bool:
    return float(np.sqrt(np.mean(crop**2))) > QUIETEST


def crops_of(sound: np.ndarray, step: int = CROP) -> list[np.ndarray]:
    """All crops of `sound` [samples] that are no pause, `step` samples apart."""
    places = range(0, len(sound) - CROP + 1, step)
    return [crop for start in places if loud(crop := sound[start : start + CROP])]


def train(
    model: CropClassifier, sounds: Sequence[list[np.ndarray]], steps: int, report: Callable[[int, float], None] | None = None
) -> None:
    """On the sounds of each class, float32 [samples] each; all classes are equally frequent. Seed it by torch's own."""
    rng = np.random.default_rng(0)
    model.train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        labels = rng.integers(0, len(sounds), BATCH)
        crops = torch.stack([draw(sounds[label], rng) for label in labels])
        loss = F.cross_entropy(model(crops), torch.from_numpy(labels))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if report:
            report(step, loss.item())
    model.eval()


def draw(sounds: list[np.ndarray], rng: np.random.Generator) -> Tensor:
    """A crop of 1 s from anywhere, half of them through another microphone.

    Throws ValueError where no sound is as long, or next to all is pause.
    """
    places = np.array([max(len(sound) - CROP + 1, 0) for sound in sounds], float)
    if not places.any():
        raise ValueError(f"none of the {len(sounds)} sounds of a class lasts 1 s; give longer ones")
    crop = torch.from_numpy(_loud_crop(sounds, places / places.sum(), rng))
    return augment.apply(crop, CROP, CONDITIONS, rng) if rng.random() < 0.5 else crop


def _loud_crop(sounds: list[np.ndarray], chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    for _ in range(TRIES):
        sound = sounds[rng.choice(len(sounds), p=chances)]
        start = int(rng.integers(0, len(sound) - CROP + 1))
        if loud(crop := sound[start : start + CROP]):
            return crop
    raise ValueError(f"{TRIES} crops of the {len(sounds)} sounds of a class are all quieter than {QUIETEST}; give louder ones")
