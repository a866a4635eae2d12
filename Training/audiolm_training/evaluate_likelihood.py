"""Step `evaluate-likelihood`: does the semantic stage prefer what was really said next to what someone said elsewhere?

For each held-out crop, the first part is followed by its own continuation and by another recording's of the same
length; the share of pairs in which its own is the likelier, chance being one half (AudioLM, section IV-B). Some
stretches of speech are likelier than others wherever they stand, hence also the share in which the first part raises
the likelihood of its own continuation by more (pointwise mutual information).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import tables
from .stage_settings import load_exported, load_trained, read_settings, token_folder
from .token_data import TokenPiece, load_pieces

TOKENS_PER_SECOND = 25
STRIDE = 5  # seconds from one crop to the next


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prompt-seconds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=7, help="of continuation")
    parser.add_argument("--bundle", type=Path, help="measure the weights exported to this folder, not the last checkpoint")


def run(args: argparse.Namespace) -> None:
    settings = read_settings(args.config, "semantic_stage")
    device = torch.device("cpu")
    model = load_exported(settings, args.bundle, device) if args.bundle else load_trained(settings, args.runs, device)
    pieces = load_pieces(token_folder(args.runs, settings), "test", ("semantic",))
    pairs = pair(pieces, args.prompt_seconds * TOKENS_PER_SECOND, args.seconds * TOKENS_PER_SECOND)
    preferred, raised = preference(model, *pairs, args.prompt_seconds * TOKENS_PER_SECOND)
    result = {"pairs": len(preferred), "own_preferred": float(preferred.mean()), "own_raised": float(raised.mean())}
    tables.write_result(args.runs, "likelihood", result)
    print(f"of {result['pairs']} pairs the own continuation is likelier in {result['own_preferred']:.1%}, "
          f"raised by more in {result['own_raised']:.1%}")


def pair(pieces: list[TokenPiece], prompt: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Crops [pairs, prompt + length], and the same with the continuation of the crop half the list away, which is of
    another recording. Throws SystemExit where there are not two recordings of that length."""
    span = prompt + length
    found = [(piece.identifier, piece.semantic[start : start + span].astype(np.int64))
             for piece in pieces for start in range(0, len(piece.semantic) - span + 1, STRIDE * TOKENS_PER_SECOND)]  # fmt: skip
    own, other = [], []
    for index, (identifier, crop) in enumerate(found):
        onwards = (found[(index + len(found) // 2 + step) % len(found)] for step in range(len(found)))
        elsewhere = next((tokens for name, tokens in onwards if name != identifier), None)
        if elsewhere is None:
            raise SystemExit(f"two recordings of {span} tokens are needed; ask for fewer seconds")
        own.append(crop)
        other.append(np.concatenate([crop[:prompt], elsewhere[prompt:]]))
    if not own:
        raise SystemExit(f"no recording has {span} tokens; ask for fewer seconds")
    return np.stack(own), np.stack(other)


@torch.no_grad()
def preference(
    model: nn.Module, own: np.ndarray, other: np.ndarray, prompt: int, batch: int = 16
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the tokens after the prompt are likelier in `own` than in `other`, and whether the prompt raises their
    likelihood by more. [pairs] each"""
    def nats(tokens: np.ndarray, start: int) -> torch.Tensor:
        rows = torch.from_numpy(tokens).split(batch)
        return torch.cat([model.negative_log_likelihood({"semantic": part})[:, start:].sum((1, 2)) for part in rows])

    given = nats(own, prompt), nats(other, prompt)
    alone = nats(own[:, prompt:], 0), nats(other[:, prompt:], 0)
    return (given[0] < given[1]).numpy(), (given[0] - alone[0] < given[1] - alone[1]).numpy()
