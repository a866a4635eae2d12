"""Mixed precision where it is a gain."""

from contextlib import AbstractContextManager, nullcontext

import torch


def mixed_precision(device: torch.device | str) -> AbstractContextManager:
    """Matrix products in bfloat16 on a GPU and on processors that multiply them; others would only take longer."""
    kind = torch.device(device).type
    if kind == "cpu" and not torch.cpu._is_avx512_bf16_supported():
        return nullcontext()
    return torch.autocast(kind, torch.bfloat16)
