"""Step `picture`: spectrograms as PNG: a snippet and its continuation, or sounds under one another to compare."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np

from .recordings import read_mono
from .sound_features import SAMPLE_RATE, log_filters, spectrogram

HOP = 480
LOW, HIGH, PER_OCTAVE = 50, 11_000, 12
RANGE = 70  # dB shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sounds", type=Path, nargs="+", required=True, help="one panel for each")
    parser.add_argument("--titles", nargs="+", help="one for each sound; file names if not given")
    parser.add_argument("--seam", type=float, help="mark where the continuation starts, in seconds")
    parser.add_argument("--seconds", type=float, help="show as much of each")
    parser.add_argument("--out", type=Path, required=True)


def run(args: argparse.Namespace) -> None:
    titles = args.titles or [path.name for path in args.sounds]
    if len(titles) != len(args.sounds):
        raise SystemExit(f"--titles: {len(titles)} given for {len(args.sounds)} sounds; give one for each")
    samples = round(args.seconds * SAMPLE_RATE) if args.seconds else None
    draw([read_mono(path)[:samples] for path in args.sounds], titles, args.seam, args.out)
    print(args.out)


def decibels(sound: np.ndarray) -> np.ndarray:
    """Levels of semitone bands over frames of 20 ms, in dB of full scale. [frames, bands]"""
    power = np.square(spectrogram(sound, 2048, HOP)) @ log_filters(2048, LOW, HIGH, PER_OCTAVE)
    return 10 * np.log10(power + 1e-12)


def draw(sounds: list[np.ndarray], titles: list[str], seam: float | None, out: Path) -> None:
    """One panel a sound, all with the same colours; `seam` in seconds."""
    height = 3.2 if len(sounds) == 1 else 2 * len(sounds)
    with panels([[sound] for sound in sounds], (10, height), out) as axes:
        for axis, title in zip(axes[:, 0], titles, strict=True):
            axis.set_title(title, loc="left", fontsize=10)
            axis.set_ylabel("Hz")
            if seam is not None:
                axis.axvline(seam, color="white", linestyle="--", linewidth=1.2)
                for text, side, place in (("snippet", "right", -0.15), ("continuation", "left", 0.15)):
                    axis.text(seam + place, axis.get_ylim()[1] * 0.93, text, color="white", ha=side, va="top")


def draw_grid(columns: list[list[np.ndarray]], titles: list[list[str]], out: Path) -> None:
    """Columns of panels, each column with colours of its own; `titles` as `columns`."""
    rows = [list(row) for row in zip(*columns, strict=True)]
    with panels(rows, (5.5 * len(columns), 1.5 * len(rows)), out) as axes:
        for number, column in enumerate(titles):
            for axis, title in zip(axes[:, number], column, strict=True):
                axis.set_title(title, loc="left", fontsize=9)
        for axis in axes[:, 0]:
            axis.set_ylabel("Hz")


@contextmanager
def panels(rows: list[list[np.ndarray]], size: tuple[float, float], out: Path) -> Iterator[np.ndarray]:
    """Spectrograms of sounds in rows, for titles to be added to their axes; then written as PNG. `size` in inches."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from PIL import Image

    figure, axes = pyplot.subplots(
        len(rows), len(rows[0]), figsize=size, sharex="col", squeeze=False, layout="constrained")  # fmt: skip
    octaves = [100 * 2**octave for octave in range(7)]
    for number, sounds in enumerate(zip(*rows, strict=True)):
        spectra = [decibels(sound) for sound in sounds]
        top = max(np.percentile(spectrum, 99.9) for spectrum in spectra)
        for axis, spectrum, sound in zip(axes[:, number], spectra, sounds, strict=True):
            axis.imshow(spectrum.T, origin="lower", aspect="auto", cmap="magma", vmin=top - RANGE, vmax=top,
                        extent=(0, len(sound) / SAMPLE_RATE, 0, spectrum.shape[1]))  # fmt: skip
            axis.set_yticks([np.log2(frequency / LOW) * PER_OCTAVE for frequency in octaves],
                            [f"{frequency}" for frequency in octaves])  # fmt: skip
        axes[-1, number].set_xlabel("seconds")
    yield axes
    drawn = BytesIO()
    figure.savefig(drawn, dpi=110)
    pyplot.close(figure)
    out.parent.mkdir(parents=True, exist_ok=True)
    # A quarter of the size in true colour.
    Image.open(drawn).convert("RGB").quantize(96).save(out, "PNG", optimize=True)
