"""Step `evaluate-quantisation`: what the bundle's 8-bit weights, and the 16 bits of what they are multiplied with, change
of the stages, beside the trained 32-bit ones.

Of held-out crops: bits per token of both, and how often both find the same token likeliest, given the same past.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from . import tables
from .fixed_point import rounded_inputs
from .stage_settings import KINDS, load_exported, load_trained, read_settings, token_folder
from .token_data import batch_of, consecutive_crops, load_pieces

CROPS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder, as ../Models/piano")
    parser.add_argument("--stages", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--split", default="test")


def run(args: argparse.Namespace) -> None:
    device, result = torch.device("cpu"), {}
    for stage in args.stages:
        settings = read_settings(args.config, stage)
        models = load_trained(settings, args.runs, device), load_exported(settings, args.bundle, device)
        pieces = load_pieces(token_folder(args.runs, settings), args.split, settings.token_kinds)
        crops = consecutive_crops(pieces, settings.crop_frames, CROPS, settings.reference_frames)
        with rounded_inputs(models[1], load_file(args.bundle / f"{stage}.safetensors")):
            result[stage] = compare(stage, *models, crops)
    tables.write_result(args.runs, "quantisation", result)
    print(tables.quantisation_rows(result))


@torch.inference_mode()
def compare(stage: str, trained: nn.Module, stored: nn.Module, crops: list[dict[str, np.ndarray]]) -> dict[str, float]:
    bits, same, count = np.zeros(2), 0, 0
    for crop in crops:
        batch = batch_of([crop])
        of_both = [predictions(stage, model, batch) for model in (trained, stored)]
        tokens = of_both[0][1]
        for index, (logits, _) in enumerate(of_both):
            chosen = logits.log_softmax(-1).gather(-1, tokens[..., None])
            bits[index] -= chosen.double().sum().item() / np.log(2)
        same += (of_both[0][0].argmax(-1) == of_both[1][0].argmax(-1)).sum().item()
        count += tokens.numel()
    return {"bits": bits[0] / count, "bundle_bits": bits[1] / count, "agreement": same / count}


def predictions(stage: str, model: nn.Module, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Logits [..., tokens] of all tokens that a stage predicts, and these [...]."""
    settings = model.configuration
    if stage == "semantic_stage":
        return model(batch["semantic"]).float(), batch["semantic"]
    codes = batch["acoustic"]
    if stage == "coarse_stage":
        codes = codes[..., : settings.levels]
        return model(codes, batch["semantic"], model.reference(batch["reference"])).float(), codes
    half = codes.shape[1] // 2
    prompt = torch.full((len(codes),), half)
    levels = range(settings.coarse_levels, settings.levels)
    logits = torch.stack([model(codes, level, prompt)[:, half:] for level in levels], dim=2)
    return logits.float(), codes[:, half:, settings.coarse_levels :]
