"""Arithmetic that is a gain on the device at hand."""

import timeit
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
from torch import Tensor
from torch.optim import _muon


def multiplies_bfloat16(device: torch.device | str) -> bool:
    """Whether products in bfloat16 are faster there than in single precision: on a GPU and on some processors."""
    return torch.device(device).type != "cpu" or _processor_multiplies_bfloat16()


@cache
def _processor_multiplies_bfloat16() -> bool:
    """Measured where there are instructions for it: of Intel's processors, those without AMX take nearly twice as long."""
    return torch.cpu._is_avx512_bf16_supported() and _seconds_of_a_product(torch.bfloat16) < _seconds_of_a_product(torch.float32)


@cache
def multiplies_bytes() -> bool:
    """Whether this processor's products of bytes are right and so fast that rounding to bytes is worth its while."""
    if not torch._int_mm(*_factors(torch.int8)).eq(384 * 127**2).all():  # sums of 16 bits overflow
        return False
    floats = torch.bfloat16 if _processor_multiplies_bfloat16() else torch.float32
    return 2 * _seconds_of_a_product(torch.int8) < _seconds_of_a_product(floats)


def _seconds_of_a_product(kind: torch.dtype) -> float:
    """The least of five products, of a size that training has, by one thread, since several wait for each other."""
    left, right = _factors(kind)
    multiply = torch._int_mm if kind == torch.int8 else torch.matmul
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    seconds = min(timeit.repeat(lambda: multiply(left, right), repeat=5, number=1))
    torch.set_num_threads(threads)
    return seconds


def _factors(kind: torch.dtype) -> tuple[Tensor, Tensor]:
    return torch.full((2048, 384), 127, dtype=kind), torch.full((384, 1024), 127, dtype=kind)


def mixed_precision(device: torch.device | str) -> AbstractContextManager:
    """Matrix products in bfloat16 where that is faster; elsewhere they would only take longer."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16) if multiplies_bfloat16(device) else nullcontext()


def let_muon_compute_in_floats() -> None:
    """Muon's matrices in single precision: PyTorch has them in bfloat16 alone, which takes a processor without its
    products ten times as long as all the rest of a step."""
    _muon._zeropower_via_newtonschulz = _orthogonalised


def _orthogonalised(
    gradient: Tensor, coefficients: tuple[float, float, float], steps: int, epsilon: float
) -> Tensor:
    """The Newton-Schulz iteration of torch.optim.Muon (Jordan 2024)."""
    a, b, c = coefficients
    wide = gradient.T if gradient.shape[0] > gradient.shape[1] else gradient
    x = wide / wide.norm().clamp(min=epsilon)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if gradient.shape[0] > gradient.shape[1] else x
