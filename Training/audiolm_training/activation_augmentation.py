"""Renderings that nobody made: the tokenizer's activations of one, mapped to what another would have given.

A transformer learns by heart how the tokens of a rendering flicker, long before it has learned all that its notes can teach.
On another piano in another room the same notes flicker otherwise, and what the tokenizer hears there is nearly a linear
function of what it heard here. Functions fitted to two renderings of a few pieces make further ones of every piece.

`tokens/<corpus>/activations/<split>/<id>.npy` holds what the tokenizer clusters, normalised: float16 [tokens, width]. The
split `again` has a second rendering of some recordings of `train`, under the same names.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import kmeans
from .token_data import FRAMES_PER_SEMANTIC_TOKEN, TokenPiece

AGAIN = "again"
CENTROIDS = "centroids.npy"
SMOOTHING = 0.02  # of the regression, as a share of the activations' mean variance
LEAST_STRENGTH = 0.6


@dataclass(frozen=True)
class RenderingMaps:
    """Linear functions from one rendering to another: mean activations before and after [maps, width], and matrices
    [maps, width, width]; and the centres of the tokens [clusters, width]. All float32."""

    before: np.ndarray
    after: np.ndarray
    matrices: np.ndarray
    centroids: np.ndarray

    @staticmethod
    def between(pairs: list[tuple[np.ndarray, np.ndarray]], centroids: np.ndarray) -> "RenderingMaps":
        """Fitted to activations [tokens, width] of pairs of renderings of the same notes, in both directions."""
        fitted = []
        for pair in pairs:
            first, second = (activations[: min(map(len, pair))].astype(np.float64) for activations in pair)
            fitted += [_regression(first, second), _regression(second, first)]
        parts = [np.stack(part).astype(np.float32) for part in zip(*fitted, strict=True)]
        return RenderingMaps(*parts, centroids.astype(np.float32))

    def tokens(self, activations: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Those of `activations` [tokens, width] after any one of the functions, at any strength, as int64 [tokens]."""
        number, strength = random.integers(len(self.before)), np.float32(random.uniform(LEAST_STRENGTH, 1))
        activations = activations.astype(np.float32)
        mapped = (activations - self.before[number]) @ self.matrices[number] + self.after[number]
        blend = activations + strength * (mapped - activations)
        return kmeans.assign(torch.from_numpy(blend), torch.from_numpy(self.centroids)).numpy()


@dataclass(frozen=True)
class AugmentedPiece(TokenPiece):
    """A recording's semantic tokens and their activations [tokens, width]; `share` of its random crops are mapped."""

    activations: np.ndarray
    maps: RenderingMaps
    share: float

    def random_crop(self, start: int, frames: int, random: np.random.Generator) -> dict[str, np.ndarray]:
        crop = self.crop(start, frames)
        if random.random() < self.share:
            first = start // FRAMES_PER_SEMANTIC_TOKEN
            crop["semantic"] = self.maps.tokens(self.activations[first : first + len(crop["semantic"])], random)
        return crop


def augmented(pieces: list[TokenPiece], tokens: Path, share: float) -> list[TokenPiece]:
    """`pieces` of the split `train` of the folder `tokens`, with maps between those that are there twice.

    Throws FileNotFoundError where activations are missing.
    """
    folder = tokens / "activations"
    twice = [path.name for path in sorted((folder / AGAIN).glob("*.npy"))]
    if not twice:
        raise FileNotFoundError(f"no activations of second renderings in {folder / AGAIN}, which augmenting needs; "
                                "run `render --again` and `tokenize-semantic --activations`, or leave `augmented_share` out")
    pairs = [(np.load(folder / "train" / name), np.load(folder / AGAIN / name)) for name in twice]
    maps = RenderingMaps.between(pairs, np.load(folder / CENTROIDS))
    return [AugmentedPiece(piece.identifier, piece.semantic, None, np.load(folder / "train" / f"{piece.identifier}.npy"),
                           maps, share) for piece in pieces]  # fmt: skip


def _regression(here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The means of both [width], and the matrix [width, width] from here to there, by regression with a ridge about the
    identity."""
    before, after = here.mean(0), there.mean(0)
    centred = here - before
    covariance = centred.T @ centred / len(centred)
    ridge = SMOOTHING * covariance.trace() / len(covariance) * np.eye(len(covariance))
    return before, after, np.linalg.solve(covariance + ridge, centred.T @ (there - after) / len(centred) + ridge)
