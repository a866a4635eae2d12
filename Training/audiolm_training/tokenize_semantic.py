"""Step `tokenize-semantic`: semantic tokens of every recording, as uint16 files, and if asked their activations.

Copies under other conditions need their own only where they are tuned up or down.
"""

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from . import labelled_recordings, recording_copies
from .activation_augmentation import AGAIN, CENTROIDS
from .fit_kmeans import TokensConfiguration
from .precision import mixed_precision
from .semantic_tokenizer import SemanticTokenizer
from .token_data import claim, digest, save

# What `audiolm tokenize` takes: samples, and in 16 bits how far their extremes are apart, twice -80 dBFS.
COMMANDS_SHORTEST, COMMANDS_LONGEST = labelled_recordings.SAMPLE_RATE, 3600 * labelled_recordings.SAMPLE_RATE
COMMANDS_QUIETEST = 7


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, help="take the tokenizer of this bundle, e.g. ../Models/piano")
    parser.add_argument("--command", nargs="+", help="let this built command, `audiolm` with its path, do it: a little faster, with its own rounding")
    parser.add_argument("--activations", action="store_true",
                        help="keep those of the splits `train` and `again`, for a stage's `augmented_share`")
    parser.add_argument("--order", type=int, default=0, help="seed of the order of recordings")
    recording_copies.add_arguments(parser)
    parser.add_argument("--splits", nargs="+", default=["valid", "train", "test", AGAIN])


def run(args: argparse.Namespace) -> None:
    if args.command and not args.bundle:
        raise SystemExit("--command tokenizes with what is exported: say which --bundle")
    if args.command and args.activations:
        raise SystemExit("--command gives tokens alone: leave it or --activations out")
    c = TokensConfiguration.read(args.config)
    if args.bundle:
        tokenizer = SemanticTokenizer.load_exported(args.bundle)
    else:
        tokenizer = SemanticTokenizer.load(args.runs / "semantic")
    out = args.runs / "tokens" / c.data / "semantic"
    kept = out.with_name("activations")
    claim(out, {"tokenizer": digest(tokenizer.state_dict())} | ({"tuning of the copies": args.cents} if args.copies else {}))
    if args.activations:
        save(kept / CENTROIDS, tokenizer.centroids.numpy())
    waiting = []
    for split in args.splits:
        found = labelled_recordings.find(args.runs / "data" / c.data, (split,))
        random.Random(args.order).shuffle(found)
        waiting += [(recording, name) for recording in found for name in recording_copies.names(recording, args.copies)]
    for number, (recording, name) in enumerate(waiting):
        target = out / recording.split / f"{name}.npy"
        keep = kept / recording.split / target.name if args.activations and recording.split in ("train", AGAIN) else None
        if target.exists() and (not keep or keep.exists()):
            continue
        samples = recording_copies.samples(recording, name, args.cents)
        if args.command and commands(samples):
            tokens = tokenize_by(args.command, args.bundle, samples)
        else:
            activations = activations_of(tokenizer, samples)
            tokens = tokenizer.quantise(activations).numpy().astype(np.uint16)
            if keep:
                save(keep, tokenizer.normalise(activations).numpy().astype(np.float16))
        save(target, tokens)
        print(f"{number + 1}/{len(waiting)} {recording.split} {name} {len(tokens)} tokens", flush=True)


def commands(samples: np.ndarray) -> bool:
    """Whether `audiolm tokenize` takes such int16 samples."""
    return COMMANDS_SHORTEST <= len(samples) <= COMMANDS_LONGEST and np.ptp(samples.astype(np.int32)) >= COMMANDS_QUIETEST


def tokenize_by(command: list[str], bundle: Path, samples: np.ndarray) -> np.ndarray:
    """As `tokenize`, by the built command, with the exported weights as it rounds them."""
    with tempfile.TemporaryDirectory() as folder:
        source, tokens = Path(folder) / "in.wav", Path(folder) / "tokens.json"
        soundfile.write(source, samples, labelled_recordings.SAMPLE_RATE, "PCM_16")
        words = [*command, "tokenize", str(source), "--only-semantic", "-o", str(tokens), "--model", str(bundle),
                 "--threads", "1", "--quiet"]
        subprocess.run(words, check=True)
        return np.array(json.loads(tokens.read_text())["semantic"]["tokens"], dtype=np.uint16)


def activations_of(tokenizer: SemanticTokenizer, samples: np.ndarray) -> Tensor:
    """What is clustered, not yet normalised: int16 [samples] -> [ceil(samples / 960), width]"""
    with mixed_precision("cpu"):
        return tokenizer.heard(torch.from_numpy(samples.astype(np.float32) / 32768))
