"""Train, validation and test pieces: no work and no performer on both sides."""

import csv
import random
import re
from dataclasses import dataclass
from pathlib import Path

TEST_HOURS, VALIDATION_HOURS = 3.5, 1.5
# Words that say nothing about which work it is.
GENERIC_WORDS = frozenset(
    "sonata sonate etude etudes study waltz valse walzer prelude preludes nocturne mazurka polonaise ballade scherzo "
    "impromptu rhapsody rhapsodie ungarische hungarian major minor sharp concert movement paraphrase transcription "
    "fantasie fantaisie fantasy marsch march overture ouverture piano allegro andante adagio presto excerpts opera "
    "grande grand brillante romance intermezzo capriccio serenade variations variationen moment musical".split()
)

VIDEO = re.compile(r"(?:_|, )([A-Za-z0-9_-]{11})(?=_cut|_mov|_no|_part|_a|_a$|$)")


@dataclass(frozen=True)
class Piece:
    path: str
    seconds: float
    composer: str
    performer: str
    work: frozenset[str]  # opus numbers and telling words of the title

    def same_work(self, other: "Piece") -> bool:
        return self.composer == other.composer and bool(self.work & other.work)


def read_pieces(manifest: Path) -> list[Piece]:
    """The pieces of a `midi_manifest.csv`. Titles read `Composer/Performer - Title`."""
    pieces = []
    with open(manifest, newline="") as file:
        for row in csv.DictReader(file):
            head, dash, title = row["title"].partition(" - ")
            performer = head.partition("/")[2].strip().lower()
            if not dash:
                # A transcribed recording: `Composer_Work_VIDEO_cut_mov_1`; its video stands for the performer.
                title, _, performer = VIDEO.sub(r" \1 ", row["title"], count=1).partition(" ")
                performer, title = performer.split(" ")[0], title.replace("_", " ")
            composer = (row["composer"] or title or row["path"]).replace(",", " ").split()[0].lower()
            pieces.append(
                Piece(row["path"], float(row["seconds"]), composer, performer or row["path"], _work(title.lower()))
            )
    return pieces


def _work(title: str) -> frozenset[str]:
    opus = re.findall(r"(?:op|opus|bwv|hob|kv?|d)[ .]*(\d+)", title)
    words = [word for word in re.findall(r"[^\W\d_]{5,}", title) if word not in GENERIC_WORDS]
    return frozenset([f"opus {number}" for number in opus] + words) or frozenset([title.strip()])


def assign(pieces: list[Piece], seed: int = 1) -> dict[str, str]:
    """Path to `train`, `valid` or `test`; pieces that would leak between the splits are left out.

    Whole performers are drawn for the held-out splits; any remaining piece of a work they play is dropped.
    J. S. Bach never trains, since the real recordings used for listening tests are his.
    """
    generator = random.Random(seed)
    performers = sorted({piece.performer for piece in pieces})
    generator.shuffle(performers)
    split = {piece.path: "test" for piece in pieces if piece.composer == "bach"}
    for name, hours in (("test", TEST_HOURS), ("valid", VALIDATION_HOURS)):
        seconds = 0.0
        while seconds < hours * 3600 and performers:
            performer = performers.pop()
            theirs = [piece for piece in pieces if piece.performer == performer and piece.path not in split]
            if sum(piece.seconds for piece in theirs) > 3600:
                continue  # too much to lose from training
            for piece in theirs:
                split[piece.path] = name
                seconds += piece.seconds
    held_out = [piece for piece in pieces if piece.path in split]
    barred = {piece.performer for piece in held_out}
    for piece in pieces:
        if piece.path in split or piece.performer in barred:
            continue
        if not any(piece.same_work(other) for other in held_out):
            split[piece.path] = "train"
    return split
