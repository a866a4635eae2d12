"""What the Swift kernels do to the inputs of the stages' matrices of bytes."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

TOP = 63


def rounded(x: Tensor) -> Tensor:
    """Each row of [..., inputs] as 7-bit numbers of a scale of its own."""
    top = x.abs().amax(-1, keepdim=True).clamp_min(1e-30)
    return (x * (TOP / top)).round() * (top / TOP)


@contextmanager
def rounded_inputs(model: nn.Module, stored: dict[str, Tensor]) -> Iterator[None]:
    """Rounds the inputs of the linear layers whose weights `stored`, as `weight_file.encode` gives them, has as bytes."""
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: (rounded(inputs[0]),))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and stored[f"{name}.weight"].dtype == torch.int8
    ]
    yield
    for hook in hooks:
        hook.remove()
