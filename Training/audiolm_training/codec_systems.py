"""What codes the excerpts: the codec in PyTorch or by the built command, and Opus. Each gives back the sound and what it cost."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import torch

from .codec import Codec
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

LEVEL_BITS_PER_SECOND = 500  # 50 frames a second, 1024 codes
LEVELS = (12, 6, 3)
OPUS_RATES = (6, 8, 12, 24)

# Mono sound [samples] to decoded sound [samples] and its bits per second.
System = Callable[[np.ndarray], tuple[np.ndarray, float]]


def opus(kilobits: int) -> System:
    """Opus by `opusenc --bitrate`; its cost is that of the whole Ogg file, headers and all."""

    def through(sound: np.ndarray) -> tuple[np.ndarray, float]:
        with tempfile.TemporaryDirectory() as folder:
            source, coded, decoded = (Path(folder) / name for name in ("in.wav", "coded.opus", "out.wav"))
            soundfile.write(source, sound, SAMPLE_RATE, "PCM_16")
            _call(["opusenc", "--quiet", "--bitrate", str(kilobits), str(source), str(coded)])
            _call(["opusdec", "--quiet", "--rate", str(SAMPLE_RATE), str(coded), str(decoded)])
            return fitted(read_mono(decoded), len(sound)), coded.stat().st_size * 8 * SAMPLE_RATE / len(sound)

    return through


def torch_codec(codec: Codec) -> dict[str, System]:
    """A codec in PyTorch at each number of levels."""

    def at(levels: int) -> System:
        def through(sound: np.ndarray) -> tuple[np.ndarray, float]:
            decoded = codec.reconstruct(torch.from_numpy(sound)[None], levels)[0].numpy()
            return decoded, levels * LEVEL_BITS_PER_SECOND

        return through

    return {f"ours, {levels} levels": at(levels) for levels in LEVELS}


def command_codec(command: list[str], bundle: Path) -> dict[str, System]:
    """A codec's bundle as the built command runs it, by `encode` and `decode`; the cost is that of the whole file."""
    options = ["--quiet", "--model", str(bundle)]

    def at(levels: int) -> System:
        kilobits = f"{levels * LEVEL_BITS_PER_SECOND / 1000:g}"

        def through(sound: np.ndarray) -> tuple[np.ndarray, float]:
            with tempfile.TemporaryDirectory() as folder:
                source, coded, decoded = (Path(folder) / name for name in ("in.wav", "in.alm", "out.wav"))
                soundfile.write(source, sound, SAMPLE_RATE, "PCM_16")
                _call([*command, "encode", str(source), "--bitrate", kilobits, "-o", str(coded), *options])
                _call([*command, "decode", str(coded), "-o", str(decoded), *options])
                return fitted(read_mono(decoded), len(sound)), coded.stat().st_size * 8 * SAMPLE_RATE / len(sound)

        return through

    return {f"ours, {levels} levels": at(levels) for levels in LEVELS}


def fitted(sound: np.ndarray, samples: int) -> np.ndarray:
    """Cut, or filled with silence, to `samples`."""
    return np.pad(sound[:samples], (0, max(0, samples - len(sound))))


def _call(words: list[str]) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"{words[0]}: not found; install it (opusenc and opusdec are in opus-tools)") from None
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()}")
