"""Modified discrete cosine transform with a sine window: orthonormal, 50 % overlap, perfect reconstruction.

Frame t sees samples [480 (t-1), 480 (t+1)): it is complete as soon as its last sample has arrived, and after
frame t the samples before 480 t can be synthesised.
"""

import math

import torch
from torch import Tensor, nn


class MDCT(nn.Module):
    """Analysis and synthesis of [batch, samples] in frames of `hop` coefficients."""

    def __init__(self, hop: int):
        super().__init__()
        self.hop = hop
        sample = torch.arange(2 * hop, dtype=torch.float64)[:, None]
        bin_ = torch.arange(hop, dtype=torch.float64)[None]
        phase = math.pi / hop * (sample + 0.5 + hop / 2) * (bin_ + 0.5)
        window = torch.sin(math.pi / (2 * hop) * (sample + 0.5)) * math.sqrt(2 / hop)
        self.register_buffer("cosine", (window * torch.cos(phase)).float(), persistent=False)  # [2 hop, hop]
        self.register_buffer("sine", (window * torch.sin(phase)).float(), persistent=False)

    def frames(self, wave: Tensor) -> Tensor:
        """[batch, samples], a multiple of the hop -> [batch, frames, 2 hop], silence before the first sample."""
        return nn.functional.pad(wave, (self.hop, 0)).unfold(1, 2 * self.hop, self.hop)

    def analyse(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """The cosine (MDCT) and sine (MDST) coefficients, each [batch, frames, hop]."""
        frames = self.frames(wave)
        return frames @ self.cosine, frames @ self.sine

    def synthesise(self, coefficients: Tensor) -> Tensor:
        """[batch, frames, hop] -> [batch, hop (frames - 1)]: frame 0 ends where the wave begins."""
        frames = coefficients @ self.cosine.T
        first, second = frames.chunk(2, dim=-1)
        return (second[:, :-1] + first[:, 1:]).flatten(1)
