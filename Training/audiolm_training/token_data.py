"""Token files of one corpus, and random or consecutive crops of them.

`tokens/semantic/<split>/<id>.npy` holds uint16 [tokens] at 25 Hz, `tokens/acoustic/<split>/<id>.npy` uint16
[frames, levels] at 50 Hz. Semantic token s covers the codec frames 2 s and 2 s + 1.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

FRAMES_PER_SEMANTIC_TOKEN = 2


@dataclass(frozen=True)
class TokenPiece:
    """One recording's tokens; what a stage does not need is None."""

    identifier: str
    semantic: np.ndarray | None
    acoustic: np.ndarray | None

    @property
    def frames(self) -> int:
        """Codec frames for which every present kind has tokens, a multiple of the frames of a semantic token."""
        lengths = []
        if self.semantic is not None:
            lengths.append(len(self.semantic) * FRAMES_PER_SEMANTIC_TOKEN)
        if self.acoustic is not None:
            lengths.append(len(self.acoustic))
        return min(lengths) // FRAMES_PER_SEMANTIC_TOKEN * FRAMES_PER_SEMANTIC_TOKEN

    def crop(self, start: int, frames: int) -> dict[str, np.ndarray]:
        """Tokens of the codec frames from `start` on, which is a multiple of a semantic token's frames."""
        ratio = FRAMES_PER_SEMANTIC_TOKEN
        crop = {}
        if self.semantic is not None:
            crop["semantic"] = self.semantic[start // ratio : (start + frames) // ratio].astype(np.int64)
        if self.acoustic is not None:
            crop["acoustic"] = self.acoustic[start : start + frames].astype(np.int64)
        return crop


def save(path: Path, tokens: np.ndarray) -> None:
    """Writes a token file, which appears under its name only once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        np.save(file, tokens)
    partial.rename(path)


def load_pieces(folder: Path, split: str, kinds: tuple[str, ...]) -> list[TokenPiece]:
    """The pieces of `split` that have a file of every one of `kinds` ("semantic", "acoustic").

    Acoustic tokens of a copy, `<id>+1`, go with the semantic tokens of `<id>`.
    """
    stems = {kind: {path.stem for path in (folder / kind / split).glob("*.npy")} for kind in kinds}
    pieces = []
    for name in sorted(stems[kinds[-1]]):
        stem = {kind: name if kind == kinds[-1] else name.split("+")[0] for kind in kinds}
        if any(stem[kind] not in stems[kind] for kind in kinds):
            continue
        arrays = {kind: np.load(folder / kind / split / f"{stem[kind]}.npy") for kind in kinds}
        pieces.append(TokenPiece(name, arrays.get("semantic"), arrays.get("acoustic")))
    if not pieces:
        raise FileNotFoundError(f"no {' and '.join(kinds)} token files of split {split!r} in {folder}")
    return pieces


def load_codebooks(folder: Path, kinds: tuple[str, ...]) -> Tensor | None:
    """The vectors of the acoustic tokens [levels, codes, dim]; none for stages that see no acoustic tokens."""
    path = folder / "acoustic" / "codebooks.npy"
    if "acoustic" not in kinds or not path.exists():
        return None
    return torch.from_numpy(np.load(path))


def batch_of(crops: list[dict[str, np.ndarray]]) -> dict[str, Tensor]:
    return {key: torch.from_numpy(np.stack([crop[key] for crop in crops])) for key in crops[0]}


class RandomCrops:
    """Endless batches of crops of `frames` codec frames, every position of the corpus equally likely."""

    def __init__(self, pieces: list[TokenPiece], frames: int, batch_size: int, seed: int):
        self.pieces = [piece for piece in pieces if piece.frames >= frames]
        if not self.pieces:
            raise ValueError(f"no piece has {frames} codec frames")
        self.frames, self.batch_size = frames, batch_size
        self.random = np.random.default_rng(seed)
        lengths = np.array([piece.frames - frames + 1 for piece in self.pieces], dtype=np.float64)
        self.probabilities = lengths / lengths.sum()

    def next(self) -> dict[str, Tensor]:
        ratio = FRAMES_PER_SEMANTIC_TOKEN
        crops = []
        for index in self.random.choice(len(self.pieces), self.batch_size, p=self.probabilities):
            piece = self.pieces[index]
            start = int(self.random.integers((piece.frames - self.frames) // ratio + 1)) * ratio
            crops.append(piece.crop(start, self.frames))
        return batch_of(crops)


def consecutive_crops(pieces: list[TokenPiece], frames: int, limit: int | None = None) -> list[dict[str, np.ndarray]]:
    """Crops that do not overlap, spread over all pieces; `limit` keeps that many, evenly chosen."""
    crops = [piece.crop(start, frames)
             for piece in pieces for start in range(0, piece.frames - frames + 1, frames)]
    if limit is None or len(crops) <= limit:
        return crops
    return [crops[i] for i in np.linspace(0, len(crops) - 1, limit).round().astype(int)]
