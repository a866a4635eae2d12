"""Weights for the Swift side: safetensors whose data starts on a 64-byte boundary.

A matrix may be stored as int8 with one scale per row: `<name>` I8 [out, in] and `<name>_scale` F32 [out].
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

ALIGNMENT = 64
NAMES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int8: "I8", torch.int32: "I32", torch.int64: "I64"}


def quantize_rows(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix [out, in] as int8 and scales [out], so that matrix is about int8 · scale."""
    scale = matrix.float().abs().amax(dim=1).clamp(min=1e-12) / 127
    return (matrix.float() / scale[:, None]).round().to(torch.int8), scale


def stored(tensors: Mapping[str, Tensor], int8: frozenset[str], bf16: frozenset[str] = frozenset()) -> dict[str, Tensor]:
    """`tensors` as they rest on disk: those named in `int8` as rows with scales, those in `bf16` so, others f32."""
    result = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu()
        if name in int8:
            result[name], result[f"{name}_scale"] = quantize_rows(tensor)
        else:
            result[name] = tensor.to(torch.bfloat16 if name in bf16 else torch.float32)
    return result


def matrices(model: nn.Module) -> frozenset[str]:
    """Names of the weights of all Linear and Embedding layers."""
    return frozenset(
        f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.Linear | nn.Embedding))


def write_safetensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes the tensors, widest type first, then by name, without gaps."""
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header, offset = {}, 0
    for name in order:
        tensor = tensors[name]
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for name in order:
            file.write(tensors[name].detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
