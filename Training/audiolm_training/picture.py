"""Draws a continuation, its seam marked: `python -m audiolm_training.picture continued.wav --seam 12 --output out.png`."""

import argparse
from pathlib import Path

import numpy as np

from .recordings import SAMPLE_RATE, read_mono

WINDOW, HOP = 2048, 240
LOWEST, BANDS_PER_OCTAVE, OCTAVES = 55.0, 24, 7.5


def spectrogram(sound: np.ndarray) -> np.ndarray:
    """Decibels below the loudest place, [log-frequency bands, frames]."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, WINDOW // 2), WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2
    centres = LOWEST * 2 ** (np.arange(int(OCTAVES * BANDS_PER_OCTAVE)) / BANDS_PER_OCTAVE)
    position = centres / SAMPLE_RATE * WINDOW
    below = position.astype(int)
    share = position - below
    bands = (power[:, below] * (1 - share) + power[:, below + 1] * share).T
    decibels = 10 * np.log10(bands + 1e-12)
    return np.maximum(decibels - decibels.max(), -70)


def main() -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--seam", type=float, required=True, help="second at which the continuation begins")
    parser.add_argument("--output", type=Path, required=True, help="picture to write")
    args = parser.parse_args()
    sound = read_mono(args.recording)
    figure, axes = pyplot.subplots(figsize=(11, 3.6), dpi=110)
    octaves = np.log2(SAMPLE_RATE / 2 / LOWEST)
    axes.imshow(
        spectrogram(sound), origin="lower", aspect="auto", cmap="magma",
        extent=(0, len(sound) / SAMPLE_RATE, 0, min(octaves, OCTAVES)),
    )
    ticks = np.arange(1, OCTAVES)
    axes.set_yticks(ticks, [f"{LOWEST * 2**tick:.0f} Hz" for tick in ticks])
    axes.set_xlabel("seconds")
    axes.axvline(args.seam, color="white", linewidth=1.2, linestyle="--")
    top = min(octaves, OCTAVES) * 0.93
    axes.text(args.seam - 0.2, top, "snippet", color="white", ha="right", va="center")
    axes.text(args.seam + 0.2, top, "continuation", color="white", ha="left", va="center")
    figure.tight_layout()
    figure.savefig(args.output)


if __name__ == "__main__":
    main()
