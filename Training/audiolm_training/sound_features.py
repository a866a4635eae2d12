"""What the ear takes from a stretch of piano as a whole: pitch classes, onsets, level, long-term spectrum.

Every function takes mono float sound [samples] at 24 kHz. All but `level` are blind to the level.
"""

from functools import cache

import numpy as np
import scipy.ndimage
import scipy.signal

SAMPLE_RATE = 24_000
HOP = 240  # of the onset detector: 10 ms
CHROMA_HOP = 4800  # 0.2 s
BANDS_PER_OCTAVE = 24
ONSET_RISE = 0.02  # least height of a peak of the flux over 1.2 times its neighbourhood's mean
SILENCE = 1e-4  # RMS, -80 dBFS


def level(sound: np.ndarray) -> float:
    """RMS in dB of full scale, not below -80."""
    return 20 * float(np.log10(max(SILENCE, np.sqrt(np.mean(np.square(sound, dtype=np.float64))))))


def spectrogram(sound: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Hann-windowed magnitudes, a full-scale sine being 1, centred on multiples of the hop. [frames, window / 2 + 1]"""
    padded = np.pad(sound, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    return np.abs(np.fft.rfft(frames * scipy.signal.windows.hann(window, False), axis=1)) * (4 / window)


@cache
def log_filters(window: int, low: float, high: float, per_octave: int) -> np.ndarray:
    """Triangular filters of peak 1 on a logarithmic axis, at least one bin wide. [window / 2 + 1, bands]"""
    count = int(np.log2(high / low) * per_octave) + 1
    centres = low * 2 ** (np.arange(count) / per_octave)
    width = np.maximum(centres * (2 ** (1 / per_octave) - 1), SAMPLE_RATE / window)
    frequency = np.arange(window // 2 + 1)[:, None] * SAMPLE_RATE / window
    return np.clip(1 - np.abs(frequency - centres) / width, 0, None)


def normalised(sound: np.ndarray) -> np.ndarray:
    """At an RMS of -20 dBFS; silence stays silence."""
    return sound * (10 ** ((-20 - level(sound)) / 20))


def pitch_classes(sound: np.ndarray) -> np.ndarray:
    """Pitch classes C to B over time, each frame of about the same weight. [frames of 0.2 s, 12]

    Peaks of a spectrum with 0.34 s windows between 65 Hz and 2.1 kHz, as the square root of their magnitude over the
    smoothed spectrum around them; a peak counts less the further it lies from the middle of its semitone.
    """
    window = 8192
    magnitude = spectrogram(normalised(sound), window, CHROMA_HOP)
    smooth = scipy.ndimage.uniform_filter1d(magnitude, 41, axis=1)
    peak = (magnitude > np.roll(magnitude, 1, 1)) & (magnitude >= np.roll(magnitude, -1, 1))
    strength = np.sqrt(np.where(peak, np.clip(magnitude - smooth, 0, None), 0))
    frequency = np.arange(1, magnitude.shape[1]) * SAMPLE_RATE / window
    key = np.concatenate([[0], 69 + 12 * np.log2(frequency / 440)])
    inside = (key > 36) & (key < 96)
    weight = np.where(inside, np.cos(np.pi * (key - np.round(key))) ** 2, 0)
    chroma = np.zeros((len(magnitude), 12))
    for pitch_class in range(12):
        chosen = inside & (np.round(key).astype(int) % 12 == pitch_class)
        chroma[:, pitch_class] = (strength * weight)[:, chosen].sum(1)
    return chroma


def onset_times(sound: np.ndarray) -> np.ndarray:
    """Seconds at which notes or chords set in: peaks of the spectral flux (Böck & Widmer, "SuperFlux", 2013).

    Notes less than 30 ms apart count once, and about a third, the softest, go unheard. Over stretches of rendered
    pieces the logarithm of the number found correlates with that of the number played by 0.8 to 0.9.
    """
    window = 2048
    magnitude = spectrogram(normalised(sound), window, HOP)
    bands = np.log10(1 + 1000 * magnitude @ log_filters(window, 50, 8000, BANDS_PER_OCTAVE))
    before = scipy.ndimage.maximum_filter1d(bands, 3, axis=1)
    rise = np.clip(bands[2:] - before[:-2], 0, None).mean(1)
    flux = np.concatenate([np.zeros(2), rise])
    highest = scipy.ndimage.maximum_filter1d(flux, 7)
    mean = scipy.ndimage.uniform_filter1d(flux, 21)
    peaks = np.flatnonzero((flux == highest) & (flux > 1.2 * mean + ONSET_RISE))
    return peaks * HOP / SAMPLE_RATE


def spectrum(sound: np.ndarray) -> np.ndarray:
    """Mean power in 40 bands from 40 Hz to 10 kHz in dB, its mean removed. [40]"""
    window = 2048
    power = np.square(spectrogram(normalised(sound), window, window // 2)).mean(0)
    bands = 10 * np.log10(power @ log_filters(window, 40, 10_000, 5) + 1e-10)
    return bands - bands.mean()
