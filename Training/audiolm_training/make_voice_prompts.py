"""Step `make-voice-prompts`: cut held-out prompts of 3 s, each with the 7 s that follow it, from the test speakers.

Writes RUNS/voices/NAME.prompt.wav, NAME.truth.wav and prompts.csv; the prompts' kind is the speaker. They are taken from
the second half of each speaker's recordings, as the manifest lists them: the first is left to train the classifier of
speakers.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from . import labelled_recordings
from .labelled_recordings import SAMPLE_RATE, Recording
from .make_prompts import QUIETEST, Prompt, write_prompts
from .sound_features import level

PROMPT_SECONDS, TRUTH_SECONDS = 3, 7
TRAINING_SHARE = 0.5  # of a speaker's recordings
FOLDER = "voices"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default="speech", help="data set under RUNS/data")
    parser.add_argument("--count", type=int, default=6, help="prompts of each speaker")


def run(args: argparse.Namespace) -> None:
    prompts = []
    for speaker, recordings in speakers(args.runs / "data" / args.data).items():
        places = draw(speaker, recordings[training_count(recordings) :], args.count, np.random.default_rng(1))
        for number, (recording, start) in enumerate(places):
            prompts.append((Prompt(f"{speaker}-{number}", speaker, recording.identifier, start), cut(recording, start)))
    write_prompts(args.runs / FOLDER, prompts, PROMPT_SECONDS)


def speakers(data: Path) -> dict[str, list[Recording]]:
    """The test speakers' recordings, as the manifest lists them."""
    found = defaultdict(list)
    for recording in labelled_recordings.find(data, ("test",)):
        found[recording.source].append(recording)
    if not found:
        raise SystemExit(f"{data}: no test recordings; run prepare-speech first")
    return dict(found)


def training_count(recordings: list[Recording]) -> int:
    """How many of a speaker's recordings train the classifier: the first."""
    return max(1, round(len(recordings) * TRAINING_SHARE))


def cut(recording: Recording, start: float) -> np.ndarray:
    """float32, prompt and truth."""
    first = round(start * SAMPLE_RATE)
    samples = recording.samples()[first : first + (PROMPT_SECONDS + TRUTH_SECONDS) * SAMPLE_RATE]
    return samples.astype(np.float32) / 32768


def draw(speaker: str, recordings: list[Recording], count: int, rng: np.random.Generator) -> list[tuple[Recording, float]]:
    """Places that do not overlap and in which neither prompt nor truth is a pause, evenly over the recordings.

    Throws SystemExit where there are too few.
    """
    span, places = PROMPT_SECONDS + TRUTH_SECONDS, []
    slots = [(recording, slot * span) for recording in recordings
             for slot in range(len(recording.samples()) // (span * SAMPLE_RATE))]  # fmt: skip
    for index in rng.permutation(len(slots)):
        sound = cut(*slots[index])
        middle = PROMPT_SECONDS * SAMPLE_RATE
        if min(level(sound[:middle]), level(sound[middle:])) > QUIETEST:
            places.append(slots[index])
    if len(places) < count:
        raise SystemExit(f"{speaker}: {len(places)} places for prompts, expected {count}; ask for fewer")
    return sorted(places[:count], key=lambda place: (place[0].identifier, place[1]))
