"""Training whose matrix products are of bytes, for processors that multiply those several times as fast as floats.

SwitchBack (Wortsman et al. 2023), with the weights' gradient from bytes as well.
"""

import torch
from torch import Tensor, nn

from .fixed_point import BYTE

MOST_TERMS = 2**16  # whose sum is sure to have 32 bits


class ByteLinear(nn.Linear):
    """A linear layer without bias on [batch, frames, inputs] which, where `learns_in_bytes`, multiplies bytes in training."""

    learns_in_bytes = False

    def __init__(self, inputs: int, outputs: int):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.training and self.learns_in_bytes:
            return _ByteProduct.apply(x, self.weight)
        return super().forward(x)


def learn_in_bytes(model: nn.Module) -> None:
    """Lets the layers of a model's blocks learn from products of bytes. Its heads go on in floats: of what a softmax hands
    back, one number is large and the others, whose sum counts, would be rounded away."""
    for module in model.modules():
        if isinstance(module, ByteLinear):
            module.learns_in_bytes = True


class _ByteProduct(torch.autograd.Function):
    """x Wᵀ of `x` [batch, frames, inputs] and `weight` [outputs, inputs]."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _product(x, weight.T)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        parts = zip(gradient.flatten(0, 1).split(MOST_TERMS), x.flatten(0, 1).split(MOST_TERMS), strict=True)
        return _product(gradient, weight), sum(_product(of_outputs.T, inputs) for of_outputs, inputs in parts)


def _product(left: Tensor, right: Tensor) -> Tensor:
    """[..., n, k] times [k, m]; each row of `left` and each column of `right` becomes bytes by a scale of its own."""
    rows, row_scale = _bytes(left.reshape(-1, left.shape[-1]), 1)
    columns, column_scale = _bytes(right, 0)
    return (torch._int_mm(rows, columns) * (row_scale * column_scale)).view(*left.shape[:-1], -1)


def _bytes(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    scale = x.abs().amax(dim, keepdim=True).clamp_min(1e-30) / BYTE
    return (x / scale).round().to(torch.int8), scale
