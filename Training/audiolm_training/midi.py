"""Piano notes from MIDI files: keys, velocities and how long each string rings under the pedal."""

from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

LOWEST_KEY, HIGHEST_KEY = 21, 108
PEDAL_DOWN = 64


@dataclass(frozen=True)
class Note:
    onset: float  # seconds
    release: float  # seconds: damper falls (key and pedal both up, or the key is struck again)
    key: int  # MIDI note number
    velocity: int  # 1-127


def read_notes(path: Path) -> list[Note]:
    """The notes of a MIDI file in order of onset, with CC64 extending each to the pedal's release."""
    notes: list[Note] = []
    held: dict[int, tuple[float, int]] = {}  # key down: onset, velocity
    ringing: dict[int, tuple[float, int]] = {}  # key up, pedal down
    pedal = False
    time = 0.0

    def end(key: int, sounding: tuple[float, int]) -> None:
        onset, velocity = sounding
        if time > onset and LOWEST_KEY <= key <= HIGHEST_KEY:
            notes.append(Note(onset, time, key, velocity))

    for message in mido.MidiFile(path, clip=True):
        time += message.time
        if message.type == "note_on" and message.velocity > 0:
            for sounding in (ringing.pop(message.note, None), held.pop(message.note, None)):
                if sounding:
                    end(message.note, sounding)
            held[message.note] = (time, message.velocity)
        elif message.type in ("note_off", "note_on"):
            sounding = held.pop(message.note, None)
            if sounding and pedal:
                ringing[message.note] = sounding
            elif sounding:
                end(message.note, sounding)
        elif message.type == "control_change" and message.control == 64:
            pedal = message.value >= PEDAL_DOWN
            if not pedal:
                for key, sounding in ringing.items():
                    end(key, sounding)
                ringing.clear()
    for still in (held, ringing):
        for key, sounding in still.items():
            end(key, sounding)
    return sorted(notes, key=lambda note: (note.onset, note.key))


def transform(notes: list[Note], transpose: int, tempo: float) -> list[Note]:
    """Transposed by semitones (keys that leave the keyboard are dropped) and played `tempo` times as fast."""
    return [
        Note(note.onset / tempo, note.release / tempo, note.key + transpose, note.velocity)
        for note in notes
        if LOWEST_KEY <= note.key + transpose <= HIGHEST_KEY
    ]


def excerpt(notes: list[Note], start: float, seconds: float) -> list[Note]:
    """The notes that set in within `seconds` from `start` on, in time from there."""
    return [
        Note(note.onset - start, min(note.release - start, seconds), note.key, note.velocity)
        for note in notes
        if start <= note.onset < start + seconds
    ]


def to_array(notes: list[Note]) -> np.ndarray:
    """float32 [notes, 4]: onset and release in seconds, MIDI key, velocity."""
    rows = [(note.onset, note.release, note.key, note.velocity) for note in notes]
    return np.array(rows, np.float32).reshape(-1, 4)
