"""Step `train-sound-kinds`: what `--model auto` tells piano, speech and all else apart by, into a folder of its own.

A network of one hidden layer on statistics of the spectra. Trains on crops of the training recordings, recorded by
ever new microphones, and is measured on crops of the test recordings, of real piano, and of instruments that it has
not heard.
"""

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import scipy.io.wavfile
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from . import augment, tables
from .bundle import merge_config, write_checksums
from .midi import read_notes
from .other_sounds import DRUMS, PROGRAMS, SYNTHETIC, instruments
from .recordings import SUFFIXES, read_mono
from .sound_kind_features import SAMPLE_RATE, features

KINDS = ("piano", "speech", "neither")
SECONDS = (1.0, 20.0)
QUIETEST = 1e-3  # root mean square of a crop: pauses tell nothing
TRIES = 10_000  # to draw a crop that is no pause
CONDITIONS = augment.Augmentation(noise=(-100.0, -50.0))
HIDDEN, PENALTY, EPOCHS = 32, 0.1, 150
HELD_OUT = 4  # of the instruments, every fourth is heard in the test alone


@dataclass(frozen=True)
class Crops:
    """Examples of one source: features [crops, features] and seconds of each."""

    kind: str
    source: str
    features: np.ndarray
    seconds: np.ndarray


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--piano-midi", type=Path, required=True, help="folder of MIDI files, played by other instruments")
    parser.add_argument("--piano-data", type=Path, help="what `render` wrote; RUNS/data/piano if not given")
    parser.add_argument("--soundfont", type=Path, required=True, help="General MIDI SoundFont, for FluidSynth")
    parser.add_argument("--real", type=Path, required=True, help="folder of real piano recordings that no training saw")
    parser.add_argument("--bundle", type=Path, required=True, help="folder to write to, e.g. ../Models/auto")
    parser.add_argument("--crops", type=int, default=1000, help="of each kind to train on; half as many to test")


def run(args: argparse.Namespace) -> None:
    rng = np.random.default_rng(0)
    midi = sorted(path for path in args.piano_midi.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    pieces = [read_notes(midi[index]) for index in rng.choice(len(midi), min(12, len(midi)), replace=False)]
    programs = [DRUMS, *PROGRAMS]
    seen = [program for number, program in enumerate(programs) if number % HELD_OUT]
    unseen = programs[::HELD_OUT]
    piano, speech = args.piano_data or args.runs / "data" / "piano", args.runs / "data" / "speech"
    count, half = args.crops, args.crops // 2
    train = [
        gather("piano", "rendered piano", waves(piano / "train"), count, rng),
        gather("speech", "read speech", waves(speech / "train"), count, rng),
        gather("neither", "instruments", played(args.soundfont, seen, pieces, rng), count // 2, rng),
        *(gather("neither", name, synthetic(make, 60, rng), count // 12, rng) for name, make in SYNTHETIC.items()),
    ]
    test = [
        gather("piano", "rendered piano", waves(piano / "test"), half, rng, treated=0.0),
        gather("piano", "real piano", [read_mono(path) for path in sounds(args.real)], half, rng, treated=0.0),
        gather("speech", "read speech", waves(speech / "test"), half, rng, treated=0.0),
        gather("neither", "instruments not trained on", played(args.soundfont, unseen, pieces, rng), half, rng, treated=0.0),
        *(gather("neither", name, synthetic(make, 30, rng), half // 3, rng, treated=0.0) for name, make in SYNTHETIC.items()),
    ]
    model = Model.fit(train)
    result = {part.source: measure(model, part) for part in test}
    for source, row in result.items():
        print(f"{source:28s}" + "  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    tables.write_result(args.runs, "sound_kinds", result)
    merge_config(args.bundle, {"model_type": "sound_kind", **model.section()})
    write_checksums(args.bundle)


@dataclass(frozen=True)
class Model:
    mean: np.ndarray  # [features]
    deviation: np.ndarray  # [features]
    hidden_weights: np.ndarray  # [hidden, features]
    hidden_bias: np.ndarray  # [hidden]
    weights: np.ndarray  # [kinds, hidden]
    bias: np.ndarray  # [kinds]

    @staticmethod
    def fit(parts: list[Crops]) -> "Model":
        x = np.concatenate([part.features for part in parts])
        y = np.concatenate([np.full(len(part.features), KINDS.index(part.kind)) for part in parts])
        mean, deviation = x.mean(0), x.std(0) + 1e-6
        network = MLPClassifier((HIDDEN,), alpha=PENALTY, max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=0)
        with warnings.catch_warnings():  # that it might learn on: the epochs are meant
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit((x - mean) / deviation, y)
        (hidden, weights), (hidden_bias, bias) = network.coefs_, network.intercepts_
        return Model(mean, deviation, hidden.T, hidden_bias, weights.T, bias)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """[crops, features] -> [crops, kinds]"""
        hidden = np.maximum((x - self.mean) / self.deviation @ self.hidden_weights.T + self.hidden_bias, 0)
        logits = hidden @ self.weights.T + self.bias
        shares = np.exp(logits - logits.max(1, keepdims=True))
        return shares / shares.sum(1, keepdims=True)

    def section(self) -> dict:
        """config.json: to five digits, which is more than the sounds are worth."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"kinds": list(KINDS)} | {name: _digits(values) for name, values in arrays.items()}


def _digits(values: np.ndarray) -> list:
    return [_digits(row) if row.ndim else float(f"{row:.5g}") for row in values]


def measure(model: Model, part: Crops) -> dict[str, float]:
    """Share of crops told right, of all and of those under 3 s, what the others were taken for, and for piano and speech
    the share that gets its bundle, which is the nearer one's where the crop is taken for neither."""
    shares = model.probabilities(part.features)
    taken = shares.argmax(1)
    right = taken == KINDS.index(part.kind)
    short = part.seconds < 3
    others = {f"taken for {kind}": float((taken == number).mean()) for number, kind in enumerate(KINDS)
              if kind != part.kind}  # fmt: skip
    bundles = [kind for kind in KINDS if kind != "neither"]
    if part.kind in bundles:
        others["right bundle"] = float((shares[:, : len(bundles)].argmax(1) == bundles.index(part.kind)).mean())
    return {"crops": len(right), "right": float(right.mean()), "right under 3 s": float(right[short].mean()), **others}


def sounds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def waves(folder: Path) -> list[np.ndarray]:
    """The folder's 24 kHz WAVs, mapped, int16."""
    found = [scipy.io.wavfile.read(path, mmap=True)[1] for path in sorted(folder.glob("*.wav"))]
    if not found:
        raise SystemExit(f"{folder}: no WAV files; run `render` or `prepare-recordings` first")
    return found


def played(soundfont: Path, programs: list[int], pieces: list, rng: np.random.Generator) -> list[np.ndarray]:
    return [sound for _, sound in instruments(soundfont, programs, pieces, rng)]


def synthetic(make: Callable[[np.random.Generator], np.ndarray], count: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [make(rng) for _ in range(count)]


def gather(
    kind: str, source: str, recordings: list[np.ndarray], count: int, rng: np.random.Generator, treated: float = 0.6
) -> Crops:
    """Random crops of 1 to 20 s, short ones as likely as long ones on a logarithmic scale; a share under new conditions."""
    rows, seconds = [], []
    for _ in range(count):
        crop = draw(source, recordings, rng)
        crop = crop / (np.sqrt(np.mean(crop**2)) + 1e-9) * 10 ** (rng.uniform(-35, -15) / 20)
        if rng.random() < treated:
            crop = augment.apply(torch.from_numpy(crop.astype(np.float32)), len(crop), CONDITIONS, rng).numpy()
        rows.append(features(crop))
        seconds.append(len(crop) / SAMPLE_RATE)
    return Crops(kind, source, np.stack(rows), np.array(seconds))


def draw(source: str, recordings: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """A crop, float32 [samples], of anywhere but a pause of a recording in int16.

    Throws SystemExit where next to all is pause or shorter than a crop.
    """
    for _ in range(TRIES):
        recording = recordings[rng.integers(len(recordings))]
        length = min(np.exp(rng.uniform(*np.log(SECONDS))), len(recording) / SAMPLE_RATE)
        samples = int(length * 100) * SAMPLE_RATE // 100
        start = int(rng.integers(0, len(recording) - samples + 1))
        crop = recording[start : start + samples]
        crop = crop.astype(np.float32) / (32768 if crop.dtype == np.int16 else 1)
        if samples >= SAMPLE_RATE and (recording.dtype != np.int16 or np.sqrt(np.mean(crop**2)) >= QUIETEST):
            return crop
    raise SystemExit(f"{source}: {TRIES} crops of its {len(recordings)} recordings are all pauses or under {SECONDS[0]:.0f} s; "
                     "give longer or louder ones")  # fmt: skip
