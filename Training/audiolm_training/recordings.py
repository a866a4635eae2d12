"""Step `prepare-recordings`: a folder of recordings in any format, as 24 kHz mono WAV, split by speaker or folder.

A group is what lies in one folder below the one that holds all recordings, or what the manifest says of one speaker; a
recording that lies beside such folders is a group of its own.
"""

import argparse
import csv
import hashlib
import io
import os
from collections import Counter
from itertools import pairwise
from math import gcd
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from .render import FIELDS as MANIFEST_FIELDS
from .sampler import SAMPLE_RATE
from .whole_file import write_whole

# Formats by their names, and what else their files are called. Raw sound does not tell its rate.
SUFFIXES = {f".{name.lower()}" for name in soundfile.available_formats()} - {".raw"} | {
    ".aif", ".aifc", ".bwf", ".iff", ".mp3", ".oga", ".opus", ".snd", ".sph", ".wave"}  # fmt: skip
UNREADABLE = {".3gp", ".aac", ".alac", ".amr", ".ape", ".dff", ".dsf", ".m4a", ".m4b", ".mka", ".mp4", ".pcm", ".raw",
              ".webm", ".wma", ".wv"}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recordings", type=Path, required=True, help="folder, searched through")
    parser.add_argument("--name", required=True, help="name of the data set under RUNS/data")
    parser.add_argument("--manifest", type=Path,
                        help="TSV with path, speaker and, for a test split, use (`eval` is tested with)")  # fmt: skip
    parser.add_argument("--valid-share", type=float, default=0.05, help="share of speakers (or folders) kept for validation")


def run(args: argparse.Namespace) -> None:
    out = args.runs / "data" / args.name
    files = _sounds(args.recordings)
    told = _read_manifest(args.manifest) if args.manifest else {}
    names = [str(path.relative_to(args.recordings)) for path in files]
    if args.manifest and not (names := [name for name in names if name in told]):
        raise SystemExit(f"{args.manifest}: lists none of the recordings in {args.recordings}; give a TSV with path, "
                         "from that folder on, speaker and use")
    groups = {name: told[name][0] for name in names} if told else groups_of(names)
    held_out = {groups[name] for name in names if told and told[name][1] == "eval"}
    if mixed := held_out & {groups[name] for name in names if told and told[name][1] != "eval"}:
        raise SystemExit(f"{args.manifest}: {min(mixed)} has recordings to train on and to test with; "
                         "give all of a speaker's the same use")
    before = _splits_before(out / "manifest.csv")
    splits = splits_of(set(groups.values()) - held_out, args.valid_share, before) | dict.fromkeys(held_out, "test")
    identifiers = {name: _identifier(name) for name in names}
    if twice := [name for name, other in pairwise(sorted(names, key=identifiers.get)) if identifiers[name] == identifiers[other]]:
        raise SystemExit(f"{args.recordings}: two recordings would be {identifiers[twice[0]]}; rename one")
    check_prepared(out, {identifiers[name]: splits[groups[name]] for name in names})
    rows = []
    for number, name in enumerate(names):
        path, group, identifier = args.recordings / name, groups[name], identifiers[name]
        split = splits[group]
        target = out / split / f"{identifier}.wav"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            soundfile.write(partial, read_mono(path), SAMPLE_RATE, "PCM_16", format="WAV")
            partial.rename(target)
        seconds = soundfile.info(target).frames / SAMPLE_RATE
        rows.append(manifest_row(identifier, split, group, "", seconds))
        if number % 200 == 0:
            print(f"{number}/{len(names)} {name}", flush=True)
    write_manifest(out / "manifest.csv", rows)


def manifest_row(identifier: str, split: str, group: str, instrument: str, seconds: float) -> dict:
    """Of a recording that is neither transposed nor sped up; `instrument` is the speaker where there is one."""
    return {"id": identifier, "split": split, "piece": group, "composer": "", "instrument": instrument,
            "seconds": round(seconds, 2), "transpose": 0, "tempo": 1}  # fmt: skip


def write_manifest(path: Path, rows: list[dict]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, MANIFEST_FIELDS)
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())


def check_prepared(out: Path, splits: dict[str, str]) -> None:
    """Throws SystemExit where a WAV in one of the data set's folders, which trainings search through, does not belong
    there by the split of each identifier."""
    for wav in sorted(out.glob("*/*.wav")):
        if (split := splits.get(wav.stem)) is None:
            raise SystemExit(f"{wav}: would now be left out; remove it, or prepare under another --name")
        if split != wav.parent.name:
            raise SystemExit(f"{wav}: would now be of {split}; prepare under another --name")


def read_mono(path: Path) -> np.ndarray:
    """float32 [samples] at 24 kHz."""
    channels, rate = soundfile.read(path, dtype="float32", always_2d=True)
    sound, levels = channels.mean(1), np.square(channels).mean(0)
    if np.square(sound).mean() < 0.01 * levels.max():  # channels that cancel each other out: the loudest
        sound = channels[:, levels.argmax()]
    if rate != SAMPLE_RATE:
        divisor = gcd(rate, SAMPLE_RATE)
        sound = scipy.signal.resample_poly(sound, SAMPLE_RATE // divisor, rate // divisor)
    return np.clip(sound, -1, 1).astype(np.float32)


def _sounds(folder: Path) -> list[Path]:
    """All files below that can be read; says which kinds of sound cannot. Throws SystemExit where none can."""
    files = sorted(folder.rglob("*"))
    if skipped := [path for path in files if path.suffix.lower() in UNREADABLE]:
        kinds = Counter(path.suffix.lower() for path in skipped)
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        print(f"{folder}: skipped {counts}, the first of them {skipped[0].relative_to(folder)}; convert them, e.g. to FLAC")
    if not (readable := [path for path in files if path.suffix.lower() in SUFFIXES]):
        raise SystemExit(f"{folder}: no sound files that can be read; give a folder that holds some")
    return readable


def _identifier(name: str) -> str:
    """Of the recording of that path: without `+`, by which copies are named."""
    return name.rsplit(".", 1)[0].replace("/", "_").replace("+", "-")


def groups_of(names: list[str]) -> dict[str, str]:
    """The group of each recording, given by its path."""
    shared = len(Path(os.path.commonpath([Path("/") / Path(name).parent for name in names])).parts) - 1
    return {name: Path(name).parts[shared] for name in names}


def split_of(group: str, valid_share: float) -> str:
    """`train` or `valid`, the same for the same group whatever else there is."""
    return "valid" if _position(group) < valid_share else "train"


def splits_of(groups: set[str], valid_share: float, before: dict[str, str]) -> dict[str, str]:
    """The split of each group; that of `before` where it has one. There is one for training and one for validation even
    where chance would leave none.

    Throws SystemExit where there is but one group, which cannot be on both sides.
    """
    if len(groups) == 1:
        raise SystemExit(f"{min(groups)} alone leaves nothing to validate with; give recordings of at least two")
    splits = {group: before.get(group, split_of(group, valid_share)) for group in groups}
    if groups and "valid" not in splits.values():
        splits[min(groups, key=_position)] = "valid"
    if groups and "train" not in splits.values():
        splits[max(groups, key=_position)] = "train"
    return splits


def _splits_before(manifest: Path) -> dict[str, str]:
    """Of each group that was trained on or validated with when this data set was prepared last."""
    if not manifest.exists():
        return {}
    with open(manifest, newline="") as file:
        return {row["piece"]: row["split"] for row in csv.DictReader(file) if row["split"] != "test"}


def _position(group: str) -> float:
    return int(hashlib.sha1(group.encode()).hexdigest()[:8], 16) / 2**32


def _read_manifest(path: Path) -> dict[str, tuple[str, str]]:
    """Speaker and use of each path. Throws SystemExit where a column is missing that is needed."""
    with open(path, newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if missing := {"path", "speaker"} - set(rows.fieldnames or ()):
            raise SystemExit(f"{path}: has no column {min(missing)}; give a TSV with a header: path, speaker and perhaps use")
        return {row["path"]: (row["speaker"], row.get("use") or "train") for row in rows}
