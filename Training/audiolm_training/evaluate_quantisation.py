"""Step `evaluate-quantisation`: what it costs the stages that a bundle's weights have 8 bits, that what they are multiplied
with is rounded to 7, and that attention is from bytes.

Of held-out crops: bits per token of the trained weights where a run has them, of the bundle's, and of these as the command
has them; and how often the last finds the same token likeliest as the first, given the same past.
"""

import argparse
import contextlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from . import tables
from .fixed_point import attend_in_bytes, rounded_inputs
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
        models = {"bundle": load_exported(settings, args.bundle, device)}
        with contextlib.suppress(FileNotFoundError):
            models = {"trained": load_trained(settings, args.runs, device), **models}
        pieces = load_pieces(token_folder(args.runs, settings), args.split, settings.token_kinds)
        crops = consecutive_crops(pieces, settings.crop_frames, CROPS, settings.reference_frames)
        stored = load_file(args.bundle / f"{stage}.safetensors")
        result[stage] = compare(stage, models, stored, crops)
    tables.write_result(args.runs, "quantisation", result)
    print(tables.quantisation_rows(result))


@torch.inference_mode()
def compare(
    stage: str, models: dict[str, nn.Module], stored: dict[str, Tensor], crops: list[dict[str, np.ndarray]]
) -> dict[str, float]:
    """Bits per token of `models` with attention in floats, the last of which has the weights `stored`, and of this one with
    all that the command rounds; and the latter's agreement with the first."""
    bits, same, count = dict.fromkeys([*models, "rounded"], 0.0), 0, 0
    for crop in crops:
        batch = batch_of([crop])
        for model in models.values():
            attend_in_bytes(model, False)
        found = {name: predictions(stage, model, batch) for name, model in models.items()}
        *_, last = models.values()
        with rounded_inputs(last, stored):
            found["rounded"] = predictions(stage, last, batch)
        likeliest = []
        for name, (logits, tokens) in found.items():
            bits[name] -= logits.log_softmax(-1).gather(-1, tokens[..., None]).double().sum().item() / np.log(2)
            likeliest.append(logits.argmax(-1))
        same += (likeliest[0] == likeliest[-1]).sum().item()
        count += likeliest[0].numel()
    return {**{name: value / count for name, value in bits.items()}, "agreement": same / count}


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
