"""Step `tokenize-semantic`: semantic tokens of every recording, as uint16 files."""

import argparse
import random
from pathlib import Path

import numpy as np
import torch

from . import labelled_recordings
from .fit_kmeans import TokensConfiguration
from .semantic_tokenizer import SemanticTokenizer
from .token_data import save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, help="take the tokenizer of this bundle, e.g. ../Models/piano")
    parser.add_argument("--order", type=int, default=0, help="seed of the order of recordings")
    parser.add_argument("--splits", nargs="+", default=["valid", "train", "test"])


def run(args: argparse.Namespace) -> None:
    c = TokensConfiguration.read(args.config)
    if args.bundle:
        tokenizer = SemanticTokenizer.load_exported(args.bundle)
    else:
        tokenizer = SemanticTokenizer.load(args.runs / "semantic")
    out = args.runs / "tokens" / c.data / "semantic"
    waiting = []
    for split in args.splits:
        found = labelled_recordings.find(args.runs / "data" / c.data, (split,))
        random.Random(args.order).shuffle(found)
        waiting += [recording for recording in found if not _target(out, recording).exists()]
    for number, recording in enumerate(waiting):
        target = _target(out, recording)
        if target.exists():
            continue  # another process was faster
        tokens = tokenize(tokenizer, recording.samples())
        save(target, tokens)
        print(f"{number + 1}/{len(waiting)} {recording.split} {recording.identifier} {len(tokens)} tokens", flush=True)


def tokenize(tokenizer: SemanticTokenizer, samples: np.ndarray) -> np.ndarray:
    """int16 [samples] -> uint16 [ceil(samples / 960)]"""
    sound = torch.from_numpy(samples.astype(np.float32) / 32768)
    with torch.autocast("cpu", torch.bfloat16):
        return tokenizer.tokenize(sound).numpy().astype(np.uint16)


def _target(out: Path, recording: labelled_recordings.Recording) -> Path:
    return out / recording.split / f"{recording.identifier}.npy"
