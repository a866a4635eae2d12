"""Step `render`: MIDI performances on sampled pianos in random rooms, written as 24 kHz WAV with their notes."""

import argparse
import csv
import hashlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from . import midi, room, splits
from .activation_augmentation import AGAIN
from .sampler import SAMPLE_RATE, SampledPiano

FIELDS = ("id", "split", "piece", "composer", "instrument", "seconds", "transpose", "tempo")
_pianos: dict[Path, SampledPiano] = {}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with midi/, midi_manifest.csv, instruments/")
    parser.add_argument("--passes", type=int, default=1, help="renderings of each training piece (held-out: one)")
    parser.add_argument("--again", type=int, default=0, help="render so many pieces of the first pass on another piano as well")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--limit", type=int, help="render only so many pieces of each split")
    parser.add_argument("--excerpt", type=float, help="render only so many seconds of each training piece, from anywhere")


def run(args: argparse.Namespace) -> None:
    pieces = splits.read_pieces(args.data / "midi_manifest.csv")
    assignment = splits.assign(pieces)
    out = args.runs / "data" / "piano"
    instruments = sorted(path.parent for path in (args.data / "instruments").glob("*/piano.json"))
    if args.again and args.excerpt:
        raise SystemExit("--again renders whole pieces: leave --excerpt out")
    jobs = []
    for split in ("test", "valid", "train"):
        chosen = [piece for piece in pieces if assignment.get(piece.path) == split][: args.limit]
        for number in range(args.passes if split == "train" else 1):
            seconds = args.excerpt if split == "train" else None
            jobs += [(args.data, piece, split, number, out, instruments, seconds) for piece in chosen]
    first_pass = sorted((job for job in jobs if job[2] == "train" and job[3] == 0), key=_identifier)
    jobs += [(data, piece, AGAIN, *rest) for data, piece, _, *rest in first_pass[: args.again]]
    jobs.sort(key=lambda job: (job[3], _identifier(job)))  # random, so that any beginning is a fair sample
    done = 0
    out.mkdir(parents=True, exist_ok=True)
    told = _told(out / "manifest.csv")
    jobs = [job for job in jobs if (job[2], _identifier(job)) not in told]
    with open(out / "manifest.csv", "a", newline="") as file, ProcessPoolExecutor(args.processes) as pool:
        writer = csv.DictWriter(file, FIELDS)
        if file.tell() == 0:
            writer.writeheader()
        for row in pool.map(_render, jobs):
            done += 1
            if row:
                writer.writerow(row)
                file.flush()
                print(f"{done}/{len(jobs)} {row['split']} {row['id']} {row['seconds']} s", flush=True)


def _told(manifest: Path) -> set[tuple[str, str]]:
    """Split and name of the recordings that a manifest lists, if there is one."""
    if not manifest.exists():
        return set()
    with open(manifest, newline="") as file:
        return {(row["split"], row["id"]) for row in csv.DictReader(file)}


def _identifier(job: tuple) -> str:
    _, piece, _, number, *_ = job
    return hashlib.sha1(piece.path.encode()).hexdigest()[:10] + f"-{number}"


def _choices(job: tuple) -> tuple[np.random.Generator, Path, int, float]:
    """This rendering's generator, instrument, transposition and tempo, fixed by its name and split."""
    _, piece, split, number, _, instruments, _ = job
    rng = _generator(f"{piece.path} {number}")
    instrument = instruments[rng.integers(len(instruments))]
    if split in ("valid", "test"):
        return rng, instrument, 0, 1.0
    transpose, tempo = int(rng.integers(-5, 7)), float(rng.uniform(0.9, 1.1))
    if split == AGAIN:
        rng = _generator(f"{piece.path} {number} {AGAIN}")
        others = [other for other in instruments if other != instrument] or instruments
        instrument = others[rng.integers(len(others))]
    return rng, instrument, transpose, tempo


def _generator(name: str) -> np.random.Generator:
    return np.random.default_rng(int(hashlib.sha1(name.encode()).hexdigest()[:12], 16))


def _render(job: tuple) -> dict | None:
    """The recording's row of the manifest; renders it unless a run that was cut off had got that far."""
    data, piece, split, number, out, _, seconds = job
    identifier = _identifier(job)
    target = out / split / f"{identifier}.wav"
    rng, instrument, transpose, tempo = _choices(job)
    notes = midi.transform(midi.read_notes(data / piece.path), transpose, tempo)
    if notes and seconds:
        start = float(rng.uniform(0, max(notes[-1].onset - seconds, 0.0)))
        notes = midi.excerpt(notes, start, seconds)
    if not notes:
        return None
    if not target.exists():
        if instrument not in _pianos:
            _pianos[instrument] = SampledPiano(instrument)
        sound = room.record(_pianos[instrument].play(notes), rng)
        target.parent.mkdir(parents=True, exist_ok=True)
        np.save(target.with_suffix(".notes.npy"), midi.to_array(notes))
        partial = target.with_suffix(".partial")
        soundfile.write(partial, sound, SAMPLE_RATE, "PCM_16", format="WAV")
        partial.rename(target)
    return {
        "id": identifier,
        "split": split,
        "piece": piece.path,
        "composer": piece.composer,
        "instrument": instrument.name,
        "seconds": round(soundfile.info(target).frames / SAMPLE_RATE, 2),
        "transpose": transpose,
        "tempo": round(tempo, 4),
    }
