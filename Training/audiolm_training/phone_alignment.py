"""Which phone is spoken when: forced alignment of a transcript by PocketSphinx and its English models.

Two passes: words with their pronunciations, then the phones within them. Words that its dictionary lacks are spelt
out roughly, so that their neighbours fall into place, and stay unlabelled themselves.
"""

import re
from math import gcd

import numpy as np
import scipy.signal

PHONES = (
    "SIL AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
LETTERS = dict(
    zip("abcdefghijklmnopqrstuvwxyz",
        "AE B K D EH F G HH IH JH K L M N AA P K R S T AH V W K IY Z".split())
)  # fmt: skip
ALIGNER_RATE = 16_000
FRAME_SECONDS = 0.01
LEVEL = 0.1  # root mean square that the acoustic model hears


class PhoneAligner:
    """Aligns English utterances. Needs the package pocketsphinx, whose models it uses."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        # Means of the whole utterance, so that both passes see the same features.
        self._decoder = Decoder(lm=None, samprate=ALIGNER_RATE, cmn="batch", loglevel="FATAL")
        self._guessed: set[str] = set()
        for phone in PHONES[1:]:
            self._decoder.add_word(_word_of(phone), phone, phone == PHONES[-1])

    def align(self, sound: np.ndarray, rate: int, text: str) -> np.ndarray:
        """float32 [samples] and what is said in it -> [segments, 3]: start and end in seconds and index in PHONES.

        Stretches whose phone is not known have no segment; an utterance that does not fit its text has none at all.
        """
        words = re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower())
        for word in words:
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, self._pronunciation(word), True)
        pcm = _pcm(sound, rate)
        try:
            spoken = self._recognise(pcm, words)
        except RuntimeError:
            return np.zeros((0, 3), np.float32)
        try:
            return self._within_words(pcm)
        except RuntimeError:
            return self._phone_by_phone(pcm, spoken)

    def _pronunciation(self, word: str) -> str:
        """Of a word that the dictionary lacks: exact for a possessive, else letter by letter."""
        stem = self._decoder.lookup_word(word.removesuffix("'s")) if word.endswith("'s") else None
        if stem is not None:
            return f"{stem} Z"
        self._guessed.add(word)
        letters = re.sub(r"(.)\1", r"\1", word.replace("'", ""))
        return " ".join(LETTERS[letter] for letter in letters)

    def _recognise(self, pcm: bytes, words: list[str]) -> list[str]:
        """Aligns a sequence of words; gives the words with the numbers of their pronunciations, pauses left out.

        Throws RuntimeError where the words do not fit the sound.
        """
        self._decoder.set_align_text(" ".join(words))
        self._decode(pcm)
        if (segments := self._decoder.seg()) is None:
            raise RuntimeError("no alignment")
        return [segment.word for segment in segments if segment.word[0] not in "<["]

    def _decode(self, pcm: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()

    def _within_words(self, pcm: bytes) -> np.ndarray:
        """Phones of the words just aligned. Throws RuntimeError where the beam loses them."""
        self._decoder.set_alignment()
        self._decode(pcm)
        segments = [
            (phone.start, phone.start + phone.duration, PHONES.index(phone.name))
            for word in self._decoder.get_alignment() if _base(word.name) not in self._guessed
            for phone in word if phone.name in PHONES
        ]  # fmt: skip
        return _in_seconds(segments)

    def _phone_by_phone(self, pcm: bytes, spoken: list[str]) -> np.ndarray:
        """The same with every phone as a word of its own, which never fails but knows less of its neighbours."""
        phones, known = [], []
        for word in spoken:
            pronunciation = self._decoder.lookup_word(word).split()
            phones += pronunciation
            known += [_base(word) not in self._guessed] * len(pronunciation)
        try:
            self._recognise(pcm, [_word_of(phone) for phone in phones])
        except RuntimeError:
            return np.zeros((0, 3), np.float32)
        segments, position = [], 0
        for segment in self._decoder.seg():
            frames = segment.start_frame, segment.end_frame + 1
            if segment.word.startswith("_"):
                if known[position]:
                    segments.append((*frames, PHONES.index(phones[position])))
                position += 1
            elif segment.word == "<sil>":
                segments.append((*frames, 0))
        return _in_seconds(segments)


def _word_of(phone: str) -> str:
    return f"_{phone.lower()}"


def _base(word: str) -> str:
    """A word without the number of its pronunciation: `the(2)` is `the`."""
    return word.partition("(")[0]


def _in_seconds(segments: list[tuple[int, int, int]]) -> np.ndarray:
    segments = np.array(segments, np.float32).reshape(-1, 3)
    return segments * np.array([FRAME_SECONDS, FRAME_SECONDS, 1], np.float32)


def _pcm(sound: np.ndarray, rate: int) -> bytes:
    if rate != ALIGNER_RATE:
        divisor = gcd(rate, ALIGNER_RATE)
        sound = scipy.signal.resample_poly(sound, ALIGNER_RATE // divisor, rate // divisor)
    sound = sound * (LEVEL / (np.sqrt(np.mean(sound**2)) + 1e-9))
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
