"""The causal stages a step at a time, their past kept: how PyTorch is timed as a peer of the Swift engine."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .coarse_stage import CoarseStage
from .semantic_stage import SemanticStage
from .transformer import Transformer, rotary_tables, rotate


class CachedTransformer(nn.Module):
    """A transformer whose window is full: each step sees `attention_window` positions, itself included.

    The past is noise; time does not depend on it.
    """

    def __init__(self, transformer: Transformer, dtype: torch.dtype):
        super().__init__()
        self.transformer = transformer
        settings = transformer.configuration
        heads, self.window = settings.heads, settings.attention_window
        shape = (settings.layers, 1, heads, self.window, settings.width // heads)
        self.register_buffer("keys", torch.randn(shape, dtype=dtype))
        self.register_buffer("values", torch.randn(shape, dtype=dtype))
        cosines, sines = rotary_tables(1 << 14, settings.width // heads, torch.device("cpu"))
        self.register_buffer("cosines", cosines)
        self.register_buffer("sines", sines)
        self.dtype = dtype

    def forward(self, x: Tensor, position: Tensor) -> Tensor:
        """[1, width] at `position` [1] -> [1, width]"""
        cosines, sines = self.cosines[position], self.sines[position]
        slot = position % self.window
        for layer, block in enumerate(self.transformer.blocks):
            attention = block.attention
            qkv = attention.qkv(block.attention_norm(x).to(self.dtype))
            query, key, value = qkv.view(3, 1, attention.heads, 1, -1)
            query, key = rotate(query, cosines, sines), rotate(key, cosines, sines)
            self.keys[layer].index_copy_(2, slot, key)
            self.values[layer].index_copy_(2, slot, value)
            mixed = F.scaled_dot_product_attention(query, self.keys[layer], self.values[layer])
            x = x + attention.out(mixed.reshape(1, -1))
            x = x + block.feed_forward(block.feed_forward_norm(x).to(self.dtype))
        return self.transformer.norm(x).to(self.dtype)


def drawn(logits: Tensor) -> Tensor:
    """One token of each row [rows, tokens] -> [rows]"""
    return torch.multinomial(torch.softmax(logits.float(), dim=-1), 1)[:, 0]


class SemanticStep(nn.Module):
    def __init__(self, stage: SemanticStage, dtype: torch.dtype):
        super().__init__()
        self.stage = stage.to(dtype)
        self.transformer = CachedTransformer(stage.transformer, dtype)

    def forward(self, token: Tensor, position: Tensor) -> Tensor:
        """The token before `position` [1] to that at it [1]."""
        return drawn(self.stage.head(self.transformer(self.stage.embedding(token), position)))


class CoarseStep(nn.Module):
    def __init__(self, stage: CoarseStage, dtype: torch.dtype):
        super().__init__()
        self.stage = stage.to(dtype)
        self.transformer = CachedTransformer(stage.transformer, dtype)

    def forward(self, codes: Tensor, position: Tensor) -> Tensor:
        """The codes of the step before `position`, one of each level [levels], to those of the step at it."""
        stage = self.stage
        semantic = (codes[0] % stage.configuration.semantic_vocabulary).expand(stage.configuration.look_ahead + 1)
        x = stage.semantic_projection(stage.semantic_embedding(semantic).reshape(1, -1))
        x = x + stage.phase_embedding(position % stage.configuration.frames_per_semantic_token)
        for level, embedding in enumerate(stage.embeddings):
            x = x + embedding(codes[level : level + 1])
        hidden = self.transformer(x, position)
        return drawn(torch.cat([head(hidden) for head in stage.heads]))
