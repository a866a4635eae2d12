"""Step `tokenize-acoustic`: codec tokens of every recording, as uint16 files [frames, levels].

`codebooks.npy` beside them holds the vectors that the tokens stand for, [levels, codes, latent_dim]. Training recordings
may have copies under other conditions, `<id>+1.npy` and so on.
"""

import argparse
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import torch

from . import labelled_recordings, recording_copies
from .coded_sound import read_codes
from .codec import Codec
from .export_codec import load_bundle
from .token_data import claim, digest, save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the exported codec, as Models/codec")
    parser.add_argument("--command", nargs="+", help="let this built command, `audiolm` with its path, do it: several times as fast")
    recording_copies.add_arguments(parser)
    parser.add_argument("--data", default="piano", help="name of the data set")
    parser.add_argument("--order", type=int, default=0, help="seed of the order of recordings")
    parser.add_argument("--limit", type=int, help="at most so many recordings of each split")
    parser.add_argument("--splits", nargs="+", default=["valid", "test", "train"])


def run(args: argparse.Namespace) -> None:
    codec = load_bundle(args.bundle)
    out = args.runs / "tokens" / args.data / "acoustic"
    heard = {"codebooks": codec.quantizer.codebooks, **codec.encoder.state_dict()}
    claim(out, {"codec": digest(heard)} | ({"tuning of the copies": args.cents} if args.copies else {}))
    save(out / "codebooks.npy", codec.quantizer.codebooks.numpy())
    for split in args.splits:
        recordings = labelled_recordings.find(args.runs / "data" / args.data, (split,))
        random.Random(args.order).shuffle(recordings)
        recordings = recordings[: args.limit]
        for number, recording in enumerate(recordings):
            for name in recording_copies.names(recording, args.copies):
                target = out / split / f"{name}.npy"
                if target.exists():
                    continue
                samples = recording_copies.samples(recording, name, args.cents)
                codes = tokenize_by(args.command, args.bundle, samples) if args.command else tokenize(codec, samples)
                save(target, codes)
                print(f"{number + 1}/{len(recordings)} {split} {name} {len(codes)} frames", flush=True)


def tokenize_by(command: list[str], bundle: Path, samples: np.ndarray) -> np.ndarray:
    """As `tokenize`, by the built command."""
    with tempfile.TemporaryDirectory() as folder:
        source, coded = Path(folder) / "in.wav", Path(folder) / "coded.alm"
        soundfile.write(source, samples, labelled_recordings.SAMPLE_RATE, "PCM_16")
        words = [*command, "encode", str(source), "-o", str(coded), "--model", str(bundle), "--threads", "1", "--quiet"]
        subprocess.run(words, check=True)
        codes = read_codes(coded.read_bytes())
    return codes[: len(samples) // labelled_recordings.SAMPLES_PER_FRAME]


def tokenize(codec: Codec, samples: np.ndarray, seconds: int = 20) -> np.ndarray:
    """int16 [samples] -> uint16 [whole frames, levels], in pieces that overlap by the encoder's reach."""
    hop = codec.config.hop
    # Frames that a frame depends on: the encoder's, and those that its window of samples reaches into.
    reach = codec.config.encoder_blocks * (codec.config.kernel - 1) + codec.config.delay
    frames = len(samples) // hop
    step = seconds * codec.config.sample_rate // hop
    codes = []
    for start in range(0, frames, step):
        before = min(start, reach)
        piece = samples[(start - before) * hop : min(start + step, frames) * hop].astype(np.float32) / 32768
        codes.append(codec.encode(torch.from_numpy(piece)[None])[0, before:])
    return torch.cat(codes).numpy().astype(np.uint16)
