"""What the Swift kernels do to the inputs of matrices of bytes."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

# The greatest number that inputs of the stages are rounded to, and those of codec and tokenizer.
SEVEN_BITS, SIXTEEN_BITS = 63, 32767


def rounded(x: Tensor, greatest: int) -> Tensor:
    """Each row of [..., inputs] as whole numbers of a scale of its own."""
    top = x.abs().amax(-1, keepdim=True).clamp_min(1e-30)
    return (x * (greatest / top)).round() * (top / greatest)


@contextmanager
def rounded_inputs(model: nn.Module, stored: dict[str, Tensor]) -> Iterator[None]:
    """Rounds the inputs of a stage's linear layers whose weights `stored`, as `weight_file.encode` gives them, has as bytes."""
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: (rounded(inputs[0], SEVEN_BITS),))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and stored[f"{name}.weight"].dtype == torch.int8
    ]
    yield
    for hook in hooks:
        hook.remove()
