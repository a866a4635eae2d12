"""Tells a small set of speakers apart: convolutions over 64-band log-mel spectra of 1 s (AudioLM, section IV-D)."""

from collections.abc import Sequence

import numpy as np
import torch

from . import crop_classifier
from .crop_classifier import CROP, CropClassifier, crops_of

WIDTH, STRIDES, STEPS = 128, (2, 2, 1), 1200


class SpeakerClassifier(CropClassifier):
    def __init__(self, speakers: Sequence[str]) -> None:
        super().__init__(len(speakers), WIDTH, STRIDES)
        self.speakers = list(speakers)

    @torch.no_grad()
    def judge(self, sound: np.ndarray) -> np.ndarray:
        """Log-probabilities of the speakers in every second of `sound` that is no pause. [crops, speakers]"""
        crops = crops_of(sound, CROP // 2)
        if not crops:
            return np.zeros((0, len(self.speakers)))
        return self(torch.from_numpy(np.stack(crops))).log_softmax(1).numpy()


def train(recordings: dict[str, list[np.ndarray]], steps: int = STEPS, seed: int = 0) -> SpeakerClassifier:
    """On each speaker's sounds, float32 [samples] each; all speakers are equally frequent."""
    torch.manual_seed(seed)
    model = SpeakerClassifier(sorted(recordings))
    crop_classifier.train(model, [recordings[speaker] for speaker in model.speakers], steps)
    return model
