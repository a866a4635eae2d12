"""Phones as targets for each semantic frame, the head that learns them, and what tokens say about them."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .phone_alignment import PHONES
from .token_statistics import entropy, f1, forecast, mutual_information, normalised_mutual_information, repeated

FRAME_RATE = 25
PARTS = 4  # of a frame: it has the phone that most of them have
UNKNOWN = -1


def phone_frames(segments: np.ndarray, start: float, frames: int, stretch: float = 1.0) -> dict[str, np.ndarray]:
    """The phone of each of `frames` frames from `start` seconds on: "phone" [frames], int64, `UNKNOWN` where it is.

    segments [segments, 3] are ordered and apart: start, end (seconds), phone. With `stretch` the crop's clock runs at
    that multiple of the recording's.
    """
    if len(segments) == 0:
        return {"phone": np.full(frames, UNKNOWN)}
    times = start + (np.arange(frames * PARTS) + 0.5) / (PARTS * FRAME_RATE * stretch)
    last = np.searchsorted(segments[:, 0], times, side="right") - 1
    within = (last >= 0) & (times < segments[last, 1])
    parts = np.where(within, segments[last, 2].astype(np.int64), UNKNOWN).reshape(frames, PARTS)
    votes = (parts[:, :, None] == parts[:, None]).sum(2)
    return {"phone": parts[np.arange(frames), votes.argmax(1)]}


class PhoneHead(nn.Module):
    """Which phone is spoken. [batch, frames, width] -> logits"""

    LOSS_WEIGHTS = {"phone": 1.0}
    MASKED_WEIGHT = 0.5

    def __init__(self, width: int) -> None:
        super().__init__()
        self.phone = nn.Linear(width, len(PHONES))

    @property
    def tokenized(self) -> dict[str, nn.Linear]:
        """The logits that k-means sees beside the summary."""
        return {"phone": self.phone}

    def losses(self, summary: Tensor, targets: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Cross-entropy at frames whose phone is known; hidden ones, mask [batch, frames], count for less."""
        phone = targets["phone"]
        loss = F.cross_entropy(
            self.phone(summary).float().transpose(1, 2), phone, ignore_index=UNKNOWN, reduction="none")
        weight = torch.where(mask, self.MASKED_WEIGHT, 1.0) * (phone != UNKNOWN)
        return {"phone": (loss * weight).sum() / weight.sum().clamp(min=1)}


def probe(
    train: np.ndarray, train_labels: dict[str, np.ndarray], test: np.ndarray, test_labels: dict[str, np.ndarray],
    clusters: int,
) -> dict[str, float]:
    """What a token forecasts, the phone it has most often in training, at the frames of other speakers.

    Tokens [frames]; labels "phone" and "source" [frames], which speaker it is.
    """  # fmt: skip
    known, test_known = train_labels["phone"] != UNKNOWN, test_labels["phone"] != UNKNOWN
    truth = test_labels["phone"][test_known]
    votes = forecast(train[known], np.eye(len(PHONES))[train_labels["phone"][known]], clusters)
    guess = votes.argmax(1)[test[test_known]]
    return {
        "phone_accuracy": float((guess == truth).mean()),
        "phone_f1": float(np.mean([f1(guess == phone, truth == phone) for phone in np.unique(truth)])),
        "speaker_bits": mutual_information(test, test_labels["source"]),
        "speaker_information": normalised_mutual_information(test, test_labels["source"]),
        "entropy_bits": entropy(test),
        "repeated": repeated(test),
    }

