"""Recordings on disk: memory-mapped sound and, beside it, what is heard when."""

import csv
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SAMPLE_RATE = 24_000
SAMPLES_PER_FRAME = 480  # of acoustic tokens


@dataclass(frozen=True)
class Recording:
    identifier: str
    split: str
    piece: str
    source: str  # which instrument or speaker
    wav: Path

    def samples(self) -> np.ndarray:
        """All samples, int16, mapped and not read. Throws ValueError unless 24 kHz mono 16-bit PCM."""
        offset, length = data_chunk(self.wav)
        return np.memmap(self.wav, "<i2", "r", offset, (length // 2,))

    def labels(self, suffix: str) -> np.ndarray:
        """The array beside the sound, [labels, columns], by its first column, the time; empty where there is none."""
        path = self.labels_path(suffix)
        if not path.exists():
            return np.zeros((0, 4), np.float32)
        labels = np.load(path).astype(np.float32)
        return labels[np.argsort(labels[:, 0], kind="stable")]

    def labels_path(self, suffix: str) -> Path:
        return self.wav.with_name(self.wav.stem + suffix)


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
    folder: Path, splits: tuple[str, ...] = ("train", "valid", "test"), *, labelled: str | None = None
) -> list[Recording]:
    """The finished recordings that `folder/manifest.csv` names; only those with labels of the suffix `labelled`, if given."""
    manifest = folder / "manifest.csv"
    if not manifest.exists():
        return []
    found = {}
    with open(manifest, newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] not in splits or not row.get("tempo"):
                continue  # another split, or a line that is still being written
            wav = folder / row["split"] / f"{row['id']}.wav"
            recording = Recording(row["id"], row["split"], row["piece"], row["instrument"], wav)
            if wav.exists() and (not labelled or recording.labels_path(labelled).exists()):
                found[row["split"], row["id"]] = recording
    return list(found.values())
