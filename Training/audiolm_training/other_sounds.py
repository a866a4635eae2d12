"""Sounds that are neither piano nor speech: noises and electronic tones, made up, and instruments of a SoundFont."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import scipy.signal
import soundfile

from .midi import Note
from .room import background_noise

SAMPLE_RATE = 24_000
SECTION, PAUSE = 20.0, 2.0  # seconds of each instrument, and between them
TICKS = 1000  # a second, at the tempo that files without one have
PROGRAMS = range(8, 120)  # of General MIDI: all that are no keyboards, and no effects
DRUMS = 128  # stands for the channel of drums


def noises(rng: np.random.Generator) -> np.ndarray:
    """Steady, gated or slowly swelling noise of some colour."""
    sound = background_noise(int(SECTION * SAMPLE_RATE), rng)
    if rng.random() < 0.5:
        low = rng.uniform(50, 3000)
        band = (low, min(low * rng.uniform(1.5, 20), 11_900))
        sound = scipy.signal.sosfilt(scipy.signal.butter(2, band, "bandpass", fs=SAMPLE_RATE, output="sos"), sound)
    return sound * _envelope(len(sound), rng)


def tones(rng: np.random.Generator) -> np.ndarray:
    """Sine, saw or square waves, steady, gliding or in random steps, of one to four voices."""
    length = int(SECTION * SAMPLE_RATE)
    sound = np.zeros(length)
    for _ in range(rng.integers(1, 5)):
        steps = np.repeat(rng.uniform(-24, 24, 400), int(rng.uniform(0.05, 1.0) * SAMPLE_RATE))[:length]
        steps = np.resize(steps, length) * rng.choice([0, 1])
        glide = rng.uniform(-12, 12) * np.sin(2 * np.pi * rng.uniform(0.02, 6) * np.arange(length) / SAMPLE_RATE)
        frequency = rng.uniform(60, 1500) * 2 ** ((steps + glide * rng.choice([0, 0.1, 1])) / 12)
        phase = 2 * np.pi * np.cumsum(frequency) / SAMPLE_RATE
        wave = rng.choice(("sine", "saw", "square"))
        sound += {"sine": np.sin, "saw": scipy.signal.sawtooth, "square": scipy.signal.square}[wave](phase)
    return sound * _envelope(length, rng)


def clicks(rng: np.random.Generator) -> np.ndarray:
    """Short noise bursts or resonances, regular or at random."""
    length = int(SECTION * SAMPLE_RATE)
    rate = rng.uniform(1, 60)
    regular = rng.random() < 0.5
    times = np.arange(0, SECTION, 1 / rate) if regular else rng.uniform(0, SECTION, int(rate * SECTION))
    impulses = np.zeros(length)
    impulses[np.minimum((times * SAMPLE_RATE).astype(int), length - 1)] = rng.uniform(0.2, 1, len(times))
    decay = int(rng.uniform(0.003, 0.1) * SAMPLE_RATE)
    response = rng.standard_normal(decay) if rng.random() < 0.5 else np.sin(rng.uniform(0.05, 2) * np.arange(decay))
    return scipy.signal.oaconvolve(impulses, response * np.exp(-5 * np.arange(decay) / decay))[:length]


SYNTHETIC = {"noises": noises, "tones": tones, "clicks": clicks}


def _envelope(length: int, rng: np.random.Generator) -> np.ndarray:
    """Steady, a slow swell, or on and off. [samples]"""
    kind = rng.integers(0, 3)
    if kind == 0:
        return np.ones(length)
    wave = np.sin(2 * np.pi * rng.uniform(0.1, 6) * np.arange(length) / SAMPLE_RATE)
    return 0.55 + 0.45 * wave if kind == 1 else np.clip(20 * wave, 0, 1)


def instruments(
    soundfont: Path, programs: list[int], pieces: list[list[Note]], rng: np.random.Generator
) -> Iterator[tuple[int, np.ndarray]]:
    """Each program, playing a random stretch of one of the pieces, in one run of FluidSynth: [samples] each."""
    with tempfile.TemporaryDirectory() as folder:
        score, wav = Path(folder) / "score.mid", Path(folder) / "score.wav"
        _score(programs, pieces, rng).save(score)
        subprocess.run(["fluidsynth", "-ni", "-F", wav, "-r", str(SAMPLE_RATE), "-g", "0.4", soundfont, score],
                       check=True, capture_output=True)  # fmt: skip
        sound = soundfile.read(wav, dtype="float32")[0].mean(1)
    for number, program in enumerate(programs):
        start = int(number * (SECTION + PAUSE) * SAMPLE_RATE)
        yield program, sound[start : start + int(SECTION * SAMPLE_RATE)]


def _score(programs: list[int], pieces: list[list[Note]], rng: np.random.Generator) -> mido.MidiFile:
    events: list[tuple[float, int, mido.Message]] = []
    for number, program in enumerate(programs):
        begin = number * (SECTION + PAUSE)
        channel = 9 if program == DRUMS else 0
        events.append((begin, 0, mido.Message("program_change", channel=channel, program=program % 128)))
        piece = pieces[rng.integers(len(pieces))]
        first = rng.uniform(0, max(piece[-1].onset - SECTION, 0))
        thinned = rng.uniform(0.3, 1.0)
        for note in piece:
            onset = note.onset - first
            if not 0 <= onset < SECTION or rng.random() > thinned:
                continue
            key = int(rng.integers(35, 60)) if program == DRUMS else note.key
            end = min(note.release - first, SECTION)
            events.append((begin + onset, 2, mido.Message("note_on", channel=channel, note=key, velocity=note.velocity)))
            events.append((begin + end, 1, mido.Message("note_off", channel=channel, note=key)))
    track, time = mido.MidiTrack(), 0
    for seconds, _, message in sorted(events, key=lambda event: event[:2]):
        ticks = round(seconds * TICKS)
        track.append(message.copy(time=ticks - time))
        time = ticks
    return mido.MidiFile(ticks_per_beat=TICKS // 2, tracks=[track])
