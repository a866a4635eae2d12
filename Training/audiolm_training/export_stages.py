"""Step `export-stages`: trained token transformers into a bundle's folder, with golden tensors."""

import argparse
from pathlib import Path

import torch
import yaml
from torch import Tensor, nn

from . import weight_file
from .bundle import merge_config, merge_golden, write_checksums
from .stage_settings import KINDS, load_trained, read_settings, token_folder
from .token_data import batch_of, load_pieces

# Where the configuration has no section `sampling`.
SAMPLING = {
    "semantic": {"temperature": 1.0, "top_k": 0, "top_p": 0.98},
    "coarse": {"temperature": 1.0, "top_k": 0, "top_p": 1.0},
    "fine": {"temperature": 1.0, "top_k": 0, "top_p": 1.0},
}
GOLDEN_FRAMES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write to, e.g. ../Models/piano")
    parser.add_argument("--stages", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--sampling", action="store_true", help="also write the sampling defaults and whether rooms go on")


def run(args: argparse.Namespace) -> None:
    merge_config(args.bundle, {"model_type": "audiolm", "name": args.bundle.name, "codec": "../codec"})
    for stage in args.stages:
        settings = read_settings(args.config, stage)
        model = load_trained(settings, args.runs, torch.device("cpu"))
        piece = load_pieces(token_folder(args.runs, settings), "valid", settings.token_kinds)[0]
        export(model, stage, batch_of([piece.crop(0, GOLDEN_FRAMES)]), args.bundle)
    if args.sampling:
        chosen = yaml.safe_load(args.config.read_text())
        merge_config(args.bundle, {"sampling": chosen.get("sampling", SAMPLING), "room_tone": chosen.get("room_tone", False)})
    write_checksums(args.bundle)


def export(model: nn.Module, stage: str, batch: dict[str, Tensor], bundle: Path, kind: str = "int8") -> None:
    """Writes weights (matrices as `kind`), config section and golden logits: those of the weights as stored."""
    stored = weight_file.encode(model.state_dict(), weight_file.matrix_kind(kind))
    model = model.float().eval()
    model.load_state_dict(weight_file.decode(stored))
    weight_file.write(bundle / f"{stage}.safetensors", stored)
    merge_config(bundle, {stage: model.configuration.exported()})
    merge_golden(bundle, stage, golden(model, stage, batch))


@torch.no_grad()
def golden(model: nn.Module, stage: str, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Inputs (int32) and logits of a stage over one crop."""
    if stage == "semantic_stage":
        tokens = batch["semantic"]
        return {"tokens": tokens[0].int(), "logits": model(tokens)[0]}
    if stage == "coarse_stage":
        codes, tokens = batch["acoustic"][..., : model.configuration.levels], batch["semantic"]
        return {"codes": codes[0].int(), "tokens": tokens[0].int(), "logits": model(codes, tokens, model.reference(codes))[0]}
    codes = batch["acoustic"]
    prompt = torch.tensor([codes.shape[1] // 2])
    settings = model.configuration
    tested = {"first": settings.coarse_levels, "last": settings.levels - 1}
    logits = {f"{name}_logits": model(codes, level, prompt)[0] for name, level in tested.items()}
    return {"codes": codes[0].int(), "prompt": prompt.int(), **logits}
