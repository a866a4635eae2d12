"""Rendered recordings on disk: memory-mapped sound and the notes that made it."""

import csv
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SAMPLE_RATE = 24_000


@dataclass(frozen=True)
class Recording:
    identifier: str
    split: str
    piece: str
    instrument: str
    wav: Path

    def samples(self) -> np.ndarray:
        """All samples, int16, mapped and not read. Throws ValueError unless 24 kHz mono 16-bit PCM."""
        offset, length = data_chunk(self.wav)
        return np.memmap(self.wav, "<i2", "r", offset, (length // 2,))

    def notes(self) -> np.ndarray:
        """[notes, 4]: onset and end of sounding in seconds, MIDI key, velocity; by onset."""
        notes = np.load(self.wav.with_suffix(".notes.npy")).astype(np.float32).reshape(-1, 4)
        return notes[np.argsort(notes[:, 0], kind="stable")]


def data_chunk(wav: Path) -> tuple[int, int]:
    """Byte offset and length of the sample data of a WAV file."""
    size = wav.stat().st_size
    with open(wav, "rb") as file:
        if file.read(4) != b"RIFF":
            raise ValueError(f"{wav} is not a WAV file")
        file.seek(12)
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", header)
            if name == b"data":
                return file.tell(), min(length, size - file.tell()) & ~1
            body = file.read(length + length % 2)
            if name == b"fmt " and struct.unpack("<HHIIHH", body[:16])[:3] != (1, 1, SAMPLE_RATE):
                raise ValueError(f"{wav} is not 24 kHz mono PCM")
    raise ValueError(f"{wav} has no data chunk")


def find(
    folder: Path, splits: tuple[str, ...] = ("train", "valid", "test"), *, labelled: bool = False
) -> list[Recording]:
    """The finished recordings that `folder/manifest.csv` names; with `labelled` only those whose notes are known."""
    manifest = folder / "manifest.csv"
    if not manifest.exists():
        return []
    found = {}
    with open(manifest, newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] not in splits or not row.get("tempo"):
                continue  # another split, or a line that is still being written
            wav = folder / row["split"] / f"{row['id']}.wav"
            if wav.exists() and (not labelled or wav.with_suffix(".notes.npy").exists()):
                found[row["id"]] = Recording(row["id"], row["split"], row["piece"], row["instrument"], wav)
    return list(found.values())
