"""What a token says about the notes and about the instrument.

A token's forecast is the mean of the labels of the training frames that carry it, thresholded where the training
F1 is best; it is scored on the frames of other pieces.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Labels:
    pitch_classes: np.ndarray  # [frames, 12]
    onset: np.ndarray  # [frames]
    instrument: np.ndarray  # [frames], integers


@dataclass(frozen=True)
class ProbeResult:
    pitch_class_f1: float
    onset_f1: float
    instrument_bits: float
    entropy_bits: float
    repeated: float  # share of tokens equal to their predecessor


def f1(predicted: np.ndarray, truth: np.ndarray) -> float:
    hits = float((predicted * truth).sum())
    return 2 * hits / max(float(predicted.sum() + truth.sum()), 1.0)


def mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """Bits that two sequences of integers tell about each other, from their joint counts."""
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1)
    joint /= joint.sum()
    independent = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return float((joint[joint > 0] * np.log2(joint[joint > 0] / independent[joint > 0])).sum())


def _forecast_f1(
    train: np.ndarray, train_label: np.ndarray, test: np.ndarray, test_label: np.ndarray, clusters: int
) -> float:
    counts = np.bincount(train, minlength=clusters)
    share = np.bincount(train, train_label, clusters) / np.maximum(counts, 1)
    candidates = np.linspace(0.05, 0.95, 37)
    best = max(candidates, key=lambda threshold: f1((share > threshold)[train], train_label))
    return f1((share > best)[test], test_label)


def probe(train: np.ndarray, train_labels: Labels, test: np.ndarray, test_labels: Labels, clusters: int) -> ProbeResult:
    """Tokens and labels of training and test frames, [frames] each."""
    scores = [
        _forecast_f1(train, train_labels.pitch_classes[:, k], test, test_labels.pitch_classes[:, k], clusters)
        for k in range(12)
    ]
    share = np.bincount(test, minlength=clusters) / len(test)
    used = share[share > 0]
    return ProbeResult(
        pitch_class_f1=float(np.mean(scores)),
        onset_f1=_forecast_f1(train, train_labels.onset, test, test_labels.onset, clusters),
        instrument_bits=mutual_information(test, test_labels.instrument),
        entropy_bits=float(-(used * np.log2(used)).sum()),
        repeated=float((test[1:] == test[:-1]).mean()),
    )
