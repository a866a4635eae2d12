"""Rooms, microphones and noise: what lies between a piano and a recording of it."""

import numpy as np
import scipy.fft
import scipy.signal

SAMPLE_RATE = 24_000


def room_response(rng: np.random.Generator) -> np.ndarray:
    """A synthetic room: direct sound, then noise that decays faster the higher its band. [samples]"""
    reverberation = rng.uniform(0.15, 1.3)  # seconds to -60 dB in the middle
    length = int(reverberation * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    response = np.zeros(length)
    edges = (40, 300, 1200, 4000, 11_500)
    for low, high, factor in zip(edges, edges[1:], (1.2, 1.0, 0.8, 0.5)):
        band = scipy.signal.butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
        noise = scipy.signal.sosfilt(band, rng.standard_normal(length))
        response += noise * np.exp(-6.9 * time / (reverberation * factor))
    response[: int(rng.uniform(0.002, 0.02) * SAMPLE_RATE)] = 0
    direct_to_reverberant = rng.uniform(2, 14)
    response *= 10 ** (-direct_to_reverberant / 20) / np.sqrt(np.sum(response**2) + 1e-12)
    response[0] = 1
    return response.astype(np.float32)


def equaliser(rng: np.random.Generator) -> np.ndarray:
    """A smooth random frequency response of a few decibels, now and then a narrow bandwidth. FIR [513]"""
    points = np.array([0, 60, 120, 250, 500, 1000, 2000, 4000, 8000, 12_000.0])
    decibels = np.cumsum(rng.normal(0, 1.5, len(points)))
    decibels -= decibels[3:7].mean()
    if rng.random() < 0.2:
        decibels[points > rng.uniform(3500, 9000)] -= 40
    if rng.random() < 0.2:
        decibels[points < rng.uniform(60, 200)] -= 15
    return scipy.signal.firwin2(513, points, 10 ** (decibels / 20), fs=SAMPLE_RATE).astype(np.float32)


def background_noise(length: int, rng: np.random.Generator) -> np.ndarray:
    """Noise between white and brown, of unit level. [samples]"""
    padded = scipy.fft.next_fast_len(length)
    spectrum = scipy.fft.rfft(rng.standard_normal(padded, np.float32))
    frequency = scipy.fft.rfftfreq(padded, 1 / SAMPLE_RATE).astype(np.float32)
    spectrum /= np.maximum(frequency, 30) ** np.float32(rng.uniform(0.0, 1.0))
    noise = scipy.fft.irfft(spectrum, padded)[:length]
    return (noise / (noise.std() + 1e-12)).astype(np.float32)


def record(dry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`dry` as some microphone in some room would have recorded it, at some level below clipping."""
    sound = dry
    if rng.random() < 0.6:
        sound = scipy.signal.oaconvolve(sound, room_response(rng))[: len(dry)]
    if rng.random() < 0.7:
        sound = scipy.signal.oaconvolve(sound, equaliser(rng), "same")
    level = 10 ** (rng.uniform(-32, -18) / 20)
    sound = sound * (level / (np.sqrt(np.mean(sound**2)) + 1e-9))
    sound = sound + background_noise(len(sound), rng) * 10 ** (rng.uniform(-95, -55) / 20)
    peak = np.abs(sound).max()
    return (sound * min(1.0, 0.9 / (peak + 1e-9))).astype(np.float32)
