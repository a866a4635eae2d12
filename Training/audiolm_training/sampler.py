"""A sampled piano: plays notes with the recorded strings of an instrument folder (`piano.json`)."""

import json
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal
import soundfile

from .midi import Note

SAMPLE_RATE = 24_000
LONGEST_STRING = 12  # seconds


class SampledPiano:
    """Regions of recorded notes by key and velocity, resampled to each key on first use."""

    def __init__(self, folder: Path):
        description = json.loads((folder / "piano.json").read_text())
        self.name = folder.name
        self._folder = folder
        self._regions = [region for region in description["regions"] if region.get("kind", "note") == "note"]
        self._velocity_tracking = description.get("amp_veltrack", 100) / 100
        self._recordings: dict[str, tuple[np.ndarray, int]] = {}
        self._strings: dict[tuple[str, int], tuple[np.ndarray, float]] = {}
        self._choices: dict[tuple[int, int], dict] = {}

    def play(self, notes: list[Note], tail: float = 2.0) -> np.ndarray:
        """float32 [samples] at 24 kHz, not yet set to any level; `tail` seconds follow the last release."""
        length = max((note.release for note in notes), default=0.0) + tail
        out = np.zeros(int(length * SAMPLE_RATE), np.float32)
        for note in notes:
            self._add(note, out)
        return out

    def _add(self, note: Note, out: np.ndarray) -> None:
        region = self._region(note.key, note.velocity)
        string, scale = self._string(region, note.key)
        start = int(note.onset * SAMPLE_RATE)
        held = int((note.release - note.onset) * SAMPLE_RATE)
        release = region.get("release", 0.3)
        damped = int(release * SAMPLE_RATE)
        length = min(len(string), held + damped, len(out) - start)
        if length <= 0:
            return
        tracking = self._velocity_tracking
        gain = 10 ** (region["volume_db"] / 20) * (1 - tracking + tracking * (note.velocity / 127) ** 2)
        sound = string[:length] * np.float32(gain * scale)
        if length > held:
            # -60 dB at the end of the release.
            decay = np.arange(length - held, dtype=np.float32) * np.float32(-6.9 / damped)
            sound[held:] *= np.exp(decay)
        out[start : start + length] += sound

    def _region(self, key: int, velocity: int) -> dict:
        if (key, velocity) not in self._choices:
            self._choices[key, velocity] = self._nearest_region(key, velocity)
        return self._choices[key, velocity]

    def _nearest_region(self, key: int, velocity: int) -> dict:
        def distance(region: dict) -> tuple[int, int]:
            def outside(value: int, low: int, high: int) -> int:
                return max(low - value, value - high, 0)

            return (
                outside(key, region["lokey"], region["hikey"]),
                outside(velocity, region["lovel"], region["hivel"]),
            )

        return min(self._regions, key=distance)

    def _string(self, region: dict, key: int) -> tuple[np.ndarray, float]:
        """int16 samples (a float32 cache of five pianos would not fit a small machine) and their scale."""
        name = region["sample"]
        if (name, key) not in self._strings:
            recording, rate = self._recording(name)
            recording = recording[: LONGEST_STRING * rate]
            ratio = SAMPLE_RATE / rate / 2 ** ((key - region["key"]) / 12)
            padded = np.pad(recording, (0, scipy.fft.next_fast_len(len(recording) + 512) - len(recording)))
            string = scipy.signal.resample(padded, round(len(padded) * ratio))
            string = string[: int(len(recording) * ratio)]
            scale = float(np.abs(string).max() + 1e-9) / 32767
            self._strings[name, key] = np.round(string / scale).astype(np.int16), scale
        return self._strings[name, key]

    def _recording(self, name: str) -> tuple[np.ndarray, int]:
        if name not in self._recordings:
            self._recordings[name] = soundfile.read(self._folder / name, dtype="float32")
        return self._recordings[name]
