"""Step `fit-kmeans`: cluster the encoder's activations and write the semantic tokenizer as it is shipped."""

import argparse
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
import yaml
from torch import Tensor

from . import kmeans, labelled_windows, weight_file
from .precision import mixed_precision
from .semantic_tokenizer import WINDOW_FRAMES, SemanticTokenizer, TokenizerConfiguration, summary_matrix
from .train_semantic import load_encoder
from .whole_file import write_whole


@dataclass(frozen=True)
class TokensConfiguration:
    """Section `semantic: tokens` of the configuration file."""

    data: str = "piano"
    blocks: int = 4  # tokenize the output of this block
    summary: bool = True  # or of its linear summary that the label head reads
    clusters: int = 1024
    windows: int = 200  # of 20 s
    window_frames: int = WINDOW_FRAMES
    iterations: int = 30
    weights: str = "int8"
    # How much each part of the summary weighs in the distances of k-means.
    emphasis: dict[str, float] = field(
        default_factory=lambda: {"summary": 0.3, "pitch_class": 1.0, "any_onset": 1.5}
    )

    @staticmethod
    def read(path: Path) -> "TokensConfiguration":
        return TokensConfiguration(**yaml.safe_load(path.read_text())["semantic"]["tokens"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, help="cluster anew what the encoder of this exported bundle hears")


def run(args: argparse.Namespace) -> None:
    c = TokensConfiguration.read(args.config)
    torch.manual_seed(0)
    if args.bundle:
        tokenizer, labels = with_clusters(SemanticTokenizer.load_exported(args.bundle), c.clusters), None
    else:
        encoder = load_encoder(args.runs)
        tokenizer = SemanticTokenizer.from_encoder(
            encoder, TokenizerConfiguration.of(encoder, c.blocks, c.summary, c.clusters)
        )
        tokenizer.load_state_dict(weight_file.decode(stored(tokenizer, c.weights)))
        labels = encoder.configuration.labels
    drawn = labelled_windows.draw(args.runs / "data" / c.data, labels, "train", c.windows, c.window_frames, seed=1)
    activations = activations_of(tokenizer, [window.sound for window in drawn])
    if not args.bundle:
        kinds = summary_matrix(encoder)[2] if c.summary else []
        fit_normalisation(tokenizer, activations, [c.emphasis[kind] for kind in kinds])
    fit_centroids(tokenizer, activations, c.iterations)
    write(args.runs / "semantic", tokenizer, c.weights)


def with_clusters(tokenizer: SemanticTokenizer, clusters: int) -> SemanticTokenizer:
    """The same encoder and normalisation with so many centroids, still to be fitted."""
    other = SemanticTokenizer(replace(tokenizer.configuration, clusters=clusters))
    other.load_state_dict(tokenizer.state_dict() | {"centroids": other.centroids})
    return other.eval()


def fit_normalisation(tokenizer: SemanticTokenizer, activations: Tensor, emphasis: list[float]) -> None:
    """Set it from activations [frames, width]: after it each dimension has deviation 1, or that of `emphasis` where it is
    given."""
    tokenizer.activation_mean.copy_(activations.mean(0))
    deviation = activations.std(0).clamp(min=1e-4)
    tokenizer.activation_deviation.copy_(deviation / torch.tensor(emphasis) if emphasis else deviation)


def fit_centroids(tokenizer: SemanticTokenizer, activations: Tensor, iterations: int) -> None:
    """Set them from activations [frames, width], not yet normalised."""
    normalised = (activations - tokenizer.activation_mean) / tokenizer.activation_deviation
    tokenizer.centroids.copy_(kmeans.fit(normalised, len(tokenizer.centroids), iterations))
    tokens = kmeans.assign(normalised, tokenizer.centroids)
    bits = kmeans.entropy_bits(tokens, len(tokenizer.centroids))
    print(f"{len(activations)} frames, {bits:.2f} bits in a token", flush=True)


@torch.no_grad()
def activations_of(tokenizer: SemanticTokenizer, windows: list[Tensor], batch: int = 8) -> Tensor:
    """Sounds [samples] of equal length -> [frames of all, width]."""
    stacked = torch.stack(windows).split(batch)
    with mixed_precision("cpu"):
        return torch.cat([tokenizer.activations(tokenizer.front_end(sounds)).flatten(0, 1) for sounds in stacked])


def stored(tokenizer: SemanticTokenizer, kind: str, smallest: int = 4096) -> dict[str, Tensor]:
    """The tokenizer's tensors as they lie in its file: network matrices of some size as `kind`, all else exact."""
    exact = {"front_end.filterbank", "centroids"}
    matrix = weight_file.matrix_kind(kind, smallest)
    return weight_file.encode(
        tokenizer.state_dict(), lambda name, tensor: "float32" if name in exact else matrix(name, tensor)
    )


def write(folder: Path, tokenizer: SemanticTokenizer, kind: str) -> None:
    """Write `semantic_tokenizer.safetensors` and its section of config.json as `semantic_tokenizer.json`."""
    weight_file.write(folder / "semantic_tokenizer.safetensors", stored(tokenizer, kind))
    section = json.dumps(tokenizer.configuration.to_dictionary(), indent=2)
    write_whole(folder / "semantic_tokenizer.json", section + "\n")
