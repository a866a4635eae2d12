"""Losses that follow what listeners were asked: was speech understood, how much did it disturb, how alike was music?

All take waves at 24 kHz [batch, samples], made and real, and are means over the batch.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .losses import triangles


class PowerBands(nn.Module):
    """Power of short-time spectra in bands with sharp edges. [batch, samples] -> [batch, frames, bands]"""

    def __init__(self, window: int, fft: int, edges: Tensor, sample_rate: int = 24_000):
        super().__init__()
        self.window, self.fft = window, fft
        self.register_buffer("hann", torch.hann_window(window), persistent=False)
        frequency = torch.linspace(0, sample_rate / 2, fft // 2 + 1)[:, None]
        inside = (frequency >= edges[:-1]) & (frequency < edges[1:])
        self.register_buffer("filters", inside.float(), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        spectrum = torch.stft(wave, self.fft, self.window // 2, self.window, self.hann, center=False, return_complex=True)
        return (spectrum.real.square() + spectrum.imag.square()).transpose(1, 2) @ self.filters


class IntelligibilityLoss(nn.Module):
    """1 - short-time objective intelligibility (Taal et al. 2011, doi 10.1109/TASL.2011.2114881).

    Envelopes of 15 third-octave bands from 150 Hz are compared by their correlation over 30 frames (384 ms). Stretches
    more than 40 dB below the loudest do not count.
    """

    SEGMENT = 30
    CLIPPING = 10 ** (15 / 20)  # degraded envelopes above 1 + this many times the recording's count as that

    def __init__(self):
        super().__init__()
        centres = 150 * 2 ** (torch.arange(15) / 3)
        edges = torch.cat([centres * 2 ** (-1 / 6), centres[-1:] * 2 ** (1 / 6)])
        self.bands = PowerBands(614, 1024, edges)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        made, wanted = (self._segments((self.bands(wave) + 1e-8).sqrt()) for wave in (output, target))
        energy = wanted.square().sum((2, 3))
        heard = (energy > 1e-4 * energy.amax()).float()
        made = made * (wanted.norm(dim=-1, keepdim=True) / made.norm(dim=-1, keepdim=True))
        made = torch.minimum(made, wanted * (1 + self.CLIPPING))
        made, wanted = (x - x.mean(-1, keepdim=True) for x in (made, wanted))
        correlation = (made * wanted).sum(-1) / (made.norm(dim=-1) * wanted.norm(dim=-1)).clamp_min(1e-6)
        return ((1 - correlation.mean(-1)) * heard).sum() / heard.sum().clamp_min(1)

    def _segments(self, envelopes: Tensor) -> Tensor:
        """[batch, frames, bands] -> [batch, segments, bands, frames of a segment]"""
        return envelopes.unfold(1, self.SEGMENT, 3)


class DisturbanceLoss(nn.Module):
    """Disturbance in loudness, what was added weighing more than what is missing, after PESQ (ITU-T P.862, 10.2).

    Loudness by Zwicker's law in bands of a third of a Bark. 0 for equal sounds, 5.9 at most.
    """

    BANDS_IN_BARK = 3
    EXPONENT = 0.23

    def __init__(self, top: float = 8000.0):
        super().__init__()
        bark = torch.arange(0.5, 20.5, 1 / self.BANDS_IN_BARK)
        edges = 600 * torch.sinh(bark / 6)  # Schroeder's Bark scale
        edges = edges[edges <= top]
        centres = (edges[:-1] * edges[1:]).sqrt()
        self.bands = PowerBands(768, 1024, edges)
        kilo = centres / 1000
        # Threshold of hearing in dB (Terhardt 1979), for speech of the usual 79 dB.
        decibels = 3.64 * kilo**-0.8 - 6.5 * torch.exp(-0.6 * (kilo - 3.3) ** 2) + 1e-3 * kilo**4
        self.register_buffer("threshold", 10 ** (decibels / 10), persistent=False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        wanted, made = self.bands(target), self.bands(output)
        level = wanted.sum(-1).mean(-1)[:, None, None].clamp_min(1e-6)
        wanted, made = (power * (10**7.9 / level) for power in (wanted, made))
        audible = wanted.sum(-1) > 1e3
        gain = (wanted.sum(-1, keepdim=True) + 5e3) / (made.sum(-1, keepdim=True) + 5e3)
        made = made * gain.clamp(3e-4, 5)
        first, second = self._loudness(wanted), self._loudness(made)
        masked = 0.25 * torch.minimum(first, second)
        disturbance = ((second - first).abs() - masked).clamp_min(0)
        asymmetry = ((made + 50) / (wanted + 50)).pow(1.2)
        asymmetry = torch.where(asymmetry < 3, torch.zeros_like(asymmetry), asymmetry.clamp_max(12))
        symmetric = (disturbance.square() / self.BANDS_IN_BARK + 1e-9).sum(-1).sqrt()
        added = (disturbance * asymmetry / self.BANDS_IN_BARK).sum(-1)
        weight = ((wanted.sum(-1) + 1e5) / 1e7).pow(-0.04)
        frames = 0.1 * (symmetric * weight).clamp_max(45) + 0.0309 * (added * weight).clamp_max(45)
        return (frames * audible).sum() / audible.sum().clamp_min(1)

    def _loudness(self, power: Tensor) -> Tensor:
        """Sone in a band, for a power whose threshold is `threshold`."""
        above = (0.5 + 0.5 * power / self.threshold).pow(self.EXPONENT) - 1
        return 0.187 * (self.threshold / 0.5).pow(self.EXPONENT) * above.clamp_min(0) * 10


class SimilarityLoss(nn.Module):
    """1 - neurogram similarity (NSIM; Hines and Harte 2012, doi 10.1016/j.specom.2011.09.004), as ViSQOL (arXiv
    2004.09584) hears music: levels in 32 bands every 20 ms, no more than 45 dB below each frame's loudest, compared by mean
    and structure in neighbourhoods of three bands and three frames."""

    DEPTH = 45.0  # dB

    def __init__(self, bands: int = 32, low: float = 50.0, high: float = 12_000.0, sample_rate: int = 24_000):
        super().__init__()
        self.window = 1920
        self.register_buffer("hann", torch.hann_window(self.window), persistent=False)
        rates = torch.linspace(erb_rate(low), erb_rate(high), bands + 2, dtype=torch.float64)
        points = (10 ** (rates / 21.4) - 1) / 4.37e-3
        self.register_buffer("filters", triangles(points, 2048, sample_rate), persistent=False)
        weights = torch.tensor([0.0113, 0.0838, 0.0113, 0.0838, 0.6193, 0.0838, 0.0113, 0.0838, 0.0113])
        self.register_buffer("weights", (weights / weights.sum()).view(1, 1, 3, 3), persistent=False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        made, wanted = self._levels(output), self._levels(target)
        top = torch.maximum(made, wanted).amax(2, keepdim=True).detach()
        made, wanted = (torch.maximum(x - top, torch.full_like(x, -self.DEPTH))[:, None] + self.DEPTH for x in (made, wanted))
        means = self._smooth(made), self._smooth(wanted)
        variances = [(self._smooth(x.square()) - mean.square()).clamp_min(0) for x, mean in zip((made, wanted), means)]
        covariance = self._smooth(made * wanted) - means[0] * means[1]
        first, second = (0.01 * self.DEPTH) ** 2, (0.03 * self.DEPTH) ** 2 / 2
        intensity = (2 * means[0] * means[1] + first) / (means[0].square() + means[1].square() + first)
        structure = (covariance + second) / ((variances[0] * variances[1] + 1e-6).sqrt() + second)
        return 1 - (intensity * structure).mean()

    def _smooth(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weights)

    def _levels(self, wave: Tensor) -> Tensor:
        """[batch, samples] -> dB [batch, frames, bands]"""
        spectrum = torch.stft(wave, 2048, 480, self.window, self.hann, center=False, return_complex=True)
        power = (spectrum.real.square() + spectrum.imag.square()).transpose(1, 2) @ self.filters
        return 10 * (power + 1e-7).log10()


def erb_rate(frequency: float) -> float:
    """Number of equivalent rectangular bandwidths below a frequency (Glasberg and Moore 1990)."""
    return 21.4 * math.log10(1 + 4.37e-3 * frequency)


LOSSES = {"intelligibility": IntelligibilityLoss, "disturbance": DisturbanceLoss, "similarity": SimilarityLoss}
