"""Step `export-semantic`: the fitted semantic tokenizer into a bundle's folder, with golden sound and tokens."""

import argparse
import json
import shutil
from pathlib import Path

import torch
from torch import Tensor

from . import labelled_recordings, labelled_windows
from .bundle import merge_config, merge_golden, write_checksums
from .fit_kmeans import TokensConfiguration
from .semantic_tokenizer import SemanticTokenizer

GOLDEN_FRAMES = 75  # 3 s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write to, e.g. ../Models/piano")


@torch.no_grad()
def run(args: argparse.Namespace) -> None:
    c = TokensConfiguration.read(args.config)
    folder, sound = args.runs / "semantic", golden_sound(args.runs / "data" / c.data)
    args.bundle.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "semantic_tokenizer.safetensors", args.bundle / "semantic_tokenizer.safetensors")
    merge_config(args.bundle, {"semantic_tokenizer": json.loads((folder / "semantic_tokenizer.json").read_text())})
    tokenizer = SemanticTokenizer.load(folder)
    activations = tokenizer.activations(tokenizer.front_end(sound[None]))[0]
    golden = {"samples": sound, "activations": activations, "tokens": tokenizer.tokenize(sound).int()}
    merge_golden(args.bundle, "semantic_tokenizer", golden)
    write_checksums(args.bundle)


def golden_sound(data: Path) -> Tensor:
    """3 s of a test recording, or of a validation one where there is no test split. [samples]"""
    split = "test" if labelled_recordings.find(data, ("test",)) else "valid"
    return labelled_windows.draw(data, None, split, 1, GOLDEN_FRAMES, seed=3)[0].sound
