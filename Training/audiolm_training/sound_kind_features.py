"""What tells piano from speech and both from all else: statistics of a snippet's spectra.

But for a floor at -110 dB they do not know its level.

The same is computed in Sources/AudioLM/SoundKind; a fixture holds the two together.
"""

from functools import cache

import numpy as np
import scipy.ndimage
import scipy.signal

SAMPLE_RATE = 24_000
LONGEST = 20 * SAMPLE_RATE  # samples: the end of a longer snippet is judged
WINDOW, HOP = 2048, 480
BANDS, LOWEST, HIGHEST = 32, 60.0, 7500.0  # Hz
GROUP = 4  # bands
FLOOR = 1e-6  # of the loudest frame's power in a bin or band
SILENCE = 1e-11  # power that is always added: -110 dB of a full-scale sine
ACTIVE = 7.0  # nepers of power under the loudest frame
PEAK_BINS, PEAK_REACH = (5, 512), 8  # where partials are looked for, and how wide their surroundings are
PEAK_LAGS = (2, 5, 10)  # frames
LEVEL_LAGS = (3, 6, 12, 25)  # frames
COUNT = 3 * BANDS + BANDS // GROUP + 3 + len(LEVEL_LAGS) + 1 + len(PEAK_LAGS)


@cache
def filterbank() -> np.ndarray:
    """Triangles of sum 1, evenly spaced in mel. [bins, bands]"""
    mel = np.linspace(2595 * np.log10(1 + LOWEST / 700), 2595 * np.log10(1 + HIGHEST / 700), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    frequency = np.arange(WINDOW // 2 + 1)[:, None] * SAMPLE_RATE / WINDOW
    rising = (frequency - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequency) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0, None)
    return triangles / triangles.sum(0)


def features(samples: np.ndarray) -> np.ndarray:
    """Sound [samples] at 24 kHz, at least a window long -> [COUNT]. Throws ValueError where it is shorter."""
    samples = np.asarray(samples[-LONGEST:], np.float64)
    if len(samples) < WINDOW + HOP:
        raise ValueError(f"{len(samples)} samples are too few to tell a kind of sound by")
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * scipy.signal.windows.hann(WINDOW, False))) ** 2 * (4 / WINDOW) ** 2
    energy = power @ filterbank()
    floor = FLOOR * energy.mean(1).max() + SILENCE
    level = np.log(energy.mean(1) + floor)
    bands = np.log(energy + floor)
    active = level > level.max() - ACTIVE
    shape = bands[active] - level[active, None]
    change = np.diff(bands, axis=0)[active[1:]] if active[1:].any() else np.zeros((1, BANDS))
    squares = (change**2).reshape(len(change), -1, GROUP).sum((0, 2))
    rises = (np.maximum(change, 0) ** 2).reshape(len(change), -1, GROUP).sum((0, 2))
    return np.concatenate([
        shape.mean(0), shape.std(0), np.abs(change).mean(0), rises / (squares + 1e-6),
        [active.mean(), level[active].std(), np.abs(np.diff(level)).mean()],
        _self_similarity(np.maximum(level, level.max() - ACTIVE)),
        _partials(np.log(power[:, PEAK_BINS[0] : PEAK_BINS[1]] + floor / 10), active),
    ])  # fmt: skip


def _self_similarity(level: np.ndarray) -> np.ndarray:
    """Correlation of the level with itself some frames later."""
    centred = level - level.mean()
    variance = (centred**2).mean() + 1e-6
    return np.array([
        (centred[lag:] * centred[:-lag]).mean() / variance if len(level) > lag else 0.0 for lag in LEVEL_LAGS
    ])  # fmt: skip


def _partials(spectrum: np.ndarray, active: np.ndarray) -> np.ndarray:
    """How far the spectrum's peaks stand out, and how alike they are some frames later."""
    around = scipy.ndimage.uniform_filter1d(spectrum, 2 * PEAK_REACH + 1, axis=1, mode="nearest")
    peaks = np.maximum(spectrum - around, 0)
    norms = np.sqrt((peaks**2).sum(1)) + 1e-6
    alike = []
    for lag in PEAK_LAGS:
        cosine = (peaks[lag:] * peaks[:-lag]).sum(1) / (norms[lag:] * norms[:-lag])
        kept = active[lag:] & active[:-lag]
        alike.append(cosine[kept].mean() if kept.any() else 0.0)
    return np.array([peaks[active].mean(), *alike])
