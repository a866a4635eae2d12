"""Step `export-token-notes`: what was played where each semantic token occurred, by which continuations are reranked.

Into a bundle's folder: `token_notes.safetensors`, the share of each token's frames of the training recordings in which a
note was struck and in which each pitch class sounded, and two sections of the configuration: `reranking`, of how many
`candidates` of how many `tokens` each one is chosen, and, if given, `sustain`: where notes are `struck` in no more than
this share, the coarse stage's first level draws by up to this `min_p`, if prompts are `slower_than` so many onsets a second.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import yaml

from . import labelled_recordings, weight_file
from .bundle import merge_config, write_checksums
from .note_labels import note_rolls
from .token_data import load_pieces
from .token_statistics import forecast


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write to, e.g. ../Models/piano")
    parser.add_argument("--data", default="piano", help="name of the data set, which has notes")


def run(args: argparse.Namespace) -> None:
    settings = yaml.safe_load(args.config.read_text())
    clusters = json.loads((args.bundle / "config.json").read_text())["semantic_tokenizer"]["clusters"]
    table = token_notes(args.runs, args.data, clusters)
    weight_file.write(args.bundle / "token_notes.safetensors", {"notes": torch.from_numpy(table)})
    merge_config(args.bundle, {name: settings[name] for name in ("reranking", "sustain") if name in settings})
    write_checksums(args.bundle)


def token_notes(runs: Path, data: str, clusters: int) -> np.ndarray:
    """float32 [clusters, 1 + 12]: the shares of frames with an onset and with each pitch class."""
    recordings = {recording.identifier: recording for recording in labelled_recordings.find(runs / "data" / data, ("train",))}
    tokens, labels = [], []
    for piece in load_pieces(runs / "tokens" / data, "train", ("semantic",)):
        recording = recordings.get(piece.identifier)
        if recording is None:
            continue
        rolls = note_rolls(recording.labels(".notes.npy"), 0, len(piece.semantic))
        tokens.append(piece.semantic.astype(np.int64))
        labels.append(np.concatenate([rolls["any_onset"], rolls["pitch_class"]], 1))
    if not tokens:
        raise SystemExit(f"{runs}: no training recording has both tokens and notes; run `tokenize-semantic` first")
    return forecast(np.concatenate(tokens), np.concatenate(labels), clusters).astype(np.float32)
