"""Recording conditions drawn at random for a batch of crops: tuning, level, equalisation, room, bandwidth, noise.

All of it is applied to one spectrum of the whole crop, so that it costs two Fourier transforms. Rooms wrap around
the crop's end, which at their level does no harm.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .features import SAMPLE_RATE


@dataclass(frozen=True)
class Augmentation:
    """Ranges; each chance is that of a crop being treated at all."""

    cents: float = 25.0
    level: tuple[float, float] = (-14.0, 10.0)  # dB
    equaliser: float = 4.0  # dB of standard deviation
    tilt: float = 2.0  # dB per octave
    room_chance: float = 0.35
    bandwidth_chance: float = 0.25
    noise: tuple[float, float] = (-100.0, -45.0)  # dB of full scale


def draw_length(samples: int, augmentation: Augmentation, rng: np.random.Generator) -> int:
    """How many recorded samples become a crop of `samples`: a little more or fewer, which tunes it up or down."""
    return _tuned_length(samples, rng.uniform(-augmentation.cents, augmentation.cents))


def longest_length(samples: int, augmentation: Augmentation) -> int:
    """The most that `draw_length` can give."""
    return _tuned_length(samples, augmentation.cents)


def _tuned_length(samples: int, cents: float) -> int:
    step = samples // 1000  # lengths of small prime factors keep the transform fast
    return step * round(samples * 2 ** (cents / 1200) / step)


def apply(crop: Tensor, samples: int, augmentation: Augmentation, rng: np.random.Generator) -> Tensor:
    """crop [recorded samples] -> [samples] as another microphone in another room would have recorded it."""
    spectrum = torch.fft.rfft(crop)
    bins = samples // 2 + 1
    tuned = torch.zeros(bins, dtype=spectrum.dtype)
    kept = min(bins, len(spectrum))
    tuned[:kept] = spectrum[:kept] * (samples / len(crop))
    frequency = torch.linspace(0, SAMPLE_RATE / 2, bins)
    tuned *= _response(frequency, augmentation, rng)
    if rng.random() < augmentation.room_chance:
        tuned *= torch.fft.rfft(_room(samples, rng))
    level = rng.uniform(*augmentation.noise) / 20 * np.log(10)
    noise = torch.view_as_complex(torch.from_numpy(rng.standard_normal((bins, 2), dtype=np.float32)))
    colour = (frequency / 200 + 0.2) ** -rng.uniform(0.0, 1.0)
    tuned += noise * colour * float(np.exp(level) * np.sqrt(samples / 2))
    return torch.fft.irfft(tuned, samples)


def _response(frequency: Tensor, augmentation: Augmentation, rng: np.random.Generator) -> Tensor:
    """Magnitude response: level, tilt, a smooth curve and now and then a narrow bandwidth. [bins]"""
    octaves = np.log2(np.maximum(frequency.numpy(), 20) / 500)
    points = np.linspace(octaves[0], octaves[-1], 9)
    decibels = np.interp(octaves, points, rng.normal(0, augmentation.equaliser, 9))
    decibels += octaves * rng.normal(0, augmentation.tilt) / 2 + rng.uniform(*augmentation.level)
    if rng.random() < augmentation.bandwidth_chance:
        decibels -= 24 * np.maximum(octaves - np.log2(rng.uniform(2500, 9000) / 500), 0) * 2
    if rng.random() < augmentation.bandwidth_chance:
        decibels -= 24 * np.maximum(np.log2(rng.uniform(50, 160) / 500) - octaves, 0)
    return torch.from_numpy((10 ** (decibels / 20)).astype(np.float32))


def _room(samples: int, rng: np.random.Generator) -> Tensor:
    """Direct sound and exponentially decaying noise. [samples]"""
    reverberation = rng.uniform(0.15, 0.9)
    length = min(int(reverberation * SAMPLE_RATE), samples)
    tail = rng.standard_normal(length, dtype=np.float32)
    tail *= np.exp(-6.9 * np.arange(length, dtype=np.float32) / length)
    tail[: int(rng.uniform(0.002, 0.02) * SAMPLE_RATE)] = 0
    response = np.zeros(samples, np.float32)
    response[:length] = tail * (10 ** (-rng.uniform(2, 14) / 20) / np.linalg.norm(tail))
    response[0] = 1
    return torch.from_numpy(response)
