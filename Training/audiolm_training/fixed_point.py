"""What the Swift kernels do to the inputs of matrices of bytes."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

# The greatest number that inputs of the stages are rounded to, those of codec and tokenizer, and signed bytes.
SEVEN_BITS, SIXTEEN_BITS, BYTE = 63, 32767, 127


def rounded(x: Tensor, greatest: int) -> Tensor:
    """Each row of [..., inputs] as whole numbers of a scale of its own."""
    top = x.abs().amax(-1, keepdim=True).clamp_min(1e-30)
    return (x * (greatest / top)).round() * (top / greatest)


@contextmanager
def rounded_inputs(model: nn.Module, stored: dict[str, Tensor]) -> Iterator[None]:
    """Rounds the inputs of a stage's linear layers whose weights `stored`, as `weight_file.encode` gives them, has as bytes,
    and lets all of its attention be from bytes."""
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: (rounded(inputs[0], SEVEN_BITS),))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and stored[f"{name}.weight"].dtype == torch.int8
    ]
    attend_in_bytes(model, True)
    yield
    attend_in_bytes(model, None)
    for hook in hooks:
        hook.remove()


def attend_in_bytes(model: nn.Module, in_bytes: bool | None) -> None:
    """Lets all attention of a stage be from bytes, or in floats, or, by None, from bytes where the past is kept."""
    for module in model.modules():
        if hasattr(module, "in_bytes"):
            module.in_bytes = module.keeps_past if in_bytes is None else in_bytes
