"""Conformer blocks (Gulati et al., 2020) with rotary positions and layer normalisation throughout."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def rotary_tables(length: int, width: int, base: float = 10_000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every position's angles. Each [length, width / 2]"""
    frequencies = base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn the pairs (i, i + width / 2) of x [..., length, width] by their positions' angles."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1).to(x.dtype)


class FeedForward(nn.Module):
    """Pre-normalised two-layer network. [..., width] -> [..., width]"""

    def __init__(self, width: int, expansion: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, width * expansion)
        self.down = nn.Linear(width * expansion, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.down(F.silu(self.up(self.norm(x)))))


class SelfAttention(nn.Module):
    """Pre-normalised attention of every frame to every frame. [batch, frames, width] -> the same"""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
        batch, frames, width = x.shape
        qkv = self.qkv(self.norm(x)).view(batch, frames, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(rotate(query, *tables), rotate(key, *tables), value)
        return self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, frames, width)))


class ConvolutionModule(nn.Module):
    """Pre-normalised gated pointwise, depthwise and pointwise convolution. [batch, frames, width] -> the same"""

    def __init__(self, width: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, 2 * width)
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.depthwise_norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = F.glu(self.gate(self.norm(x)), dim=-1)
        x = self.depthwise(x.transpose(1, 2)).transpose(1, 2)
        return self.dropout(self.out(F.silu(self.depthwise_norm(x))))


class ConformerBlock(nn.Module):
    """Half a feed-forward step, attention, convolution, half a feed-forward step, norm."""

    def __init__(self, width: int, heads: int, kernel: int, expansion: int, dropout: float) -> None:
        super().__init__()
        self.feed_forward_in = FeedForward(width, expansion, dropout)
        self.attention = SelfAttention(width, heads, dropout)
        self.convolution = ConvolutionModule(width, kernel, dropout)
        self.feed_forward_out = FeedForward(width, expansion, dropout)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
        x = x + 0.5 * self.feed_forward_in(x)
        x = x + self.attention(x, tables)
        x = x + self.convolution(x)
        x = x + 0.5 * self.feed_forward_out(x)
        return self.norm(x)
