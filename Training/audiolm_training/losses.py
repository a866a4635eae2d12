"""Spectral distances: between waves, and between the magnitude spectra that the codec codes."""

import torch
from torch import Tensor, nn

from .spectrum import magnitudes


def mel_filters(bands: int, window: int, sample_rate: int) -> Tensor:
    """Triangular HTK-mel filters with peak 1 from 0 to half the rate. [window / 2 + 1, bands]"""
    top = 2595 * torch.log10(torch.tensor(1 + sample_rate / 2 / 700))
    points = 700 * (10 ** (torch.linspace(0, top.item(), bands + 2, dtype=torch.float64) / 2595) - 1)
    return triangles(points, window, sample_rate)


def triangles(points: Tensor, window: int, sample_rate: int) -> Tensor:
    """Filters that rise from 0 at each of `points` [bands + 2], in Hz, to 1 at the next, and fall to 0 at the one after.
    [window / 2 + 1, bands]"""
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


class SoundLoss(nn.Module):
    """Mean absolute difference of the log-mel spectra of two waves, over several windows."""

    def __init__(self, scales: tuple[tuple[int, int], ...] = ((512, 64), (1024, 80), (2048, 128))):
        super().__init__()
        self.spectra = nn.ModuleList(LogMel(window, window // 4, bands) for window, bands in scales)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        return sum((mel(output) - mel(target)).abs().mean() for mel in self.spectra) / len(self.spectra)


class SpectrumLoss(nn.Module):
    """Distance of magnitude spectra: bin by bin, and in three mel resolutions (SoundStream, equation 4)."""

    def __init__(self, fft: int, sample_rate: int = 24_000, bands: tuple[int, ...] = (40, 80, 160)):
        super().__init__()
        self.register_buffer("weight", bin_weights(fft, sample_rate), persistent=False)
        for count in bands:
            self.register_buffer(f"filters_{count}", mel_filters(count, fft, sample_rate), persistent=False)
        self._bands = bands

    def forward(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Levels of magnitudes [..., bins] each -> mean absolute differences in log10 of magnitude."""
        bins = 1.2 * ((output - target).abs() * self.weight).mean()
        outputs, targets = magnitudes(output), magnitudes(target)
        mel = sum(self._mel(outputs, count).sub(self._mel(targets, count)).abs().mean() for count in self._bands)
        return {"bins": bins, "mel": mel / len(self._bands)}

    def _mel(self, magnitudes: Tensor, count: int) -> Tensor:
        return (magnitudes @ getattr(self, f"filters_{count}")).clamp_min(1e-4).log10()


def bin_weights(fft: int, sample_rate: int) -> Tensor:
    """How much each bin counts: as the square root of the ear's resolution there, 1 on average. [fft / 2 + 1]"""
    frequency = torch.linspace(0, sample_rate / 2, fft // 2 + 1)
    weight = (1 + frequency / 700) ** -0.5
    return weight / weight.mean()
