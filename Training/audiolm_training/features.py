"""Front end of the semantic tokenizer: log-frequency spectra at 100 Hz, four of them stacked into a frame at 25 Hz."""

import torch
from torch import Tensor, nn

SAMPLE_RATE = 24_000
WINDOW = 2048
HOP = 240
STACK = 4
FRAME_SAMPLES = HOP * STACK  # one semantic frame
BANDS = 144
FLOOR = 1e-9  # of the power of a full-scale sine: -90 dB
LOWEST = 30.0  # Hz
BANDS_PER_OCTAVE = 24
CHUNK = 4096  # spectra computed at once, which bounds the memory


def band_centres(count: int = BANDS, window: int = WINDOW) -> list[float]:
    """Centre frequencies in Hz: one FFT bin apart while that is wider than 1/24 octave, then 24 to the octave."""
    bin_width = SAMPLE_RATE / window
    centres = [LOWEST]
    while len(centres) < count:
        centres.append(centres[-1] + max(bin_width, centres[-1] * (2 ** (1 / BANDS_PER_OCTAVE) - 1)))
    return centres


def filterbank(count: int = BANDS, window: int = WINDOW) -> Tensor:
    """Triangles of peak 1 between neighbouring centres. [bands, bins] for bins 0 ... window / 2"""
    centres = torch.tensor(band_centres(count + 1, window), dtype=torch.float64)
    edges = torch.cat([centres[:1] - SAMPLE_RATE / window, centres])
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = torch.arange(window // 2 + 1, dtype=torch.float64) * SAMPLE_RATE / window
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return torch.minimum(rising, falling).clamp(min=0).float()


class FrontEnd(nn.Module):
    """Sound to normalised stacked spectra.

    Spectrum j is that of the Hann window centred on sample hop (j + 1/2), zeros beyond the ends, its power scaled so
    that a full-scale sine has 1, gathered into bands and its natural logarithm taken above a floor. Semantic frame s
    stacks spectra 4 s ... 4 s + 3 and so covers samples [960 s, 960 s + 960); the last may be part silence.
    """

    def __init__(self, bands: int = BANDS, window: int = WINDOW, hop: int = HOP, stack: int = STACK) -> None:
        super().__init__()
        self.size, self.hop, self.stack = window, hop, stack
        self.register_buffer("filterbank", filterbank(bands, window))
        self.register_buffer("mean", torch.zeros(bands))
        self.register_buffer("deviation", torch.ones(bands))
        self.register_buffer("window", torch.hann_window(window, dtype=torch.float64).float(), persistent=False)

    def log_bands(self, samples: Tensor) -> Tensor:
        """[batch, samples] -> [batch, stack * frames, bands], before normalisation."""
        margin = (self.size - self.hop) // 2
        padded = nn.functional.pad(samples, (margin, margin + -samples.shape[-1] % (self.hop * self.stack)))
        windows = padded.unfold(-1, self.size, self.hop).split(CHUNK, dim=1)
        return torch.cat([self._log_bands_of(chunk) for chunk in windows], 1)

    def _log_bands_of(self, windows: Tensor) -> Tensor:
        """[..., window] -> [..., bands], in float32 whatever the network around computes in."""
        with torch.autocast(windows.device.type, enabled=False):
            spectrum = torch.fft.rfft(windows * self.window)
            power = (spectrum.real.square() + spectrum.imag.square()) * (4 / self.size) ** 2
            return torch.log(power @ self.filterbank.T + FLOOR)

    def forward(self, samples: Tensor) -> Tensor:
        """[batch, samples] -> [batch, ceil(samples / (hop * stack)), stack * bands]"""
        normalised = (self.log_bands(samples) - self.mean) / self.deviation
        return normalised.unflatten(1, (-1, self.stack)).flatten(2)

    @torch.no_grad()
    def fit(self, batches: list[Tensor]) -> None:
        """Set the normalisation from batches of sound [batch, samples]."""
        values = torch.cat([self.log_bands(batch).flatten(0, 1) for batch in batches])
        self.mean.copy_(values.mean(0))
        self.deviation.copy_(values.std(0).clamp(min=1e-3))
