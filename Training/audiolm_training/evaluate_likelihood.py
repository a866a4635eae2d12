"""Step `evaluate-likelihood`: do the stages prefer what was really said next to what someone said elsewhere?

For each held-out crop, the first part is followed by its own continuation and by another recording's of the same
length; the share of pairs in which its own is the likelier, chance being one half (AudioLM, section IV-B). Some
stretches of speech are likelier than others wherever they stand, hence also the share in which the first part raises
the likelihood of its own continuation by more (pointwise mutual information).

Both by the semantic tokens, and by the whole hierarchy: the likelihood of semantic and coarse tokens together.
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from . import tables
from .coarse_stage import cross_entropy
from .precision import mixed_precision
from .stage_settings import load_exported, load_trained, read_settings, token_folder
from .token_data import FRAMES_PER_SEMANTIC_TOKEN, TokenPiece, batch_of, elsewhere, load_pieces

FRAMES_PER_SECOND = 50
STRIDE = 5 * FRAMES_PER_SECOND  # frames from one crop to the next
BATCH = 16

Crop = dict[str, np.ndarray]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prompt-seconds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=7, help="of continuation")
    parser.add_argument("--bundle", type=Path, help="measure the weights exported to this folder, not the last checkpoint")


def run(args: argparse.Namespace) -> None:
    device = torch.device("cpu")
    stages = []
    for stage in ("semantic_stage", "coarse_stage"):
        settings = read_settings(args.config, stage)
        stages.append(load_exported(settings, args.bundle, device) if args.bundle else load_trained(settings, args.runs, device))
    pieces = load_pieces(token_folder(args.runs, settings), "test", settings.token_kinds)
    prompt, length = args.prompt_seconds * FRAMES_PER_SECOND, args.seconds * FRAMES_PER_SECOND
    own, other = pair(pieces, prompt, length)
    semantic = bits(semantic_nats(stages[0], prompt), own, other, prompt)
    hierarchy = semantic + bits(coarse_nats(stages[1], prompt), own, other, prompt)
    result = {"pairs": len(own)}
    for name, found in (("", semantic), ("hierarchy_", hierarchy)):
        preferred, raised = preference(found)
        result |= {f"{name}own_preferred": preferred, f"{name}own_raised": raised}
        print(f"of {len(own)} pairs the own continuation is likelier by {name or 'semantic_'}tokens in {preferred:.1%}, "
              f"raised by more in {raised:.1%}")
    tables.write_result(args.runs, "likelihood", result)


def pair(pieces: list[TokenPiece], prompt: int, length: int) -> tuple[list[Crop], list[Crop]]:
    """Crops of `prompt` + `length` codec frames, and the same with the continuation of the crop half the list away, which
    is of another recording. Throws SystemExit where there are not two recordings of that length."""
    span = prompt + length
    found = [(piece.identifier, piece.crop(start, span))
             for piece in pieces for start in range(0, piece.frames - span + 1, STRIDE)]  # fmt: skip
    if not found:
        raise SystemExit(f"no recording has {span} frames of tokens; ask for fewer seconds")
    names, own = zip(*found)
    if len(set(names)) < 2:
        raise SystemExit(f"two recordings of {span} frames of tokens are needed; ask for fewer seconds")
    other = [{kind: np.concatenate([crop[kind][: place(kind, prompt)], own[index][kind][place(kind, prompt) :]])
              for kind in crop} for crop, index in zip(own, elsewhere(names), strict=True)]  # fmt: skip
    return list(own), other


def place(kind: str, frame: int) -> int:
    """Where the tokens of a kind reach a codec frame."""
    return frame // FRAMES_PER_SEMANTIC_TOKEN if kind == "semantic" else frame


def semantic_nats(stage: nn.Module, prompt: int) -> Callable[[dict[str, Tensor], bool], Tensor]:
    """Nats [batch] of the semantic tokens after the prompt, or of all where there is none."""
    def nats(batch: dict[str, Tensor], prompted: bool) -> Tensor:
        start = place("semantic", prompt) if prompted else 0
        return stage.negative_log_likelihood(batch)[:, start:].sum((1, 2))

    return nats


def coarse_nats(stage: nn.Module, prompt: int) -> Callable[[dict[str, Tensor], bool], Tensor]:
    """The same of the coarse tokens, given the semantic ones; the prompt is also what tells how it sounds."""
    def nats(batch: dict[str, Tensor], prompted: bool) -> Tensor:
        codes = batch["acoustic"][..., : stage.configuration.levels]
        reference = stage.reference(codes[:, :prompt]) if prompted else None
        losses = cross_entropy(stage(codes, batch["semantic"], reference), codes)
        return losses[:, prompt if prompted else 0 :].sum((1, 2))

    return nats


@torch.no_grad()
def bits(
    nats: Callable[[dict[str, Tensor], bool], Tensor], own: list[Crop], other: list[Crop], prompt: int
) -> np.ndarray:
    """Bits of each continuation, [own and other, after the prompt and alone, pairs]."""
    def of(crops: list[Crop], prompted: bool) -> np.ndarray:
        if not prompted:
            crops = [{kind: tokens[place(kind, prompt) :] for kind, tokens in crop.items()} for crop in crops]
        found = []
        for start in range(0, len(crops), BATCH):
            with mixed_precision("cpu"):
                found.append(nats(batch_of(crops[start : start + BATCH]), prompted).double())
        return torch.cat(found).numpy() / math.log(2)

    return np.stack([[of(crops, prompted) for prompted in (True, False)] for crops in (own, other)])


def preference(found: np.ndarray) -> tuple[float, float]:
    """The share of pairs in which `own` takes fewer bits than `other`, and in which the prompt saves more of them."""
    (own, own_alone), (other, other_alone) = found
    return float((own < other).mean()), float((own - own_alone < other - other_alone).mean())
