"""Spectral distances between waves, and the balancer that weighs losses by their gradients (EnCodec, section 3.4)."""

import torch
from torch import Tensor, nn


def mel_filters(bands: int, window: int, sample_rate: int) -> Tensor:
    """Triangular HTK-mel filters with peak 1 from 0 to half the rate. [window / 2 + 1, bands]"""
    top = 2595 * torch.log10(torch.tensor(1 + sample_rate / 2 / 700))
    points = 700 * (10 ** (torch.linspace(0, top.item(), bands + 2, dtype=torch.float64) / 2595) - 1)
    frequency = torch.linspace(0, sample_rate / 2, window // 2 + 1, dtype=torch.float64)[:, None]
    rising = (frequency - points[:-2]) / (points[1:-1] - points[:-2])
    falling = (points[2:] - frequency) / (points[2:] - points[1:-1])
    return torch.minimum(rising, falling).clamp_min(0).float()


class LogMel(nn.Module):
    """log10 mel magnitudes, a full-scale sine being about 0, clamped at -80 dBFS. [batch, frames, bands]"""

    def __init__(self, window: int, hop: int, bands: int, sample_rate: int = 24_000):
        super().__init__()
        self.window, self.hop = window, hop
        self.register_buffer("hann", torch.hann_window(window), persistent=False)
        self.register_buffer("filters", mel_filters(bands, window, sample_rate), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        spectrum = torch.stft(wave, self.window, self.hop, window=self.hann, return_complex=True, center=True)
        magnitude = torch.sqrt(spectrum.real.square() + spectrum.imag.square() + 1e-12).transpose(1, 2)
        return ((magnitude * (4 / self.window)) @ self.filters).clamp_min(1e-4).log10()


class MultiScaleMelLoss(nn.Module):
    """Mean absolute difference of log-mel spectra over several windows (SoundStream, equation 4, without its L2)."""

    def __init__(self, scales: tuple[tuple[int, int], ...] = ((256, 32), (512, 64), (1024, 80), (2048, 128))):
        super().__init__()
        self.spectra = nn.ModuleList(LogMel(window, window // 4, bands) for window, bands in scales)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        return sum((mel(output) - mel(target)).abs().mean() for mel in self.spectra) / len(self.spectra)


def balanced_gradient(output: Tensor, losses: dict[str, Tensor], shares: dict[str, float]) -> Tensor:
    """The gradient on `output` in which each loss has its share of the norm, whatever its scale."""
    total = torch.zeros_like(output)
    for name, loss in losses.items():
        (gradient,) = torch.autograd.grad(loss, output, retain_graph=True)
        total += gradient * (shares[name] / (gradient.norm() + 1e-12))
    return total
