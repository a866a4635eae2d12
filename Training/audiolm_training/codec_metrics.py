"""Objective measures of a recording's coded copy. Sounds are 24 kHz mono, [samples], both of the same length."""

from collections.abc import Callable

import numpy as np
import scipy.signal
import torch
from torch import Tensor

from .losses import LogMel
from .sound_features import SAMPLE_RATE

# Recording and its coded copy to a number.
Measure = Callable[[np.ndarray, np.ndarray], float]

WIDE_BAND = 16_000  # rate of the measures that are for speech


def mel_distance(reference: np.ndarray | Tensor, degraded: np.ndarray | Tensor) -> float:
    """80-band distance: mean absolute difference of log10 mel magnitudes (window 1024, hop 256) times 10.

    Also of tensors [batch, samples].
    """
    mel = LogMel(1024, 256, 80)
    first, second = (mel(torch.atleast_2d(torch.as_tensor(sound).float())) for sound in (reference, degraded))
    return 10 * (first - second).abs().mean().item()


def average_spectrum_distance(references: list[np.ndarray]) -> float:
    """The 80-band distance of a copy that has the references' mean log spectrum in every frame."""
    mel = LogMel(1024, 256, 80)
    spectra = [mel(torch.from_numpy(sound)[None])[0] for sound in references]
    average = torch.cat(spectra).mean(0)
    return float(np.mean([10 * (spectrum - average).abs().mean().item() for spectrum in spectra]))


def visqol(mode: str) -> Measure:
    """MOS-LQO of ViSQOL: mode `audio`, at 48 kHz, or `speech`, at 16 kHz with the lattice model, its default."""
    from visqol import VisqolApi

    api, rate = VisqolApi(), 2 * SAMPLE_RATE if mode == "audio" else WIDE_BAND
    api.create(mode=mode, use_lattice_model=mode == "speech")
    return lambda reference, degraded: float(
        api.measure_from_arrays(resampled(reference, rate), resampled(degraded, rate), rate).moslqo
    )


def pesq_wide_band(reference: np.ndarray, degraded: np.ndarray) -> float:
    """MOS-LQO of ITU-T P.862.2."""
    from pesq import pesq

    return float(pesq(WIDE_BAND, resampled(reference, WIDE_BAND), resampled(degraded, WIDE_BAND), "wb"))


def stoi(reference: np.ndarray, degraded: np.ndarray) -> float:
    """Short-time objective intelligibility, 1 at most."""
    from pystoi import stoi

    return float(stoi(resampled(reference, WIDE_BAND), resampled(degraded, WIDE_BAND), WIDE_BAND))


def resampled(sound: np.ndarray, rate: int) -> np.ndarray:
    """float64 at `rate`, of a sound at 24 kHz."""
    divisor = np.gcd(rate, SAMPLE_RATE)
    return scipy.signal.resample_poly(sound.astype(np.float64), rate // divisor, SAMPLE_RATE // divisor)
