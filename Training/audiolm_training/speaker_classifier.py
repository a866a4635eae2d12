"""Tells a small set of speakers apart: convolutions over 64-band log-mel crops of 1 s (AudioLM, section IV-D)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import augment
from .features import FrontEnd
from .labelled_recordings import SAMPLE_RATE

BANDS, WINDOW = 64, 1024
CROP = SAMPLE_RATE
STEPS, BATCH, LEARNING_RATE = 1200, 32, 2e-3
QUIETEST = 3e-3  # root mean square: pauses are nobody's
CONDITIONS = augment.Augmentation(cents=0.0, tilt=0.5, equaliser=1.0, room_chance=0.0, bandwidth_chance=0.0)


class SpeakerClassifier(nn.Module):
    def __init__(self, speakers: Sequence[str], width: int = 128) -> None:
        super().__init__()
        self.speakers = list(speakers)
        self.front_end = FrontEnd(BANDS, WINDOW, 240, 1)
        layers: list[nn.Module] = []
        for inputs, stride in ((BANDS, 2), (width, 2), (width, 1)):
            layers += [nn.Conv1d(inputs, width, 5, stride, padding=2), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.1)]
        self.convolutions = nn.Sequential(*layers)
        self.head = nn.Linear(width, len(self.speakers))

    def forward(self, crops: Tensor) -> Tensor:
        """Sound [batch, samples] -> logits [batch, speakers], whatever the level."""
        bands = self.front_end.log_bands(crops)
        bands = bands - bands.mean((1, 2), keepdim=True)
        return self.head(self.convolutions(bands.transpose(1, 2) / 3).mean(2))

    @torch.no_grad()
    def judge(self, sound: np.ndarray) -> np.ndarray:
        """Log-probabilities of the speakers in every second of `sound` that is no pause. [crops, speakers]"""
        crops = [crop for start in range(0, len(sound) - CROP + 1, CROP // 2) if loud(crop := sound[start : start + CROP])]
        if not crops:
            return np.zeros((0, len(self.speakers)))
        return self(torch.from_numpy(np.stack(crops))).log_softmax(1).numpy()


def loud(crop: np.ndarray) -> bool:
    return float(np.sqrt(np.mean(crop**2))) > QUIETEST


def train(recordings: dict[str, list[np.ndarray]], steps: int = STEPS, seed: int = 0) -> SpeakerClassifier:
    """On each speaker's sounds, float32 [samples] each; all speakers are equally frequent."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = SpeakerClassifier(sorted(recordings)).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        labels = rng.integers(0, len(model.speakers), BATCH)
        crops = torch.stack([draw(recordings[model.speakers[label]], rng) for label in labels])
        loss = F.cross_entropy(model(crops), torch.from_numpy(labels))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def draw(sounds: list[np.ndarray], rng: np.random.Generator) -> Tensor:
    """A crop of 1 s from anywhere, half of them through another microphone."""
    lengths = np.array([len(sound) - CROP + 1 for sound in sounds], float)
    while True:
        sound = sounds[rng.choice(len(sounds), p=lengths / lengths.sum())]
        start = int(rng.integers(0, len(sound) - CROP + 1))
        if loud(crop := sound[start : start + CROP]):
            break
    crop = torch.from_numpy(crop)
    return augment.apply(crop, CROP, CONDITIONS, rng) if rng.random() < 0.5 else crop
