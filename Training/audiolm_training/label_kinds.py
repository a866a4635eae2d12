"""What recordings can be labelled with, which decides the encoder's third loss and how its tokens are judged."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import nn

from . import note_labels, phone_labels


@dataclass(frozen=True)
class LabelKind:
    suffix: str  # of the file beside a recording's sound
    required: bool  # of every recording that the encoder trains on
    targets: Callable[[np.ndarray, float, int, float], dict[str, np.ndarray]]  # as `note_rolls`
    head: type[nn.Module]
    probe: Callable[..., dict[str, float]]


KINDS = {
    "notes": LabelKind(".notes.npy", True, note_labels.note_rolls, note_labels.NoteHead, note_labels.probe),
    "phones": LabelKind(".phones.npy", False, phone_labels.phone_frames, phone_labels.PhoneHead, phone_labels.probe),
}
