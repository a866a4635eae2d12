"""Step `evaluate-stages`: held-out bits per token of the token transformers beside their baselines."""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .bigram import bigram_bits, unigram_bits
from .stage_settings import KINDS, StageSettings, load_exported, load_trained, read_settings, stage_folder, token_folder
from .precision import mixed_precision
from .token_data import TokenPiece, batch_of, consecutive_crops, consecutive_places, elsewhere, load_pieces
from .token_statistics import without_repeats
from .train_stage import bits_per_token, to_device
from .whole_file import write_whole

CROPS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stages", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--split", default="test")
    parser.add_argument("--bundle", type=Path, help="measure the weights exported to this folder, not the last checkpoint")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def run(args: argparse.Namespace) -> None:
    device = torch.device(args.device)
    for stage in args.stages:
        settings = read_settings(args.config, stage)
        if args.bundle is None and not (stage_folder(args.runs, settings) / "checkpoint.pt").exists():
            print(f"{stage}: not trained yet")
            continue
        if args.bundle is None:
            model = load_trained(settings, args.runs, device)
        else:
            model = load_exported(settings, args.bundle, device)
        tokens = token_folder(args.runs, settings)
        splits = {split: load_pieces(tokens, split, settings.token_kinds) for split in ("train", "valid", args.split)}
        crops = consecutive_crops(splits[args.split], settings.crop_frames, CROPS, settings.reference_frames)
        table = {"model": bits_per_token(model, crops, settings.batch_size, device)}
        if stage == "semantic_stage":
            table["model, repeats left out"] = np.array([bits_per_change(model, crops, settings.batch_size, device)])
        if stage == "coarse_stage":
            pieces = [piece.identifier for piece, _ in consecutive_places(splits[args.split], settings.crop_frames, CROPS)]
            for name, changed in (("other piece's semantic tokens", of_another(crops, pieces, "semantic")),
                                  ("other piece's reference", of_another(crops, pieces, "reference")),
                                  ("no semantic tokens", no_semantic(crops, model))):
                table[name] = bits_per_token(model, changed, settings.batch_size, device)
        table |= baselines(settings, splits["train"], splits["valid"], splits[args.split])
        report(stage, table)
        write_results(args.runs / "results" / "stages.json", stage, table)


@torch.no_grad()
def bits_per_change(
    model: nn.Module, crops: list[dict[str, np.ndarray]], batch_size: int, device: torch.device
) -> float:
    """Mean bits of the semantic tokens that differ from their predecessors, given that they do.

    What the stage spends on the tokens of AudioLM, which are without repeats (section III-B).
    """
    model.eval()
    total, count = 0.0, 0
    for start in range(0, len(crops), batch_size):
        tokens = to_device(batch_of(crops[start : start + batch_size]), device)["semantic"]
        with mixed_precision(device):
            logits = model(tokens)
        likelihoods = logits.double().log_softmax(-1)[:, 1:]
        of_token = likelihoods.gather(-1, tokens[:, 1:, None])[..., 0]
        of_repeat = likelihoods.gather(-1, tokens[:, :-1, None])[..., 0]
        changes = tokens[:, 1:] != tokens[:, :-1]
        total -= (of_token - torch.log1p(-of_repeat.exp()))[changes].sum().item()
        count += int(changes.sum())
    return total / count / math.log(2)


def of_another(crops: list[dict[str, np.ndarray]], pieces: list[str], key: str) -> list[dict[str, np.ndarray]]:
    """Every crop with the tokens `key` of another piece's; `pieces` says of which piece each is. Throws ValueError where
    all are of one."""
    if len(set(pieces)) < 2:
        raise ValueError("all crops are of one recording; hold out another, to compare with its tokens")
    return [{**crop, key: crops[other][key]} for crop, other in zip(crops, elsewhere(pieces), strict=True)]


def no_semantic(crops: list[dict[str, np.ndarray]], model: nn.Module) -> list[dict[str, np.ndarray]]:
    unknown = model.configuration.semantic_vocabulary
    return [{**crop, "semantic": np.full_like(crop["semantic"], unknown)} for crop in crops]


def baselines(
    settings: StageSettings, train: list[TokenPiece], valid: list[TokenPiece], test: list[TokenPiece]
) -> dict[str, np.ndarray]:
    """Unigram and bigram (along time) bits of each level that the stage predicts."""
    def sequences(pieces: list[TokenPiece], level: int | None) -> list[np.ndarray]:
        return [(piece.semantic if level is None else piece.acoustic[:, level]).astype(np.int64) for piece in pieces]

    model = settings.make_model().configuration
    levels = {"semantic_stage": [None],
              "coarse_stage": range(getattr(model, "levels", 0)),
              "fine_stage": range(getattr(model, "coarse_levels", 0), getattr(model, "levels", 0))}[settings.stage]
    vocabulary = model.vocabulary if settings.stage == "semantic_stage" else model.codes
    rows = {"unigram": [], "bigram": []}
    for level in levels:
        splits = [sequences(pieces, level) for pieces in (train, valid, test)]
        rows["unigram"].append(unigram_bits(splits[0], splits[2], vocabulary))
        rows["bigram"].append(bigram_bits(*splits, vocabulary))
        if level is None:
            changes = ([without_repeats(tokens) for tokens in split] for split in splits)
            rows["bigram, repeats left out"] = [bigram_bits(*changes, vocabulary)]
    return {name: np.array(values) for name, values in rows.items()}


def write_results(path: Path, stage: str, table: dict[str, np.ndarray]) -> None:
    """Sets one stage's table in the results file and keeps the others'."""
    results = json.loads(path.read_text()) if path.exists() else {}
    results[stage] = {name: values.tolist() for name, values in table.items()}
    write_whole(path, json.dumps(results, indent=1) + "\n")


def report(stage: str, table: dict[str, np.ndarray]) -> None:
    print(f"{stage}, bits per token")
    for name, values in table.items():
        levels = " ".join(f"{value:6.3f}" for value in values) if len(values) > 1 else ""
        print(f"  {name:32s} {values.mean():6.3f}  {levels}")
