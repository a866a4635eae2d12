"""Baselines for bits per token: smoothed unigram and bigram counts of the training split."""

import numpy as np


def unigram_bits(train: list[np.ndarray], test: list[np.ndarray], vocabulary: int) -> float:
    """Mean bits per token of `test` under add-one counts of `train` (integer arrays [tokens])."""
    counts = _counts(train, vocabulary) + 1.0
    bits = -np.log2(counts / counts.sum())
    return float(bits[np.concatenate(test)].mean())


def bigram_bits(train: list[np.ndarray], valid: list[np.ndarray], test: list[np.ndarray], vocabulary: int) -> float:
    """Mean bits per token of `test` given its predecessor, under counts backed off to the unigram.

    The back-off is Bayesian (Dirichlet prior around the unigram); its strength is the one that serves `valid` best.
    """
    unigram = _counts(train, vocabulary) + 1.0
    unigram /= unigram.sum()
    pairs = np.zeros((vocabulary, vocabulary))
    for tokens in train:
        np.add.at(pairs, (tokens[:-1], tokens[1:]), 1.0)
    totals = pairs.sum(-1)

    def bits(pieces: list[np.ndarray], strength: float) -> float:
        before = np.concatenate([tokens[:-1] for tokens in pieces])
        after = np.concatenate([tokens[1:] for tokens in pieces])
        probability = (pairs[before, after] + strength * unigram[after]) / (totals[before] + strength)
        return float(-np.log2(probability).mean())

    strength = min((1.0, 3.0, 10.0, 30.0, 100.0, 300.0), key=lambda value: bits(valid, value))
    return bits(test, strength)


def _counts(pieces: list[np.ndarray], vocabulary: int) -> np.ndarray:
    return np.bincount(np.concatenate(pieces), minlength=vocabulary).astype(np.float64)
