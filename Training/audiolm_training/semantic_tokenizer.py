"""The trained encoder with its k-means: sound to semantic tokens, as it is shipped."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import features, kmeans, weight_file
from .conformer import ConformerBlock, rotary_tables
from .w2v_bert import W2vBert

WINDOW_FRAMES = 500  # 20 s
HOP_FRAMES = 375
DROPPED_FRAMES = 62  # at the beginning of every window but the first


@dataclass(frozen=True)
class TokenizerConfiguration:
    """Section `semantic_tokenizer` of a bundle's config.json."""

    width: int
    heads: int
    kernel: int
    expansion: int
    blocks: int  # up to the one that is tokenized
    summary_width: int  # of the linear summary that is tokenized; 0: the last block's output itself
    clusters: int
    bands: int = features.BANDS
    sample_rate: int = features.SAMPLE_RATE
    window: int = features.WINDOW
    hop: int = features.HOP
    stack: int = features.STACK
    floor: float = features.FLOOR
    window_frames: int = WINDOW_FRAMES
    hop_frames: int = HOP_FRAMES
    dropped_frames: int = DROPPED_FRAMES

    def to_dictionary(self) -> dict:
        return asdict(self)

    @staticmethod
    def of(model: W2vBert, blocks: int, summary: bool, clusters: int) -> "TokenizerConfiguration":
        c = model.configuration
        width = len(summary_matrix(model)[0]) if summary else 0
        return TokenizerConfiguration(c.width, c.heads, c.kernel, c.expansion, blocks, width, clusters, c.bands, window=c.window)


@torch.no_grad()
def summary_matrix(model: W2vBert) -> tuple[Tensor, Tensor, list[str]]:
    """The encoder's summary, and below it those logits of the label head that are tokenized, which are linear in it:
    weight [outputs, width], bias [outputs], and for each output which of the kinds it is."""
    inner, weights, biases, kinds = model.summary, [model.summary.weight], [model.summary.bias], ["summary"]
    kinds *= inner.out_features
    for kind, head in model.label_head.tokenized.items():
        weights.append(head.weight @ inner.weight)
        biases.append(head.weight @ inner.bias + head.bias)
        kinds += [kind] * head.out_features
    return torch.cat(weights), torch.cat(biases), kinds


def windows(frames: int, window: int = WINDOW_FRAMES, hop: int = HOP_FRAMES) -> list[tuple[int, int]]:
    """First frame and length of each window over so many frames; the first that reaches the end is the last."""
    spans = [(0, min(window, frames))]
    while spans[-1][0] + spans[-1][1] < frames:
        start = spans[-1][0] + hop
        spans.append((start, min(window, frames - start)))
    return spans


class SemanticTokenizer(nn.Module):
    def __init__(self, configuration: TokenizerConfiguration) -> None:
        super().__init__()
        c = self.configuration = configuration
        self.front_end = features.FrontEnd(c.bands, c.window, c.hop, c.stack)
        self.subsampling = nn.Linear(c.bands * c.stack, c.width)
        self.subsampling_norm = nn.LayerNorm(c.width)
        self.blocks = nn.ModuleList(
            ConformerBlock(c.width, c.heads, c.kernel, c.expansion, dropout=0.0) for _ in range(c.blocks)
        )
        self.summary = nn.Linear(c.width, c.summary_width) if c.summary_width else None
        width = c.summary_width or c.width
        self.register_buffer("activation_mean", torch.zeros(width))
        self.register_buffer("activation_deviation", torch.ones(width))
        self.register_buffer("centroids", torch.zeros(c.clusters, width))

    @staticmethod
    def from_encoder(model: W2vBert, configuration: TokenizerConfiguration) -> "SemanticTokenizer":
        """The encoder's part up to the tokenized activations; its k-means is still to be fitted."""
        tokenizer = SemanticTokenizer(configuration)
        own = tokenizer.state_dict()
        taken = {name: tensor for name, tensor in model.state_dict().items() if name in own}
        if tokenizer.summary is not None:
            taken["summary.weight"], taken["summary.bias"], _ = summary_matrix(model)
        tokenizer.load_state_dict(own | taken)
        return tokenizer.eval()

    def activations(self, x: Tensor) -> Tensor:
        """Front-end frames of a window [batch, frames, inputs] -> [batch, frames, width], not yet normalised."""
        c = self.configuration
        x = self.subsampling_norm(self.subsampling(x))
        tables = tuple(table.to(x.device) for table in rotary_tables(x.shape[1], c.width // c.heads))
        for block in self.blocks:
            x = block(x, tables)
        return (x if self.summary is None else self.summary(x)).float()

    def normalise(self, activations: Tensor) -> Tensor:
        """What k-means measures distances in: [..., width] -> [..., width]"""
        return (activations - self.activation_mean) / self.activation_deviation

    def quantise(self, activations: Tensor) -> Tensor:
        """[..., width] -> tokens [...]"""
        return kmeans.assign(self.normalise(activations).flatten(0, -2), self.centroids).view(activations.shape[:-1])

    @torch.no_grad()
    def tokenize(self, samples: Tensor, batch: int = 8) -> Tensor:
        """Sound [samples] of any length -> tokens [ceil(samples / 960)]."""
        return self.quantise(self.heard(samples, batch))

    @torch.no_grad()
    def heard(self, samples: Tensor, batch: int = 8) -> Tensor:
        """What is clustered, not yet normalised: sound [samples] of any length -> [ceil(samples / 960), width]."""
        c = self.configuration
        frames = self.front_end(samples[None])[0]
        spans = windows(len(frames), c.window_frames, c.hop_frames)
        pieces: list[Tensor] = []
        full = [span for span in spans if span[1] == c.window_frames]
        groups = [full[i : i + batch] for i in range(0, len(full), batch)]
        groups += [[span] for span in spans if 0 < span[1] < c.window_frames]
        for group in groups:
            stacked = torch.stack([frames[start : start + length] for start, length in group])
            pieces += self.activations(stacked)
        last = len(pieces) - 1
        return torch.cat(
            [
                piece[c.dropped_frames if i else 0 : None if i == last else c.dropped_frames + c.hop_frames]
                for i, piece in enumerate(pieces)
            ]
            or [torch.zeros(0, len(self.activation_mean))]
        )

    @staticmethod
    def load(folder: Path) -> "SemanticTokenizer":
        """The tokenizer that `fit-kmeans` left in `folder`."""
        section = json.loads((folder / "semantic_tokenizer.json").read_text())
        return SemanticTokenizer._with_weights(section, folder)

    @staticmethod
    def load_exported(bundle: Path) -> "SemanticTokenizer":
        """The tokenizer of a bundle's folder."""
        section = json.loads((bundle / "config.json").read_text())["semantic_tokenizer"]
        return SemanticTokenizer._with_weights(section, bundle)

    @staticmethod
    def _with_weights(section: dict, folder: Path) -> "SemanticTokenizer":
        tokenizer = SemanticTokenizer(TokenizerConfiguration(**section))
        tokenizer.load_state_dict(weight_file.read(folder / "semantic_tokenizer.safetensors"))
        return tokenizer.eval()
