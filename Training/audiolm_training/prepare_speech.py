"""Step `prepare-speech`: utterances with transcripts, joined to recordings of about a minute, their phones aligned.

A speaker's files follow one another in order, so that crops are longer than an utterance. Of several takes of one
sentence the last stands.
"""

import argparse
import csv
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from .phone_alignment import PhoneAligner
from .recordings import read_mono, split_of
from .render import FIELDS as MANIFEST_FIELDS
from .sampler import SAMPLE_RATE

JOINED_SECONDS = 60.0
LOUDEST_LIFT, LIFTED_TO = 6.0, -27.0  # dB, dBFS: quiet speakers are raised
RUMBLE = scipy.signal.butter(2, 60, "highpass", fs=SAMPLE_RATE, output="sos")


@dataclass(frozen=True)
class Utterance:
    path: Path
    speaker: str
    seconds: float
    text: str
    level: float  # dBFS
    held_out: bool  # for evaluation, never trained on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--speech", type=Path, required=True,
                        help="folder with manifest.tsv: path, speaker, seconds, text, rms_db, flag, use (train or eval)")  # fmt: skip
    parser.add_argument("--name", default="speech", help="name of the data set under RUNS/data")
    parser.add_argument("--valid-share", type=float, default=0.05, help="share of speakers kept for validation")
    parser.add_argument("--longest-valid", type=float, default=12.0,
                        help="minutes of a speaker above which training cannot spare them")  # fmt: skip
    parser.add_argument("--processes", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    out = args.runs / "data" / args.name
    jobs = []
    for speaker, group in groupby(read_utterances(args.speech), key=lambda utterance: utterance.speaker):
        utterances = list(group)
        split = _split(speaker, utterances, args.valid_share, args.longest_valid)
        gain = lift(utterances)
        for number, joined in enumerate(join(utterances)):
            jobs.append((out / split / f"{speaker}-{number:03}", joined, gain))
    random.Random(0).shuffle(jobs)  # so that any beginning is a fair sample
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "manifest.csv", "w", newline="") as file, ProcessPoolExecutor(args.processes) as pool:
        writer = csv.DictWriter(file, MANIFEST_FIELDS)
        writer.writeheader()
        for number, ((target, joined, _), seconds) in enumerate(zip(jobs, pool.map(write, *zip(*jobs)))):
            speaker, split = joined[0].speaker, target.parent.name
            writer.writerow({"id": target.name, "split": split, "piece": speaker, "composer": "", "instrument": speaker,
                             "seconds": round(seconds, 2), "transpose": 0, "tempo": 1})  # fmt: skip
            file.flush()
            print(f"{number + 1}/{len(jobs)} {split} {target.name} {seconds:.1f} s", flush=True)


def read_utterances(folder: Path) -> list[Utterance]:
    """By speaker and path; noisy and clipped ones are left out of training, and all but the last take of a text."""
    with open(folder / "manifest.tsv", newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE),
                      key=lambda row: (row["speaker"], row["path"]))  # fmt: skip
    kept = {}
    for row in rows:
        held_out = row["use"] == "eval"
        if not held_out and ("noisy" in row["flag"] or "clip" in row["flag"]):
            continue
        utterance = Utterance(folder / row["path"], row["speaker"], float(row["seconds"]), row["text"],
                              float(row["rms_db"]), held_out)  # fmt: skip
        kept[row["speaker"], row["text"] or row["path"]] = utterance
    return list(kept.values())


def _split(speaker: str, utterances: list[Utterance], valid_share: float, longest_valid: float) -> str:
    if len({utterance.held_out for utterance in utterances}) > 1:
        raise SystemExit(f"{speaker} has utterances to train on and to test with; give all of them the same use")
    if utterances[0].held_out:
        return "test"
    if sum(utterance.seconds for utterance in utterances) > longest_valid * 60:
        return "train"
    return split_of(speaker, valid_share)


def lift(utterances: list[Utterance]) -> float:
    """Gain for a quiet speaker of the training set; 1 for all others."""
    if utterances[0].held_out:
        return 1.0
    level = float(np.median([utterance.level for utterance in utterances]))
    return 10 ** (min(max(LIFTED_TO - level, 0.0), LOUDEST_LIFT) / 20)


def join(utterances: list[Utterance]) -> list[list[Utterance]]:
    """Runs of consecutive utterances, none longer than `JOINED_SECONDS`."""
    runs: list[list[Utterance]] = [[]]
    for utterance in utterances:
        if runs[-1] and sum(one.seconds for one in runs[-1]) + utterance.seconds > JOINED_SECONDS:
            runs.append([])
        runs[-1].append(utterance)
    return runs


@cache
def _aligner() -> PhoneAligner:
    """One for each process: its models take a second to load."""
    return PhoneAligner()


def write(target: Path, utterances: list[Utterance], gain: float) -> float:
    """Writes TARGET.wav and TARGET.phones.npy unless they are there; returns the seconds of sound."""
    wav, phones = target.with_name(f"{target.name}.wav"), target.with_name(f"{target.name}.phones.npy")
    if not wav.exists():
        sounds, segments, start = [], [], 0.0
        for utterance in utterances:
            sound = read_mono(utterance.path)
            if not utterance.held_out:
                sound = (gain * scipy.signal.sosfilt(RUMBLE, sound)).astype(np.float32)
            if utterance.text:
                segments.append(_aligner().align(sound, SAMPLE_RATE, utterance.text) + np.float32([start, start, 0]))
            sounds.append(sound)
            start += len(sound) / SAMPLE_RATE
        target.parent.mkdir(parents=True, exist_ok=True)
        if segments:
            np.save(phones, np.concatenate(segments))
        partial = wav.with_suffix(".partial")
        soundfile.write(partial, np.clip(np.concatenate(sounds), -1, 1), SAMPLE_RATE, "PCM_16", format="WAV")
        partial.rename(wav)
    return soundfile.info(wav).frames / SAMPLE_RATE
