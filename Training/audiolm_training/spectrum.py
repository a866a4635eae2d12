"""Short-time spectra on the codec's grid: Hann-windowed frames, zero-padded, their phases told from the window's middle.

Frame t sees the `window` samples that end at sample `hop` (t + 1): it is complete as soon as its last sample has
arrived. The window is a whole number of hops, so that the squared windows add up to a constant and overlapped
frames give the wave back.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FLOOR = 1e-5  # -100 dB of full scale
SILENT = 2e-5  # magnitudes below sound like none, and are none to the decoder


class Spectrum(nn.Module):
    """Analysis and synthesis of [batch, samples] in frames of `fft / 2 + 1` complex bins, a full-scale sine being 1."""

    def __init__(self, window: int, hop: int, fft: int):
        super().__init__()
        if window % hop or window > fft:
            raise ValueError(f"a window of {window} samples is not a multiple of {hop}, or more than {fft}")
        self.window, self.hop, self.fft = window, hop, fft
        self.bins = fft // 2 + 1
        self.register_buffer("hann", torch.hann_window(window), persistent=False)

    def analyse(self, wave: Tensor) -> Tensor:
        """[batch, samples] -> complex [batch, whole hops, bins], silence before the first sample."""
        frames = F.pad(wave, (self.window - self.hop, 0)).unfold(1, self.window, self.hop) * self.hann
        centred = F.pad(frames, (0, self.fft - self.window)).roll(-(self.window // 2), -1)
        return torch.fft.rfft(centred) * (4 / self.window)

    def synthesise(self, spectra: Tensor) -> Tensor:
        """complex [batch, frames, bins] -> [batch, hop (frames + 1) - window]: the samples that all their frames reach."""
        frames = torch.fft.irfft(spectra * (self.window / 4), self.fft).roll(self.window // 2, -1)[..., : self.window]
        # The sum of squared Hann windows at this overlap.
        frames = frames * self.hann * (8 * self.hop / (3 * self.window))
        parts = frames.unflatten(-1, (-1, self.hop))  # [batch, frames, window / hop, hop]
        count, overlap = parts.shape[1:3]
        kept = count - overlap + 1
        if kept <= 0:
            return spectra.real.new_zeros(len(spectra), 0)
        return sum(parts[:, overlap - 1 - part :, part][:, :kept] for part in range(overlap)).flatten(1)


def levels(magnitudes: Tensor) -> Tensor:
    """Logarithm of magnitudes, about -1.7 at -100 dB of full scale and 2.5 at full scale."""
    return (magnitudes.clamp_min(FLOOR).log10() + 3) / 1.2


def magnitudes(levels: Tensor) -> Tensor:
    """The magnitudes of `levels`, bounded at 12 dB above full scale."""
    return 10 ** (levels.clamp(-2, 3) * 1.2 - 3)
