"""Step `probe-semantic`: what tokens say about notes and instrument, against k-means of plain log-frequency frames."""

import argparse
import csv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import kmeans, labelled_windows
from .fit_kmeans import TokensConfiguration
from .labelled_windows import LabelledWindow
from .semantic_tokenizer import SemanticTokenizer
from .token_probe import Labels, ProbeResult, probe
from .train_semantic import load_encoder
from .w2v_bert import W2vBert

BASELINE_COMPONENTS = 128


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--blocks", action="store_true", help="probe every block of the encoder, to choose one")
    parser.add_argument("--windows", type=int, default=240, help="of 20 s, from training and from test pieces each")
    parser.add_argument("--iterations", type=int, default=20, help="of k-means, where none is fitted yet")


@torch.no_grad()
def run(args: argparse.Namespace) -> None:
    c = TokensConfiguration.read(args.config)
    folder = args.runs / "semantic"
    train, test = (
        labelled_windows.draw(args.runs / "data" / c.data, split, args.windows, c.window_frames, seed=2)
        for split in ("train", "test")
    )
    instruments = sorted({window.instrument for window in train + test})
    labels = _labels(train, instruments), _labels(test, instruments)
    encoder = load_encoder(args.runs)
    results: dict[str, ProbeResult] = {}

    def report(name: str, tokens: tuple[np.ndarray, np.ndarray]) -> None:
        results[name] = result = probe(tokens[0], labels[0], tokens[1], labels[1], c.clusters)
        print(name, "  ".join(f"{key} {value:.3f}" for key, value in asdict(result).items()), flush=True)

    report("log-frequency frames", _baseline(encoder, train, test, c.clusters, args.iterations))
    if args.blocks:
        for name, (a, b) in _block_activations(encoder, train, test).items():
            mean, deviation = a.mean(0), a.std(0).clamp(min=1e-4)
            report(name, _cluster((a - mean) / deviation, (b - mean) / deviation, c.clusters, args.iterations))
    if (folder / "semantic_tokenizer.safetensors").exists():
        tokenizer = SemanticTokenizer.load(folder)
        report("tokenizer", tuple(_of_windows(split, lambda w: _tokens(tokenizer, w)).numpy() for split in (train, test)))
    _write(folder / "probe.csv", results)


def _labels(windows: list[LabelledWindow], instruments: list[str]) -> Labels:
    return Labels(
        np.concatenate([window.pitch_classes for window in windows]),
        np.concatenate([window.onset for window in windows]),
        np.concatenate([np.full(len(window.onset), instruments.index(window.instrument)) for window in windows]),
    )


def _of_windows(windows: list[LabelledWindow], function: Callable[[LabelledWindow], Tensor]) -> Tensor:
    return torch.cat([function(window) for window in windows])


def _tokens(tokenizer: SemanticTokenizer, window: LabelledWindow) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return tokenizer.tokenize(window.sound)


def _cluster(train: Tensor, test: Tensor, clusters: int, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    centres = kmeans.fit(train, clusters, iterations)
    return kmeans.assign(train, centres).numpy(), kmeans.assign(test, centres).numpy()


def _baseline(
    encoder: W2vBert, train: list[LabelledWindow], test: list[LabelledWindow], clusters: int, iterations: int
) -> tuple[np.ndarray, np.ndarray]:
    """k-means on the principal components of normalised stacked spectra."""
    frames = [_of_windows(windows, lambda w: encoder.front_end(w.sound[None])[0]) for windows in (train, test)]
    mean = frames[0].mean(0)
    vectors = torch.linalg.eigh(torch.cov((frames[0] - mean).T))[1][:, -BASELINE_COMPONENTS:]
    return _cluster(*((x - mean) @ vectors for x in frames), clusters, iterations)


def _block_activations(
    encoder: W2vBert, train: list[LabelledWindow], test: list[LabelledWindow]
) -> dict[str, tuple[Tensor, Tensor]]:
    """Activations of every block and of the summary, [frames, width] for training and test windows."""

    def activations(window: LabelledWindow) -> list[Tensor]:
        with torch.autocast("cpu", torch.bfloat16):
            blocks = encoder.encode(encoder.front_end(window.sound[None]))
            return [x[0].float() for x in (*blocks, encoder.summary(blocks[encoder.configuration.note_block - 1]))]

    stacked = [[torch.cat(layer) for layer in zip(*map(activations, windows))] for windows in (train, test)]
    names = [f"block {number + 1}" for number in range(encoder.configuration.blocks)] + ["summary"]
    return {name: pair for name, pair in zip(names, zip(*stacked))}


def _write(path: Path, results: dict[str, ProbeResult]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["tokens from", *asdict(next(iter(results.values())))])
        writer.writerows([name, *(f"{value:.4f}" for value in asdict(result).values())] for name, result in results.items())
