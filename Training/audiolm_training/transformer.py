"""The block that all three stages share: pre-norm attention with rotary positions and a SwiGLU feed-forward.

Parameter names are the keys that the Swift side reads (`blocks.0.attention.qkv.weight`, ...).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .byte_products import ByteLinear
from .fixed_point import BYTE, SEVEN_BITS, rounded

ROTARY_BASE = 10000.0
BLOCK = 128  # queries of causal attention taken together


@dataclass(frozen=True)
class TransformerConfiguration:
    """Sizes of a transformer. `attention_window` is the number of positions that a position sees, itself
    included; 0 means that every position sees every other one, in both directions."""

    layers: int
    width: int
    heads: int
    feed_forward: int
    attention_window: int = 0
    dropout: float = 0.1


@torch.compiler.disable  # or every block computes them anew
def rotary_tables(length: int, head_width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines [length, head_width / 2], computed in float64."""
    half = torch.arange(0, head_width, 2, dtype=torch.float64, device=device)
    frequencies = ROTARY_BASE ** (-half / head_width)
    angles = torch.outer(torch.arange(length, dtype=torch.float64, device=device), frequencies)
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Turns the pairs (i, i + d/2) of `x` [batch, heads, frames, d] by their positions' angles."""
    first, second = x.float().chunk(2, dim=-1)
    turned = torch.cat([first * cosines - second * sines, second * cosines + first * sines], dim=-1)
    return turned.to(x.dtype)


def causal_blocks(frames: int, window: int) -> Iterator[tuple[slice, slice, Tensor]]:
    """A block of queries at a time, the keys that one of them sees, and 0 or, where a query does not see a key, -inf.

    Without a window all queries see all keys.
    """
    for start in range(0, frames, BLOCK if window else frames):
        end, first = (min(start + BLOCK, frames), max(start - window + 1, 0)) if window else (frames, 0)
        distance = torch.arange(start, end)[:, None] - torch.arange(first, end)
        seen = (distance >= 0) & (distance < window) if window else torch.ones_like(distance, dtype=torch.bool)
        yield slice(start, end), slice(first, end), torch.where(seen, 0.0, -torch.inf)


def sliding_attention(query: Tensor, key: Tensor, value: Tensor, window: int) -> Tensor:
    """What each position gathers from itself and the `window` - 1 before it: [batch, heads, frames, d].

    A block of queries at a time with the keys that one of them sees. On a processor that takes half as long as PyTorch's
    own attention under a mask, which multiplies what the mask hides.
    """
    query = query * query.shape[-1] ** -0.5
    mixed = []
    for queries, keys, hidden in causal_blocks(query.shape[2], window):
        scores = query[:, :, queries] @ key[:, :, keys].transpose(-1, -2)
        mixed.append((scores + hidden.to(scores)).softmax(-1) @ value[:, :, keys])
    return torch.cat(mixed, 2)


def rounded_attention(query: Tensor, key: Tensor, value: Tensor, window: int) -> Tensor:
    """The same as the engine computes it, from bytes: queries of seven bits, keys and values of eight, and the weights times
    the values' scales of seven. Without a window every position sees every other one."""
    with torch.autocast(query.device.type, enabled=False):  # whole numbers that bfloat16 has not all of
        query, key = rounded(query.float(), SEVEN_BITS) * query.shape[-1] ** -0.5, rounded(key.float(), BYTE)
        value = value.float()
        scale = value.abs().amax(-1) / BYTE
        value = rounded(value, BYTE) / scale.clamp_min(1e-30)[..., None]
        mixed = []
        for queries, keys, hidden in causal_blocks(query.shape[2], window):
            scores = query[:, :, queries] @ key[:, :, keys].transpose(-1, -2)
            weights = (scores + hidden.to(scores)).softmax(-1) * scale[:, :, None, keys]
            mixed.append(rounded(weights, BYTE) @ value[:, :, keys])
    return torch.cat(mixed, 2)


class RMSNorm(nn.Module):
    """x · rsqrt(mean(x²) + 1e-6) · weight over the last dimension."""

    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), self.weight.shape, self.weight, eps=1e-6)


class SharedDropout(nn.Dropout1d):
    """Dropout of [batch, frames, width] with one mask for all frames of a sequence, as in T5 (Raffel et al. 2020): with one
    for each, a processor spends a quarter of a training step on random numbers."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Attention(nn.Module):
    """Multi-head self-attention on [batch, frames, width]."""

    def __init__(self, configuration: TransformerConfiguration):
        super().__init__()
        self.heads = configuration.heads
        # Once trained, as the engine has it: always where the past is kept, else where inputs are rounded, too.
        self.keeps_past = configuration.attention_window > 0
        self.in_bytes = self.keeps_past
        self.qkv = ByteLinear(configuration.width, 3 * configuration.width)
        self.out = ByteLinear(configuration.width, configuration.width)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor, window: int) -> Tensor:
        batch, frames, width = x.shape
        qkv = self.qkv(x).view(batch, frames, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        query, key = rotate(query, cosines, sines), rotate(key, cosines, sines)
        if self.in_bytes and not self.training:
            mixed = rounded_attention(query, key, value, window).to(query.dtype)
        elif window:
            mixed = sliding_attention(query, key, value, window)
        else:
            mixed = F.scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).reshape(batch, frames, width))


class FeedForward(nn.Module):
    """SwiGLU: down(silu(gate x) · up x)."""

    def __init__(self, configuration: TransformerConfiguration):
        super().__init__()
        self.gate = ByteLinear(configuration.width, configuration.feed_forward)
        self.up = ByteLinear(configuration.width, configuration.feed_forward)
        self.down = ByteLinear(configuration.feed_forward, configuration.width)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, configuration: TransformerConfiguration):
        super().__init__()
        self.attention_norm = RMSNorm(configuration.width)
        self.attention = Attention(configuration)
        self.feed_forward_norm = RMSNorm(configuration.width)
        self.feed_forward = FeedForward(configuration)
        self.dropout = SharedDropout(configuration.dropout)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor, window: int) -> Tensor:
        x = x + self.dropout(self.attention(self.attention_norm(x), cosines, sines, window))
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))


class Transformer(nn.Module):
    """Blocks and a final norm on [batch, frames, width]."""

    def __init__(self, configuration: TransformerConfiguration):
        super().__init__()
        self.configuration = configuration
        self.blocks = nn.ModuleList(Block(configuration) for _ in range(configuration.layers))
        self.norm = RMSNorm(configuration.width)
        self.dropout = SharedDropout(configuration.dropout)
        self.apply(self._initialise)
        for block in self.blocks:
            for last in (block.attention.out, block.feed_forward.down):
                nn.init.normal_(last.weight, std=0.02 / (2 * configuration.layers) ** 0.5)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        settings = self.configuration
        frames = x.shape[1]
        cosines, sines = rotary_tables(frames, settings.width // settings.heads, x.device)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, cosines, sines, settings.attention_window)
        return self.norm(x)
