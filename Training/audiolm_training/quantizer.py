"""Residual vector quantiser (SoundStream, section III-C), with k-means initialisation, EMA codebooks and dropout."""

import numpy as np
import torch
from numba import njit
from torch import Tensor, nn


class ResidualVectorQuantizer(nn.Module):
    """`levels` codebooks of `size` vectors, each coding what the levels before it left over."""

    codebooks: Tensor

    def __init__(self, levels: int, size: int, dim: int, decay: float = 0.99):
        super().__init__()
        self.decay = decay
        self.register_buffer("codebooks", torch.zeros(levels, size, dim))
        self.register_buffer("usage", torch.ones(levels, size), persistent=False)  # EMA of how often each is chosen
        self.register_buffer("sums", torch.zeros(levels, size, dim), persistent=False)  # EMA of what they code

    @torch.no_grad()
    def encode(self, latents: Tensor, beams: int = 1, levels: int | None = None) -> Tensor:
        """[frames, dim] -> codes [frames, levels]: the best of some paths through the first `levels` levels.

        For all levels `beams` paths are kept at each, for fewer levels as many more as make the same work.
        """
        books = self.codebooks[:levels]
        beams = beams * len(self.codebooks) // len(books)
        return torch.cat([_search(piece, books, beams) for piece in latents.split(128)])

    def decode(self, codes: Tensor) -> Tensor:
        """codes [..., levels used] -> [..., dim]: the sum of the chosen vectors."""
        return sum(self.codebooks[level][codes[..., level]] for level in range(codes.shape[-1]))

    def forward(self, latents: Tensor, levels: Tensor) -> tuple[Tensor, Tensor]:
        """Training: [frames, dim], levels to use [frames] -> quantised (straight-through), commitment loss."""
        residual = latents.detach().clone()
        quantised = torch.zeros_like(residual)
        for level, codebook in enumerate(self.codebooks):
            used = (level < levels).nonzero()[:, 0]
            if len(used) == 0:
                break
            target = residual[used]
            choice = (codebook.square().sum(-1) - 2 * target @ codebook.T).argmin(-1)
            quantised[used] += codebook[choice]
            residual[used] -= codebook[choice]
            if self.training:
                self._update(level, target, choice)
        commitment = (latents - quantised).square().mean()
        return latents + (quantised - latents).detach(), commitment

    @torch.no_grad()
    def _update(self, level: int, target: Tensor, choice: Tensor) -> None:
        """EMA of the vectors that each code stands for; codes that died take a random vector's place."""
        counts = torch.bincount(choice, minlength=self.usage.shape[1]).to(target)
        sums = torch.zeros_like(self.sums[level]).index_add_(0, choice, target)
        self.usage[level].lerp_(counts, 1 - self.decay)
        self.sums[level].lerp_(sums, 1 - self.decay)
        self.codebooks[level] = self.sums[level] / self.usage[level].clamp_min(1e-6)[:, None]
        # In units of an even share of a batch, so that the bound means the same for every batch size.
        dead = (self.usage[level] < 0.03 * len(target) / self.usage.shape[1]).nonzero()[:, 0]
        if len(dead):
            substitutes = target[torch.randint(len(target), (len(dead),), device=target.device)]
            share = len(target) / self.usage.shape[1]
            self.codebooks[level][dead] = substitutes
            self.usage[level][dead] = share
            self.sums[level][dead] = substitutes * share

    @torch.no_grad()
    def initialise(self, latents: Tensor, iterations: int = 12) -> list[float]:
        """k-means, level by level, on [frames, dim]; returns the share of the variance left after each level."""
        residual = latents.clone()
        total = residual.square().sum()
        left = []
        for level in range(len(self.codebooks)):
            size = self.codebooks.shape[1]
            centres = residual[torch.randperm(len(residual), device=residual.device)[:size]].clone()
            for _ in range(iterations):
                choice = (centres.square().sum(-1) - 2 * residual @ centres.T).argmin(-1)
                counts = torch.bincount(choice, minlength=size).to(residual)
                sums = torch.zeros_like(centres).index_add_(0, choice, residual)
                empty = (counts == 0).nonzero()[:, 0]
                centres = sums / counts.clamp_min(1)[:, None]
                if len(empty):
                    centres[empty] = residual[torch.randint(len(residual), (len(empty),), device=residual.device)]
            choice = (centres.square().sum(-1) - 2 * residual @ centres.T).argmin(-1)
            self.codebooks[level] = centres
            self.usage[level] = 1
            self.sums[level] = centres
            residual -= centres[choice]
            left.append((residual.square().sum() / total).item())
        return left


def _search(latents: Tensor, codebooks: Tensor, beams: int) -> Tensor:
    frames, dim = latents.shape
    size = codebooks.shape[1]
    residual = latents[:, None]  # [frames, paths, dim]
    codes = latents.new_zeros((frames, 1, 0), dtype=torch.long)
    for codebook in codebooks:
        # |r - c|^2 = |r|^2 - 2 r c + |c|^2
        score = torch.baddbmm(codebook.square().sum(-1).expand(1, size), residual.flatten(0, 1)[None], codebook.T[None], alpha=-2)
        score = score.view(frames, -1, size) + residual.square().sum(-1, keepdim=True)
        best = _least(score.flatten(1), min(beams, score.shape[1] * size))  # [frames, paths]
        origin, choice = best // size, best % size
        codes = torch.cat([codes.gather(1, origin[..., None].expand(-1, -1, codes.shape[-1])), choice[..., None]], -1)
        residual = residual.gather(1, origin[..., None].expand(-1, -1, dim)) - codebook[choice]
    return codes[:, 0]


def _least(scores: Tensor, count: int) -> Tensor:
    """Where the `count` least of each row are, least first."""
    if scores.device.type == "cpu":
        return torch.from_numpy(_least_on_cpu(scores.numpy(), count))
    return scores.topk(count, largest=False, sorted=True).indices


@njit(cache=True)
def _least_on_cpu(scores, count):
    """One pass over each row, several times as fast as topk."""
    rows, columns = scores.shape
    places = np.zeros((rows, count), np.int64)
    kept = np.zeros(count, np.float32)
    for row in range(rows):
        kept[:] = np.inf
        for column in range(columns):
            score = scores[row, column]
            if score < kept[count - 1]:
                place = count - 1
                while place > 0 and kept[place - 1] > score:
                    kept[place] = kept[place - 1]
                    places[row, place] = places[row, place - 1]
                    place -= 1
                kept[place] = score
                places[row, place] = column
    return places
