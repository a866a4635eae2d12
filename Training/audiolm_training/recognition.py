"""Words that an offline recogniser hears in a sound, and how many of them are wrong."""

import re

import numpy as np

from .codec_metrics import WIDE_BAND, resampled


class Recogniser:
    """PocketSphinx with the English models of its package. Each sound is heard by itself, whatever came before."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=WIDE_BAND, cmn="batch", loglevel="FATAL")

    def words(self, sound: np.ndarray) -> list[str]:
        """The words heard in 24 kHz sound [samples]."""
        pcm = (np.clip(resampled(sound, WIDE_BAND), -1, 1) * 32767).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), full_utt=True)
        self._decoder.end_utt()
        heard = self._decoder.hyp()
        return words(heard.hypstr) if heard else []


def words(text: str) -> list[str]:
    """Lower-case words of letters and apostrophes."""
    return re.findall(r"[a-z']+", text.lower())


def word_errors(said: list[str], heard: list[str]) -> int:
    """The fewest words to insert, leave out or replace that make `heard` of `said`."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, 1):
        before, row[0] = row[0], count
        for column, other in enumerate(heard, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (word != other))
    return row[-1]
