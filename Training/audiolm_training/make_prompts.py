"""Step `make-prompts`: cut held-out prompts of 10 s, each with the 20 s that follow it.

From real recordings and rendered pieces; writes RUNS/prompts/NAME.prompt.wav, NAME.truth.wav and prompts.csv. The same
recordings always give the same prompts.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile

from .recordings import SUFFIXES, read_mono
from .sound_features import SAMPLE_RATE, level

PROMPT_SECONDS, TRUTH_SECONDS = 10, 20
SPAN = PROMPT_SECONDS + TRUTH_SECONDS
QUIETEST = -45  # dBFS: a prompt or what follows it must not be a pause


@dataclass(frozen=True)
class Prompt:
    """One place in a recording; `recording` says which prompts are of the same one."""

    name: str
    kind: str  # "real" or "rendered"
    recording: str
    start: float  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--real", type=Path, required=True, help="folder of real recordings that no training saw")
    parser.add_argument("--rendered", type=Path, help="folder of rendered pieces; RUNS/data/piano/test if not given")
    parser.add_argument("--real-count", type=int, default=10)
    parser.add_argument("--rendered-count", type=int, default=10)
    parser.add_argument("--name", default="prompts", help="name of the folder under RUNS")


def run(args: argparse.Namespace) -> None:
    folder = args.runs / args.name
    rendered = args.rendered or args.runs / "data" / "piano" / "test"
    prompts = []
    for kind, source, count in (("real", args.real, args.real_count), ("rendered", rendered, args.rendered_count)):
        for number, (recording, start, sound) in enumerate(cut(spread(sound_files(source), count), count)):
            prompts.append((Prompt(f"{kind}-{number:02}", kind, recording.stem, round(start, 2)), sound))
    write_prompts(folder, prompts, PROMPT_SECONDS)


def write_prompts(folder: Path, prompts: list[tuple[Prompt, np.ndarray]], seconds: int) -> None:
    """Each prompt's first `seconds` as NAME.prompt.wav, what follows as NAME.truth.wav, and all in prompts.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for prompt, sound in prompts:
        middle = seconds * SAMPLE_RATE
        soundfile.write(folder / f"{prompt.name}.prompt.wav", sound[:middle], SAMPLE_RATE, "PCM_16")
        soundfile.write(folder / f"{prompt.name}.truth.wav", sound[middle:], SAMPLE_RATE, "PCM_16")
    with open(folder / "prompts.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ("name", "kind", "recording", "start"))
        writer.writeheader()
        writer.writerows(asdict(prompt) for prompt, _ in prompts)
    print(f"{len(prompts)} prompts in {folder}")


def read_prompts(folder: Path) -> list[Prompt]:
    if not (folder / "prompts.csv").exists():
        raise SystemExit(f"{folder}: no prompts there; run the step make-prompts first")
    with open(folder / "prompts.csv", newline="") as file:
        return [Prompt(row["name"], row["kind"], row["recording"], float(row["start"])) for row in csv.DictReader(file)]


def sound_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not files:
        raise SystemExit(f"{folder}: no sound files found; give a folder that holds some")
    return files


def spread(files: list, count: int) -> list:
    """At most `count` files, at even steps through the list."""
    count = min(count, len(files))
    return [files[i * len(files) // count] for i in range(count)]


def cut(recordings: list[Path], count: int) -> Iterator[tuple[Path, float, np.ndarray]]:
    """`count` places: one in each recording as far as they go round, more in the longest; none overlap.

    Gives the recording, the place's start in seconds and its `SPAN` seconds of sound.
    """
    sounds = {path: read_mono(path) for path in recordings}
    places = dict.fromkeys(sounds, 1)
    while sum(places.values()) < count:
        places[max(sounds, key=lambda path: len(sounds[path]) / (places[path] + 1))] += 1
    for path, sound in sounds.items():
        if len(sound) < places[path] * SPAN * SAMPLE_RATE:
            raise SystemExit(f"{path}: too short for {places[path]} prompts of {SPAN} s; ask for fewer")
        slot = len(sound) / SAMPLE_RATE / places[path]
        for place in range(places[path]):
            start = loud_start(sound, place * slot, slot)
            first = round(start * SAMPLE_RATE)
            yield path, start, sound[first : first + SPAN * SAMPLE_RATE]


def loud_start(sound: np.ndarray, first: float, slot: float) -> float:
    """The start nearest to the middle of a slot (seconds) at which neither prompt nor truth is a pause."""
    middle, room = first + (slot - SPAN) / 2, (slot - SPAN) / 2
    for shift in sorted(np.arange(-room, room + 1e-9, 1.0), key=abs):
        begin = round((middle + shift) * SAMPLE_RATE)
        turn, end = begin + PROMPT_SECONDS * SAMPLE_RATE, begin + SPAN * SAMPLE_RATE
        if min(level(sound[begin:turn]), level(sound[turn:end])) > QUIETEST:
            return begin / SAMPLE_RATE
    return middle
