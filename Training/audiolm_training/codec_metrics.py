"""Objective distances between a recording and its coded copy."""

import torch
from torch import Tensor

from .losses import LogMel


def mel_distance(output: Tensor, target: Tensor) -> float:
    """80-band distance: mean absolute difference of log10 mel magnitudes (window 1024, hop 256) times 10."""
    mel = LogMel(1024, 256, 80)
    return 10 * (mel(output) - mel(target)).abs().mean().item()


def si_sdr(output: Tensor, target: Tensor) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, of [batch, samples]."""
    projection = (output * target).sum(-1, keepdim=True) / target.square().sum(-1, keepdim=True) * target
    noise = output - projection
    return (10 * torch.log10(projection.square().sum(-1) / noise.square().sum(-1))).mean().item()
