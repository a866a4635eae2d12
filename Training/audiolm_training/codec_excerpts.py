"""What the codec is measured on: excerpts of real recordings, and utterances of speakers whom no training heard."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .make_prompts import sound_files, spread
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

SECONDS, PIANO_START = 10, 30
SHORTEST, LONGEST = 4, 12  # seconds of speech


@dataclass(frozen=True)
class Excerpt:
    """24 kHz mono [samples], and the words in it, if any are known."""

    sound: np.ndarray
    text: str = ""


def piano_excerpts(folder: Path) -> list[Excerpt]:
    """10 s from 30 s on of each recording, or its last 10 s; shorter ones are left out.

    Throws SystemExit where all are.
    """
    length, excerpts = SECONDS * SAMPLE_RATE, []
    for path in sound_files(folder):
        sound = read_mono(path)
        if len(sound) < length:
            print(f"{path}: left out, being shorter than {SECONDS} s")
            continue
        begin = min(PIANO_START * SAMPLE_RATE, len(sound) - length)
        excerpts.append(Excerpt(sound[begin : begin + length]))
    if not excerpts:
        raise SystemExit(f"{folder}: no recording lasts {SECONDS} s; give longer ones")
    return excerpts


def speech_excerpts(manifest: Path, count: int) -> list[Excerpt]:
    """About `count` whole utterances, as many of each speaker whose `use` is `eval`, at even steps through their files."""
    with open(manifest, newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["use"] == "eval" and row["text"] and SHORTEST <= float(row["seconds"]) <= LONGEST]  # fmt: skip
    if not rows:
        raise SystemExit(f"{manifest}: no utterance of {SHORTEST} to {LONGEST} s with a text and `eval` as its use; add some")
    speakers = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["path"]):
        speakers[row["speaker"]].append(row)
    chosen = [row for own in speakers.values() for row in spread(own, -(-count // len(speakers)))]
    return [Excerpt(read_mono(manifest.parent / row["path"]), row["text"]) for row in chosen]
