"""What the tokens of labelled frames say: their labels' means, what they tell of the source, how they are used."""

import numpy as np


def f1(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Of zeros and ones, or of booleans."""
    hits = float((predicted & truth).sum() if truth.dtype == bool else (predicted * truth).sum())
    return 2 * hits / max(float(predicted.sum()) + float(truth.sum()), 1.0)


def forecast(tokens: np.ndarray, labels: np.ndarray, clusters: int) -> np.ndarray:
    """Mean of the labels [frames, outputs] over the frames of each token: [clusters, outputs]."""
    counts = np.bincount(tokens, minlength=clusters)
    sums = np.stack([np.bincount(tokens, column, clusters) for column in labels.T], 1)
    return sums / np.maximum(counts, 1)[:, None]


def entropy(values: np.ndarray) -> float:
    """Bits of a sequence of integers."""
    share = np.bincount(values) / len(values)
    used = share[share > 0]
    return float(-(used * np.log2(used)).sum())


def mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """Bits that two sequences of integers tell about each other, from their joint counts."""
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1)
    joint /= joint.sum()
    independent = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return float((joint[joint > 0] * np.log2(joint[joint > 0] / independent[joint > 0])).sum())


def normalised_mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """The same over the mean of both entropies: 0 to 1."""
    return 2 * mutual_information(a, b) / max(entropy(a) + entropy(b), 1e-9)


def without_repeats(tokens: np.ndarray) -> np.ndarray:
    """Those that differ from their predecessor, and the first."""
    return tokens[np.append(True, tokens[1:] != tokens[:-1])[: len(tokens)]]


def repeated(tokens: np.ndarray) -> float:
    """Share of tokens that equal their predecessor."""
    return float((tokens[1:] == tokens[:-1]).mean())
