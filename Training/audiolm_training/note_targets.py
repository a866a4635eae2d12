"""Note lists as targets for each semantic frame."""

import numpy as np

KEYS = 88
LOWEST_KEY = 21  # MIDI
FRAME_RATE = 25


def note_rolls(notes: np.ndarray, start: float, frames: int, stretch: float = 1.0) -> dict[str, np.ndarray]:
    """What sounds in each of `frames` frames from `start` seconds on. Each [frames, outputs], float32 zeros and ones.

    notes [notes, 4] ordered by onset. With `stretch` the crop's clock runs at that multiple of the recording's.
    """
    active = np.zeros((frames, KEYS), np.float32)
    onset = np.zeros((frames, KEYS), np.float32)
    duration = frames / FRAME_RATE / stretch
    near = notes[: np.searchsorted(notes[:, 0], start + duration)]
    near = near[near[:, 1] > start]
    for begin, end, key, _ in near:
        key = int(key) - LOWEST_KEY
        if not 0 <= key < KEYS:
            continue
        first = int(np.floor((begin - start) * stretch * FRAME_RATE))
        last = int(np.ceil((end - start) * stretch * FRAME_RATE))
        active[max(first, 0) : max(last, first + 1, 1), key] = 1
        if 0 <= first < frames:
            onset[first, key] = 1
    return {
        "active": active,
        "onset": onset,
        "pitch_class": pitch_classes(active),
        "any_onset": onset.max(1, keepdims=True),
    }


def pitch_classes(active: np.ndarray) -> np.ndarray:
    """[frames, 88] keys -> [frames, 12], class 0 being C."""
    classes = np.zeros((len(active), 12), np.float32)
    for key in range(KEYS):
        np.maximum(classes[:, (key + LOWEST_KEY) % 12], active[:, key], out=classes[:, (key + LOWEST_KEY) % 12])
    return classes
