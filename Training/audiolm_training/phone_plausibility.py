"""How much like speech sound is: the phones that a tokenizer hears in it, under an n-gram of those of recordings."""

import numpy as np
import torch

from .features import FRAME_SAMPLES
from .labelled_recordings import Recording
from .phone_alignment import PHONES
from .phone_labels import UNKNOWN, phone_frames
from .precision import mixed_precision
from .semantic_tokenizer import SemanticTokenizer
from .token_statistics import without_repeats

ORDER, DISCOUNT = 4, 0.75


class PhoneModel:
    """An n-gram with absolute discounting, interpolated with those of lower orders."""

    def __init__(self, sequences: list[np.ndarray]) -> None:
        """Counts phones [phones] of each recording; throws ValueError where there are none."""
        self.counts: list[dict[tuple, np.ndarray]] = [{} for _ in range(ORDER)]
        for phones in sequences:
            said = phones.tolist()
            for place, phone in enumerate(said):
                for order in range(min(place + 1, ORDER)):
                    past = tuple(said[place - order : place])
                    self.counts[order].setdefault(past, np.zeros(len(PHONES)))[phone] += 1
        if not self.counts[0]:
            raise ValueError("no recording has phones; align some with prepare-speech")

    def bits(self, phones: np.ndarray) -> np.ndarray:
        """Of each phone but the first, given those before it. phones [phones] -> [phones - 1]"""
        said = phones.tolist()
        return np.array([-np.log2(self._chances(said[max(0, place - ORDER + 1) : place])[said[place]])
                         for place in range(1, len(said))])  # fmt: skip

    def _chances(self, past: list[int]) -> np.ndarray:
        chances = np.full(len(PHONES), 1 / len(PHONES))
        for order in range(len(past) + 1):
            counts = self.counts[order].get(tuple(past[len(past) - order :]))
            if counts is None:
                break
            spared = DISCOUNT * np.count_nonzero(counts)
            chances = (np.maximum(counts - DISCOUNT, 0) + spared * chances) / counts.sum()
        return chances


def aligned_phones(recording: Recording) -> np.ndarray:
    """Of a recording, as often as a tokenizer hears them, repeats and what is not known left out: [phones]."""
    frames = len(recording.samples()) // FRAME_SAMPLES
    phones = phone_frames(recording.labels(".phones.npy"), 0.0, frames)["phone"]
    return without_repeats(phones[phones != UNKNOWN])


def heard_phones(tokenizer: SemanticTokenizer, sound: np.ndarray) -> np.ndarray:
    """The likeliest phone of each frame of sound [samples] by the tokenizer's phone logits, repeats left out: [phones].

    Throws ValueError where the tokenizer has none.
    """
    if tokenizer.configuration.summary_width <= len(PHONES):
        raise ValueError("the bundle's tokenizer has no phone head; give one that was trained with `labels: phones`")
    with mixed_precision("cpu"):
        logits = tokenizer.heard(torch.from_numpy(sound))[:, -len(PHONES) :]
    return without_repeats(logits.argmax(1).numpy())


def plausibility(model: PhoneModel, tokenizer: SemanticTokenizer, sounds: list[np.ndarray], sample_rate: int) -> dict:
    """Mean bits of the phones heard in all sounds, of the same in any order, and how many are heard a second."""
    rng = np.random.default_rng(0)
    heard = [heard_phones(tokenizer, sound) for sound in sounds]

    def mean(sequences: list[np.ndarray]) -> float:
        bits = np.concatenate([model.bits(phones) for phones in sequences])
        return float(bits.mean()) if len(bits) else 0.0

    return {"bits_of_a_phone": mean(heard),
            "bits_in_any_order": mean([without_repeats(rng.permutation(phones)) for phones in heard]),
            "phones_a_second": sum(map(len, heard)) / (sum(map(len, sounds)) / sample_rate)}  # fmt: skip
