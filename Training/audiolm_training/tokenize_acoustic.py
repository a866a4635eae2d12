"""Step `tokenize-acoustic`: codec tokens of every recording, as uint16 files [frames, levels].

`codebooks.npy` beside them holds the vectors that the tokens stand for, [levels, codes, latent_dim].
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch

from . import labelled_recordings
from .codec import Codec
from .export_codec import load_bundle
from .token_data import save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the exported codec, as Models/codec")
    parser.add_argument("--data", default="piano", help="name of the data set")
    parser.add_argument("--order", type=int, default=0, help="seed of the order of recordings")
    parser.add_argument("--limit", type=int, help="at most so many recordings of each split")
    parser.add_argument("--splits", nargs="+", default=["valid", "test", "train"])


def run(args: argparse.Namespace) -> None:
    codec = load_bundle(args.bundle)
    out = args.runs / "tokens" / args.data / "acoustic"
    save(out / "codebooks.npy", codec.quantizer.codebooks.numpy())
    for split in args.splits:
        recordings = labelled_recordings.find(args.runs / "data" / args.data, (split,))
        random.Random(args.order).shuffle(recordings)
        recordings = recordings[: args.limit]
        for number, recording in enumerate(recordings):
            target = out / split / f"{recording.identifier}.npy"
            if target.exists():
                continue
            codes = tokenize(codec, recording.samples())
            save(target, codes)
            print(f"{number + 1}/{len(recordings)} {split} {recording.identifier} {len(codes)} frames", flush=True)


def tokenize(codec: Codec, samples: np.ndarray, seconds: int = 20) -> np.ndarray:
    """int16 [samples] -> uint16 [whole frames, levels], in pieces that overlap by the encoder's reach."""
    hop = codec.config.hop
    reach = codec.config.encoder_blocks * (codec.config.kernel - 1) + 1  # frames that a frame depends on
    frames = len(samples) // hop
    step = seconds * codec.config.sample_rate // hop
    codes = []
    for start in range(0, frames, step):
        before = min(start, reach)
        piece = samples[(start - before) * hop : min(start + step, frames) * hop].astype(np.float32) / 32768
        codes.append(codec.encode(torch.from_numpy(piece)[None])[0, before:])
    return torch.cat(codes).numpy().astype(np.uint16)
