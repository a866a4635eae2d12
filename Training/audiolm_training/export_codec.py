"""Step `export-codec`: the trained codec as a bundle folder, with golden tensors to verify an install by."""

import argparse
import json
from dataclasses import asdict, fields
from pathlib import Path

import torch

from . import bundle, weight_file
from .codec import Codec, CodecConfig, load_codec

FORMAT = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--codec", default="codec", help="name of the codec's run")
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write, as Models/codec")


def run(args: argparse.Namespace) -> None:
    export(load_codec(args.runs / args.codec / "checkpoint.pt"), args.bundle)


def export(codec: Codec, folder: Path, kind: str = "int8") -> None:
    """Writes config.json, codec.safetensors, golden tensors and checksums."""
    tensors = {name: tensor.flatten(1) if "depthwise.weight" in name else tensor
               for name, tensor in codec.state_dict().items()}  # fmt: skip
    stored = weight_file.encode(tensors, weight_file.matrix_kind(kind))
    weight_file.write(folder / "codec.safetensors", stored)
    bundle.merge_config(folder, {"format": FORMAT, "model_type": "soundstream", **asdict(codec.config)})
    bundle.merge_golden(folder, "codec", golden(load_bundle(folder)))
    bundle.write_checksums(folder)


def load_bundle(folder: Path) -> Codec:
    """The codec of a bundle folder, with the weights as they are stored there."""
    entries = json.loads((folder / "config.json").read_text())
    names = {field.name for field in fields(CodecConfig)}
    codec = Codec(CodecConfig(**{name: value for name, value in entries.items() if name in names}))
    weights = weight_file.read(folder / "codec.safetensors")
    codec.load_state_dict({name: weights[name].view_as(tensor) for name, tensor in codec.state_dict().items()})
    return codec.eval()


def golden(codec: Codec) -> dict[str, torch.Tensor]:
    """About a second of three decaying tones in noise, its codes with those of the silence after it, and what they
    decode to; with adapters, the same of as many levels as they are for."""
    hop, rate, few = codec.config.hop, codec.config.sample_rate, codec.config.adapted_levels
    time = torch.arange(rate // hop * hop, dtype=torch.float64) / rate
    generator = torch.Generator().manual_seed(1)
    tones = sum(torch.sin(2 * torch.pi * pitch * time) for pitch in (220, 277.18, 329.63)) * torch.exp(-2 * time)
    samples = (0.1 * tones + 0.001 * torch.randn(len(time), generator=generator)).float()
    tensors = {"samples": samples}
    for name, levels in ({"": codec.config.levels} | ({"few_": few} if few else {})).items():
        codes = codec.encode(codec.padded(samples[None]), levels)
        tensors |= {f"{name}codes": codes[0].int(), f"{name}decoded": codec.decode(codes)[0]}
    return tensors
