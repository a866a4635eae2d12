"""How evenly a codec's codes are used on held-out sound: a level whose codes all occur alike uses its bits in full."""

from pathlib import Path

import numpy as np
import torch

from .codec import Codec
from .make_prompts import sound_files, spread
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

FILES, SECONDS = 60, 20  # of each data set


def codebook_use(codec: Codec, folders: dict[str, Path]) -> dict[str, dict]:
    """Frames counted and the share of its entropy that each level uses: of each data set, and of as much of each together."""
    codes = {name: folder_codes(codec, folder) for name, folder in folders.items()}
    if len(codes) > 1:
        frames = min(map(len, codes.values()))
        codes["together"] = np.concatenate([own[:frames] for own in codes.values()])
    size = codec.config.codebook_size
    return {name: {"frames": len(own), "shares": level_entropies(own, size)} for name, own in codes.items()}


def folder_codes(codec: Codec, folder: Path) -> np.ndarray:
    """Codes [frames, levels] of up to 20 minutes of a folder's sound."""
    codes = []
    for path in spread(sound_files(folder), FILES):
        sound = read_mono(path)[: SECONDS * SAMPLE_RATE]
        whole = len(sound) // codec.config.hop * codec.config.hop
        codes.append(codec.encode(torch.from_numpy(sound[:whole])[None])[0].numpy())
    return np.concatenate(codes)


def level_entropies(codes: np.ndarray, size: int) -> list[float]:
    """Entropy of each level of codes [frames, levels] over that of `size` codes used alike; low where frames are few."""
    entropies = []
    for level in codes.T:
        share = np.bincount(level) / len(level)
        share = share[share > 0]
        entropies.append(float(-(share * np.log2(share)).sum() / np.log2(size)))
    return entropies
