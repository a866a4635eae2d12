"""Weights on disk: safetensors with float32, bfloat16 or int8 tensors and data that starts on a 64-byte boundary.

An int8 tensor `name` [out, in] has its rows' scales in `name_scale` [out]: weight = integer * scale.
"""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from .whole_file import write_whole

ALIGNMENT = 64
NAMES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int8: "I8", torch.int32: "I32"}


def matrix_kind(kind: str, smallest: int = 4096) -> Callable[[str, Tensor], str]:
    """Store matrices of at least `smallest` elements as `kind`, all else as float32."""
    return lambda name, tensor: kind if tensor.ndim == 2 and tensor.numel() >= smallest else "float32"


def encode(tensors: dict[str, Tensor], kind_of: Callable[[str, Tensor], str]) -> dict[str, Tensor]:
    """Tensors as they are stored, the scales of int8 ones beside them. `kind_of`: float32, bfloat16 or int8."""
    stored: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        tensor, kind = tensor.detach().cpu().float().contiguous(), kind_of(name, tensor)
        if kind == "int8":
            scale = tensor.abs().amax(1).clamp(min=1e-12) / 127
            stored[name] = (tensor / scale[:, None]).round().clamp(-127, 127).to(torch.int8)
            stored[f"{name}_scale"] = scale
        else:
            stored[name] = tensor.to(getattr(torch, kind))
    return stored


def decode(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 weights that stored tensors stand for."""
    tensors = {}
    for name, tensor in stored.items():
        if name.endswith("_scale") and name.removesuffix("_scale") in stored:
            continue
        tensors[name] = tensor.float()
        if tensor.dtype == torch.int8:
            tensors[name] *= stored[f"{name}_scale"][:, None]
    return tensors


def write(path: Path, stored: dict[str, Tensor]) -> None:
    """Write encoded tensors, wide elements first, so that each lies on a multiple of its element size."""
    header, offset = {}, 0
    ordered = sorted(stored.items(), key=lambda item: (-item[1].element_size(), item[0]))
    for name, tensor in ordered:
        end = offset + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    data = [tensor.contiguous().view(torch.uint8).numpy().tobytes() for _, tensor in ordered]
    write_whole(path, b"".join([struct.pack("<Q", len(text)), text, *data]))


def read(path: Path) -> dict[str, Tensor]:
    """The float32 weights of a file that `write` made."""
    return decode(load_file(path))
