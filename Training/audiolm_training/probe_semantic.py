"""Step `probe-semantic`: what tokens say about labels and sources, against k-means of plain log-frequency frames."""

import argparse
import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import kmeans, labelled_windows
from .fit_kmeans import TokensConfiguration
from .label_kinds import KINDS
from .labelled_crops import TrainingConfiguration
from .labelled_windows import LabelledWindow
from .precision import mixed_precision
from .semantic_tokenizer import SemanticTokenizer
from .train_semantic import load_encoder
from .w2v_bert import EncoderConfiguration, W2vBert
from .whole_file import write_whole

BASELINE_COMPONENTS = 128


def add_arguments(parser: argparse.ArgumentParser) -> None:
    probed = parser.add_mutually_exclusive_group()
    probed.add_argument("--blocks", action="store_true", help="probe every block of the encoder, to choose one")
    probed.add_argument("--bundle", type=Path, help="probe the tokenizer of this exported bundle, e.g. ../Models/speech")
    parser.add_argument("--windows", type=int, default=240, help="of 20 s, from training and from test pieces each")
    parser.add_argument("--iterations", type=int, default=20, help="of k-means, where none is fitted yet")


@torch.no_grad()
def run(args: argparse.Namespace) -> None:
    c = TokensConfiguration.read(args.config)
    folder = args.runs / "semantic"
    encoder = None if args.bundle else load_encoder(args.runs)
    kind = EncoderConfiguration(**TrainingConfiguration.read(args.config).encoder).labels
    tokenizer = _tokenizer(folder, args.bundle)
    clusters = tokenizer.configuration.clusters if tokenizer else c.clusters
    train, test = (
        labelled_windows.draw(args.runs / "data" / c.data, kind, split, args.windows, c.window_frames, seed=2)
        for split in ("train", "test")
    )
    sources = sorted({window.source for window in train + test})
    labels = _labels(train, sources), _labels(test, sources)
    results: dict[str, dict[str, float]] = {}

    def report(name: str, tokens: tuple[np.ndarray, np.ndarray]) -> None:
        results[name] = result = KINDS[kind].probe(tokens[0], labels[0], tokens[1], labels[1], clusters)
        print(name, "  ".join(f"{key} {value:.3f}" for key, value in result.items()), flush=True)

    front_end = tokenizer.front_end if encoder is None else encoder.front_end
    frames = tuple(_in_batches(windows, front_end) for windows in (train, test))
    report("log-frequency frames", _baseline(frames, clusters, args.iterations))
    if tokenizer is not None:
        quantise = lambda sounds: tokenizer.quantise(tokenizer.activations(tokenizer.front_end(sounds)))  # noqa: E731
        report("tokenizer", tuple(_in_batches(windows, quantise).numpy() for windows in (train, test)))
    if args.blocks:
        sizes = [encoder.configuration.width] * encoder.configuration.blocks + [encoder.configuration.summary_width]
        names = [f"block {number + 1}" for number in range(encoder.configuration.blocks)] + ["summary"]
        train_outputs, test_outputs = (
            _in_batches(windows, lambda sounds: _block_outputs(encoder, sounds)).split(sizes, -1)
            for windows in (train, test)
        )
        for name, *activations in zip(names, train_outputs, test_outputs):
            report(name, _cluster(*activations, clusters, args.iterations))
    _write(folder / "probe.csv", results)


def _tokenizer(folder: Path, bundle: Path | None) -> SemanticTokenizer | None:
    """The bundle's, or the one that `fit-kmeans` left in `folder`, if any."""
    if bundle is not None:
        return SemanticTokenizer.load_exported(bundle)
    return SemanticTokenizer.load(folder) if (folder / "semantic_tokenizer.json").exists() else None


def _labels(windows: list[LabelledWindow], sources: list[str]) -> dict[str, np.ndarray]:
    """The windows' targets end to end, [frames, ...] each, and "source" [frames], an integer."""
    ends = {name: np.concatenate([window.labels[name] for window in windows]) for name in windows[0].labels}
    lengths = [len(next(iter(window.labels.values()))) for window in windows]
    return ends | {"source": np.repeat([sources.index(window.source) for window in windows], lengths)}


def _in_batches(windows: list[LabelledWindow], function: Callable[[Tensor], Tensor], batch: int = 8) -> Tensor:
    """`function` of stacked sounds [batch, samples] over all windows; its outputs [batch, frames, ...] end to end."""
    sounds = torch.stack([window.sound for window in windows]).split(batch)
    with mixed_precision("cpu"):
        return torch.cat([function(batch).flatten(0, 1) for batch in sounds])


def _cluster(train: Tensor, test: Tensor, clusters: int, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of both by k-means of the first, normalised per dimension. x [frames, width]"""
    mean, deviation = train.mean(0), train.std(0).clamp(min=1e-4)
    train, test = (train - mean) / deviation, (test - mean) / deviation
    centres = kmeans.fit(train, clusters, iterations)
    return kmeans.assign(train, centres).numpy(), kmeans.assign(test, centres).numpy()


def _baseline(frames: tuple[Tensor, Tensor], clusters: int, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """k-means on the principal components of normalised stacked spectra, each at its own strength."""
    train, test = frames
    mean = train.mean(0)
    vectors = torch.linalg.eigh(torch.cov((train - mean).T))[1][:, -BASELINE_COMPONENTS:]
    centres = kmeans.fit((train - mean) @ vectors, clusters, iterations)
    return tuple(kmeans.assign((x - mean) @ vectors, centres).numpy() for x in (train, test))


def _block_outputs(encoder: W2vBert, sounds: Tensor) -> Tensor:
    """[batch, samples] -> [batch, frames, blocks * width + summary]"""
    blocks = encoder.encode(encoder.front_end(sounds))
    summary = encoder.summary(blocks[encoder.configuration.summary_block - 1])
    return torch.cat([x.float() for x in (*blocks, summary)], -1)


def _write(path: Path, results: dict[str, dict[str, float]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["tokens from", *next(iter(results.values()))])
    for name, result in results.items():
        writer.writerow([name, *(f"{value:.4f}" for value in result.values())])
    write_whole(path, text.getvalue())
