"""Token files of one corpus, and random or consecutive crops of them.

`tokens/semantic/<split>/<id>.npy` holds uint16 [tokens] at 25 Hz, `tokens/acoustic/<split>/<id>.npy` uint16
[frames, levels] at 50 Hz. Semantic token s covers the codec frames 2 s and 2 s + 1.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .whole_file import write_whole

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

    def random_crop(self, start: int, frames: int, random: np.random.Generator) -> dict[str, np.ndarray]:
        """As `crop`; other kinds of pieces vary it."""
        return self.crop(start, frames)

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


def claim(folder: Path, facts: dict[str, str | float]) -> None:
    """Notes in the tokens' folder what they are made with. Throws SystemExit where those that lie there were made otherwise,
    or do not say."""
    before = made_with(folder)
    if not before and any(folder.glob("*/*.npy")):
        raise SystemExit(f"the tokens in {folder} do not say what they were made with; remove the folder or give other --runs")
    for what, value in facts.items():
        if before.get(what, value) != value:
            raise SystemExit(f"the tokens in {folder} were made with another {what}; remove the folder or give other --runs")
    write_whole(folder / "made_with.json", json.dumps(before | facts) + "\n")


def made_with(folder: Path) -> dict[str, str | float]:
    """What `claim` noted."""
    path = folder / "made_with.json"
    return json.loads(path.read_text()) if path.exists() else {}


def digest(weights: dict[str, Tensor]) -> str:
    """What tells weights from others."""
    found = hashlib.sha256()
    for name, tensor in sorted(weights.items()):
        found.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def load_pieces(folder: Path, split: str, kinds: tuple[str, ...]) -> list[TokenPiece]:
    """The pieces of `split` that have a file of every one of `kinds` ("semantic", "acoustic").

    Acoustic tokens of a copy, `<id>+1`, go with the semantic tokens of `<id>` where it has none of its own.
    """
    stems = {kind: {path.stem for path in (folder / kind / split).glob("*.npy")} for kind in kinds}
    pieces = []
    for name in sorted(stems[kinds[-1]]):
        stem = {kind: name if name in stems[kind] else name.rpartition("+")[0] for kind in kinds}
        if any(stem[kind] not in stems[kind] for kind in kinds):
            continue
        arrays = {kind: np.load(folder / kind / split / f"{stem[kind]}.npy") for kind in kinds}
        if len(kinds) > 1 and abs(len(arrays["acoustic"]) - FRAMES_PER_SEMANTIC_TOKEN * len(arrays["semantic"])) > 4:
            raise ValueError(f"{folder}: {name} has {len(arrays['acoustic'])} acoustic frames and "
                             f"{len(arrays['semantic'])} semantic tokens, which are of another sound; tokenize it again")
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
    """Endless batches of crops of `frames` codec frames, none seen again before all of the corpus was.

    A pass cuts each piece into consecutive crops from another place on; what is left over at either end is part of a crop
    up to that end as often as it is long. Then the crops come in random order. `world` processes, of which this is number
    `rank`, share each pass. Everything follows from the seed and the number of batches before, `step`.

    Where `reference_frames` is not 0 each crop has a `reference` of a second to so many frames, all of a batch as long.
    """

    def __init__(
        self, pieces: list[TokenPiece], frames: int, batch_size: int, seed: int, reference_frames: int = 0,
        rank: int = 0, world: int = 1,
    ):
        self.pieces = [piece for piece in pieces if piece.frames >= frames]
        if not self.pieces:
            raise ValueError(f"no piece has {frames} codec frames")
        self.frames, self.batch_size, self.reference_frames = frames, batch_size, reference_frames
        self.seed, self.rank, self.world = seed, rank, world
        self.step = 0
        self.passes, self.earlier = 0, 0  # passes begun, and the crops of those before the current one
        self.places: list[tuple[TokenPiece, int]] = []

    def next(self) -> dict[str, Tensor]:
        random = np.random.default_rng((self.seed, self.rank, self.step))
        reference = int(random.integers(SHORTEST_REFERENCE, self.reference_frames + 1)) if self.reference_frames else 0
        first = (self.step * self.world + self.rank) * self.batch_size
        self.step += 1
        return batch_of([
            _with_reference(piece.random_crop(start, self.frames, random), piece, start, self.frames, reference, random)
            for piece, start in map(self._place, range(first, first + self.batch_size))
        ])

    def _place(self, number: int) -> tuple[TokenPiece, int]:
        """The piece and the first frame of crop `number` of all passes; numbers never fall."""
        while number - self.earlier >= len(self.places):
            self.earlier += len(self.places)
            self.places = self._cut(np.random.default_rng((self.seed, self.passes)))
            self.passes += 1
        return self.places[number - self.earlier]

    def _cut(self, random: np.random.Generator) -> list[tuple[TokenPiece, int]]:
        ratio, places = FRAMES_PER_SEMANTIC_TOKEN, []
        for piece in self.pieces:
            last = (piece.frames - self.frames) // ratio * ratio
            offset = int(random.integers(min(self.frames, last + ratio) // ratio)) * ratio
            starts = list(range(offset, last + 1, self.frames))
            before, after = offset, last - starts[-1]
            starts += [0] if random.random() < before / self.frames else []
            starts += [last] if random.random() < after / self.frames else []
            places += [(piece, start) for start in starts]
        return [places[index] for index in random.permutation(len(places))]


def consecutive_crops(
    pieces: list[TokenPiece], frames: int, limit: int | None = None, reference_frames: int = 0
) -> list[dict[str, np.ndarray]]:
    """The crops at `consecutive_places`. Where `reference_frames` is not 0 each has a `reference` of so many frames."""
    random = np.random.default_rng(0)
    return [_with_reference(piece.crop(start, frames), piece, start, frames, reference_frames, random)
            for piece, start in consecutive_places(pieces, frames, limit)]  # fmt: skip


def consecutive_places(pieces: list[TokenPiece], frames: int, limit: int | None = None) -> list[tuple[TokenPiece, int]]:
    """Pieces and first frames of crops that do not overlap, spread over all pieces; `limit` keeps that many, evenly chosen.

    Throws ValueError where no piece is long enough.
    """
    places = [(piece, start) for piece in pieces for start in range(0, piece.frames - frames + 1, frames)]
    if not places:
        raise ValueError(f"none of {len(pieces)} held-out recordings has the {frames} codec frames of a crop; "
                         "set a smaller `crop_frames`, or hold out longer ones")
    if limit is not None and len(places) > limit:
        places = [places[i] for i in np.linspace(0, len(places) - 1, limit).round().astype(int)]
    return places


def elsewhere(names: list[str]) -> list[int]:
    """For each crop the number of one of another piece, of which `names` tells each one's: half the list away, or the next
    after that. There are two pieces at least."""
    count = len(names)
    return [next(other for step in range(count) if names[other := (index + count // 2 + step) % count] != name)
            for index, name in enumerate(names)]  # fmt: skip


def _with_reference(
    crop: dict[str, np.ndarray], piece: TokenPiece, start: int, frames: int, reference: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    return {**crop, "reference": piece.reference(start, frames, reference, random)} if reference else crop
