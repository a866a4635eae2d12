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
SHORTEST_REFERENCE = 50


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

    def reference(self, crop_start: int, crop_frames: int, frames: int, random: np.random.Generator) -> np.ndarray:
        """Acoustic tokens [frames, levels] of elsewhere in the recording, for how it sounds.

        Repeated where there are fewer; the crop's own where the recording has no second more.
        """
        gaps = [(start, end) for start, end in ((0, crop_start), (crop_start + crop_frames, self.frames))
                if end - start >= SHORTEST_REFERENCE] or [(crop_start, crop_start + crop_frames)]
        start, end = gaps[random.choice(len(gaps), p=np.diff(gaps)[:, 0] / np.diff(gaps).sum())]
        start += int(random.integers(max(end - start - frames, 0) + 1))
        return np.resize(self.acoustic[start : min(start + frames, end)], (frames, self.acoustic.shape[1])).astype(np.int64)


def save(path: Path, tokens: np.ndarray) -> None:
    """Writes a token file, which appears under its name only once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        np.save(file, tokens)
    partial.rename(path)


def load_pieces(folder: Path, split: str, kinds: tuple[str, ...]) -> list[TokenPiece]:
    """The pieces of `split` that have a file of every one of `kinds` ("semantic", "acoustic").

    Acoustic tokens of a copy, `<id>+1`, go with the semantic tokens of `<id>` where it has none of its own.
    """
    stems = {kind: {path.stem for path in (folder / kind / split).glob("*.npy")} for kind in kinds}
    pieces = []
    for name in sorted(stems[kinds[-1]]):
        stem = {kind: name if name in stems[kind] else name.split("+")[0] for kind in kinds}
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
    """Endless batches of crops of `frames` codec frames, every position of the corpus equally likely.

    Where `reference_frames` is not 0 each has a `reference` of a second to so many frames, all of a batch as long.
    """

    def __init__(self, pieces: list[TokenPiece], frames: int, batch_size: int, seed: int, reference_frames: int = 0):
        self.pieces = [piece for piece in pieces if piece.frames >= frames]
        if not self.pieces:
            raise ValueError(f"no piece has {frames} codec frames")
        self.frames, self.batch_size, self.reference_frames = frames, batch_size, reference_frames
        self.random = np.random.default_rng(seed)
        lengths = np.array([piece.frames - frames + 1 for piece in self.pieces], dtype=np.float64)
        self.probabilities = lengths / lengths.sum()

    def next(self) -> dict[str, Tensor]:
        ratio = FRAMES_PER_SEMANTIC_TOKEN
        crops = []
        reference = int(self.random.integers(SHORTEST_REFERENCE, self.reference_frames + 1)) if self.reference_frames else 0
        for index in self.random.choice(len(self.pieces), self.batch_size, p=self.probabilities):
            piece = self.pieces[index]
            start = int(self.random.integers((piece.frames - self.frames) // ratio + 1)) * ratio
            crops.append(_crop(piece, start, self.frames, reference, self.random))
        return batch_of(crops)


def consecutive_crops(
    pieces: list[TokenPiece], frames: int, limit: int | None = None, reference_frames: int = 0
) -> list[dict[str, np.ndarray]]:
    """Crops that do not overlap, spread over all pieces; `limit` keeps that many, evenly chosen.

    Where `reference_frames` is not 0 each has a `reference` of so many frames.
    """
    places = [(piece, start) for piece in pieces for start in range(0, piece.frames - frames + 1, frames)]
    if limit is not None and len(places) > limit:
        places = [places[i] for i in np.linspace(0, len(places) - 1, limit).round().astype(int)]
    random = np.random.default_rng(0)
    return [_crop(piece, start, frames, reference_frames, random) for piece, start in places]


def _crop(piece: TokenPiece, start: int, frames: int, reference: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    crop = piece.crop(start, frames)
    return {**crop, "reference": piece.reference(start, frames, reference, random)} if reference else crop
