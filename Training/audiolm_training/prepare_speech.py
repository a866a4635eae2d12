"""Step `prepare-speech`: utterances with transcripts, joined to recordings of about a minute, their phones aligned.

A speaker's files follow one another in order, so that crops are longer than an utterance. Of several takes of one
sentence the last stands. Whole speakers validate, or, where none can be spared, the last recordings of the shortest.
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
from .recordings import check_prepared, manifest_row, read_mono, split_of, write_manifest
from .render import FIELDS as MANIFEST_FIELDS
from .sampler import SAMPLE_RATE

JOINED_SECONDS = 60.0
ROUNDING = 0.1  # seconds by which a recording may differ from its utterances
SHARED = "train and valid"  # the split of a speaker whose last recordings validate
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


@dataclass(frozen=True)
class Joined:
    """A recording: consecutive utterances of a speaker."""

    wav: Path
    utterances: list[Utterance]
    gain: float

    @property
    def row(self) -> dict:
        """Of the manifest, once it is written."""
        speaker, seconds = self.utterances[0].speaker, soundfile.info(self.wav).duration
        return manifest_row(self.wav.stem, self.wav.parent.name, speaker, speaker, seconds)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--speech", type=Path, required=True,
                        help="folder with manifest.tsv: path, speaker, seconds, text, rms_db, flag, use (train or eval)")  # fmt: skip
    parser.add_argument("--name", default="speech", help="name of the data set under RUNS/data")
    parser.add_argument("--valid-share", type=float, default=0.05,
                        help="share of speakers kept for validation, or of the shortest one's recordings")  # fmt: skip
    parser.add_argument("--longest-valid", type=float, default=12.0,
                        help="minutes of a speaker above which training cannot spare them")  # fmt: skip
    parser.add_argument("--processes", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    out = args.runs / "data" / args.name
    utterances = read_utterances(args.speech)
    if not utterances:
        raise SystemExit(f"{args.speech / 'manifest.tsv'}: no utterances that are neither noisy nor clipped; add some")
    jobs = recordings_of(utterances, out, args.valid_share, args.longest_valid)
    check_prepared(out, {job.wav.stem: job.wav.parent.name for job in jobs})
    random.Random(0).shuffle(jobs)  # so that any beginning is a fair sample
    finished, waiting = [job for job in jobs if job.wav.exists()], [job for job in jobs if not job.wav.exists()]
    for job in finished:
        check_finished(job)
    write_manifest(out / "manifest.csv", [job.row for job in finished])
    with open(out / "manifest.csv", "a", newline="") as file, ProcessPoolExecutor(args.processes) as pool:
        writer = csv.DictWriter(file, MANIFEST_FIELDS)
        for number, (job, _) in enumerate(zip(waiting, pool.map(write, waiting)), len(finished) + 1):
            writer.writerow(row := job.row)
            file.flush()  # trainings may begin with what there is
            print(f"{number}/{len(jobs)} {row['split']} {row['id']} {row['seconds']} s", flush=True)


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


def recordings_of(utterances: list[Utterance], out: Path, valid_share: float, longest_valid: float) -> list[Joined]:
    """What becomes of the utterances, which lie by speaker, in the folders of the splits below `out`."""
    speakers = {name: list(group) for name, group in groupby(utterances, key=lambda utterance: utterance.speaker)}
    splits = splits_of(speakers, valid_share, longest_valid)
    recordings = []
    for speaker, own in speakers.items():
        gain, runs = lift(own), join(own)
        sides = _splits_of_runs(speaker, splits[speaker], len(runs), valid_share)
        recordings += [Joined(out / side / f"{speaker}-{number:03}.wav", run, gain)
                       for number, (side, run) in enumerate(zip(sides, runs, strict=True))]  # fmt: skip
    return recordings


def splits_of(speakers: dict[str, list[Utterance]], valid_share: float, longest_valid: float) -> dict[str, str]:
    """`train`, `valid`, `test` or `SHARED` for each speaker. There is something to train on and to validate with even
    where chance would leave nothing."""
    seconds = {speaker: sum(utterance.seconds for utterance in own) for speaker, own in speakers.items()}
    spared = {speaker for speaker in speakers if seconds[speaker] <= longest_valid * 60}
    splits = {}
    for speaker, own in speakers.items():
        if len({utterance.held_out for utterance in own}) > 1:
            raise SystemExit(f"{speaker} has utterances to train on and to test with; give all of them the same use")
        if own[0].held_out:
            splits[speaker] = "test"
        else:
            splits[speaker] = split_of(speaker, valid_share) if speaker in spared else "train"
    others = sorted((speaker for speaker in speakers if splits[speaker] != "test"), key=seconds.get)
    if others and "train" not in splits.values():
        splits[others[-1]] = "train"
    if others and "valid" not in splits.values():
        splits[others[0]] = "valid" if others[0] in spared and len(others) > 1 else SHARED
    return splits


def _splits_of_runs(speaker: str, split: str, runs: int, valid_share: float) -> list[str]:
    """The split of each of a speaker's recordings. Throws SystemExit where but one is to be on two sides."""
    if split != SHARED:
        return [split] * runs
    if runs == 1:
        raise SystemExit(f"{speaker} has but one recording of {JOINED_SECONDS:.0f} s or less, expected some to train on and "
                         "some to validate with; give more utterances or speakers")  # fmt: skip
    held_out = min(max(round(valid_share * runs), 1), runs - 1)
    return ["train"] * (runs - held_out) + ["valid"] * held_out


def check_finished(recording: Joined) -> None:
    """Throws SystemExit where a recording that is there is not as long as what would be joined now."""
    there = soundfile.info(recording.wav).duration
    joined = sum(soundfile.info(utterance.path).duration for utterance in recording.utterances)
    if abs(there - joined) > ROUNDING:
        raise SystemExit(f"{recording.wav}: holds {there:.1f} s, but its utterances would now be {joined:.1f} s; "
                         "prepare under another --name")  # fmt: skip


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


def write(recording: Joined) -> None:
    """The WAV and, beside it, NAME.phones.npy."""
    sounds, segments, start = [], [], 0.0
    for utterance in recording.utterances:
        sound = read_mono(utterance.path)
        if not utterance.held_out:
            sound = (recording.gain * scipy.signal.sosfilt(RUMBLE, sound)).astype(np.float32)
        if utterance.text:
            segments.append(_aligner().align(sound, SAMPLE_RATE, utterance.text) + np.float32([start, start, 0]))
        sounds.append(sound)
        start += len(sound) / SAMPLE_RATE
    wav = recording.wav
    wav.parent.mkdir(parents=True, exist_ok=True)
    if segments:
        np.save(wav.with_suffix(".phones.npy"), np.concatenate(segments))
    partial = wav.with_suffix(".partial")
    soundfile.write(partial, np.clip(np.concatenate(sounds), -1, 1), SAMPLE_RATE, "PCM_16", format="WAV")
    partial.rename(wav)
