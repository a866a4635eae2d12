"""k-means with re-seeded dead centres."""

import torch
from torch import Tensor

CHUNK = 16_384


def assign(x: Tensor, centres: Tensor) -> Tensor:
    """Nearest centre of each row. x [rows, width], centres [clusters, width] -> [rows]; the first of equals.

    In float32, whatever the network around computes in: distances are differences of large numbers.
    """
    with torch.autocast(x.device.type, enabled=False):
        half_norms = 0.5 * centres.square().sum(1)
        return torch.cat([(chunk @ centres.T - half_norms).argmax(1) for chunk in x.split(CHUNK)])


def fit(x: Tensor, clusters: int, iterations: int, seed: int = 0) -> Tensor:
    """Lloyd's algorithm from random rows of x [rows, width]; returns centres [clusters, width].

    Centres that win fewer than two rows restart at random rows in all but the last iterations.
    Throws ValueError where there are fewer rows than clusters.
    """
    if len(x) < clusters:
        raise ValueError(f"{len(x)} rows cannot make {clusters} clusters")
    generator = torch.Generator().manual_seed(seed)
    centres = x[torch.randperm(len(x), generator=generator)[:clusters]].clone()
    for iteration in range(iterations):
        nearest = assign(x, centres)
        counts = torch.bincount(nearest, minlength=clusters)
        sums = torch.zeros_like(centres).index_add_(0, nearest, x)
        alive = counts >= (2 if iteration < iterations * 3 // 4 else 1)
        centres[alive] = sums[alive] / counts[alive, None]
        dead = int((~alive).sum())
        if dead and iteration < iterations * 3 // 4:
            centres[~alive] = x[torch.randint(len(x), (dead,), generator=generator)]
    return centres


def entropy_bits(tokens: Tensor, clusters: int) -> float:
    """Bits that the use of the clusters carries. tokens [rows]"""
    share = torch.bincount(tokens, minlength=clusters).double() / len(tokens)
    return float(-(share * share.clamp(min=1e-12).log2()).sum())
