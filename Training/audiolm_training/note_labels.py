"""Notes as targets for each semantic frame, the head that learns them, and what tokens say about them."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .token_statistics import entropy, f1, forecast, mutual_information, repeated

KEYS = 88
LOWEST_KEY = 21  # MIDI
FRAME_RATE = 25


def note_rolls(notes: np.ndarray, start: float, frames: int, stretch: float = 1.0) -> dict[str, np.ndarray]:
    """What sounds in each of `frames` frames from `start` seconds on. Each [frames, outputs], float32 zeros and ones.

    notes [notes, 4] ordered by onset. With `stretch` the crop's clock runs at that multiple of the recording's.
    """
    active = np.zeros((frames, KEYS), np.float32)
    onset = np.zeros((frames, KEYS), np.float32)
    duration = frames / FRAME_RATE / stretch
    near = notes[: np.searchsorted(notes[:, 0], start + duration)]
    near = near[near[:, 1] > start]
    for begin, end, key, _ in near:
        key = int(key) - LOWEST_KEY
        if not 0 <= key < KEYS:
            continue
        first = int(np.floor((begin - start) * stretch * FRAME_RATE))
        last = int(np.ceil((end - start) * stretch * FRAME_RATE))
        active[max(first, 0) : max(last, first + 1, 1), key] = 1
        if 0 <= first < frames:
            onset[first, key] = 1
    return {
        "active": active,
        "onset": onset,
        "pitch_class": pitch_classes(active),
        "any_onset": onset.max(1, keepdims=True),
    }


def pitch_classes(active: np.ndarray) -> np.ndarray:
    """[frames, 88] keys -> [frames, 12], class 0 being C."""
    classes = np.zeros((len(active), 12), np.float32)
    for key in range(KEYS):
        np.maximum(classes[:, (key + LOWEST_KEY) % 12], active[:, key], out=classes[:, (key + LOWEST_KEY) % 12])
    return classes


class NoteHead(nn.Module):
    """Which keys sound, which are struck, which pitch classes sound and whether anything is struck."""

    LOSS_WEIGHTS = {"active": 12.0, "onset": 12.0, "pitch_class": 2.0, "any_onset": 1.0}
    POSITIVE_WEIGHTS = {"active": 3.0, "onset": 4.0, "pitch_class": 1.5, "any_onset": 1.5}
    MASKED_WEIGHT = 0.25

    def __init__(self, width: int) -> None:
        super().__init__()
        self.active = nn.Linear(width, KEYS)
        self.onset = nn.Linear(width, KEYS)
        self.pitch_class = nn.Linear(width, 12)
        self.any_onset = nn.Linear(width, 1)

    @property
    def tokenized(self) -> dict[str, nn.Linear]:
        """The logits that k-means sees beside the summary."""
        return {"pitch_class": self.pitch_class, "any_onset": self.any_onset}

    def losses(self, summary: Tensor, targets: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Binary cross-entropy of each kind of target; hidden frames, mask [batch, frames], count for less."""
        weight = torch.where(mask, self.MASKED_WEIGHT, 1.0)
        losses = {}
        for name, layer in self.named_children():
            positive = torch.tensor(self.POSITIVE_WEIGHTS[name], device=summary.device)
            loss = F.binary_cross_entropy_with_logits(
                layer(summary).float(), targets[name], reduction="none", pos_weight=positive)
            losses[name] = (loss.mean(-1) * weight).sum() / weight.sum()
        return losses


def probe(
    train: np.ndarray, train_labels: dict[str, np.ndarray], test: np.ndarray, test_labels: dict[str, np.ndarray],
    clusters: int,
) -> dict[str, float]:
    """What a token forecasts, the mean of its labels thresholded where the training F1 is best, at other pieces' frames.

    Tokens [frames]; labels "pitch_class" and "any_onset" [frames, outputs] and "source" [frames], which instrument.
    """  # fmt: skip
    scores = {
        kind: [
            _forecast_f1(train, train_labels[kind][:, k], test, test_labels[kind][:, k], clusters)
            for k in range(train_labels[kind].shape[1])
        ]
        for kind in ("pitch_class", "any_onset")
    }
    return {
        "pitch_class_f1": float(np.mean(scores["pitch_class"])),
        "onset_f1": scores["any_onset"][0],
        "instrument_bits": mutual_information(test, test_labels["source"]),
        "entropy_bits": entropy(test),
        "repeated": repeated(test),
    }


def _forecast_f1(
    train: np.ndarray, train_label: np.ndarray, test: np.ndarray, test_label: np.ndarray, clusters: int
) -> float:
    share = forecast(train, train_label[:, None], clusters)[:, 0]
    candidates = np.linspace(0.05, 0.95, 37)
    best = max(candidates, key=lambda threshold: f1((share > threshold)[train], train_label))
    return f1((share > best)[test], test_label)
