"""Step `report`: the table of targets and measured figures, from what the evaluations wrote; fills the model cards.

A card keeps its figures between `<!-- figures: NAME -->` and `<!-- end of figures -->`; nothing else in it is touched.
"""

import argparse
import csv
import re
from collections.abc import Callable
from pathlib import Path

from . import speech_targets, tables, targets
from .bundle import write_checksums
from .codec_targets import codec_figures
from .targets import Figure, Results
from .training_record import training_record
from .whole_file import write_whole

RESULTS = (
    "codec", "codec_speed", "stages", "continuations", "speed", "training", "voices", "likelihood", "sound_kinds",
    "quantisation", "peers",
    "detector",
)
FIGURES: dict[str, Callable[[Results], list[Figure]]] = {"piano": targets.figures, "speech": speech_targets.figures}
PROBE_ROWS = {"tokenizer": "tokens", "log-frequency frames": "plain_frames"}
BLOCK = re.compile(r"(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", choices=list(FIGURES), default="piano", help="whose targets these are")
    parser.add_argument("--cards", type=Path, nargs="*", default=[],
                        help="bundle folders whose README.md gets the figures, SHA256SUMS anew")  # fmt: skip


def run(args: argparse.Namespace) -> None:
    results = read_results(args.runs, args.corpus)
    print(targets_table(bundle_figures(results)), targets_table(codec_figures(results)), sep="\n\n")
    for folder in args.cards:
        card = folder / "README.md"
        write_whole(card, filled(card.read_text(), results))
        write_checksums(folder)


def read_results(runs: Path, corpus: str) -> Results:
    results = {name: result for name in RESULTS if (result := tables.read_result(runs, name))} | {"corpus": corpus}
    # A record kept at the export stands where training went on after it.
    results.setdefault("training", training_record(runs, corpus))
    probe = runs / "semantic" / "probe.csv"
    if probe.exists():
        with open(probe, newline="") as file:
            rows = {row.pop("tokens from"): row for row in csv.DictReader(file)}
        results["semantic_tokens"] = {
            PROBE_ROWS[name]: {key: float(value) for key, value in row.items()}
            for name, row in rows.items() if name in PROBE_ROWS
        }  # fmt: skip
    return results


def filled(card: str, results: Results) -> str:
    """The card with every block of figures made anew; throws on a block of an unknown name."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{BLOCKS[match[2]](results)}\n\n{match[3]}", card)


def bundle_figures(results: Results) -> list[Figure]:
    return FIGURES[results["corpus"]](results)


def targets_table(of: list[Figure]) -> str:
    return tables.markdown(["what", "target", "measured", "reached"], [figure.cells for figure in of])


def codec_table(results: Results) -> str:
    """Both data sets, and how evenly the codebooks are used."""
    codec, parts = results.get("codec", {}), []
    for name, title in (("piano", "Real grand piano"), ("speech", "Read English, speakers not in training")):
        if name in codec:
            count = max(row.get("excerpts", 0) for row in codec[name].values())
            ours = codec[name].get("ours, 12 levels", {})
            run_by = f", ours run by {ours['run_by']}" if "run_by" in ours else ""
            parts.append(f"{title}, {count} excerpts{run_by}:\n\n{tables.codec_rows(codec[name])}")
    if "codebooks" in codec:
        parts.append(f"By level:\n\n{tables.codebook_rows(codec['codebooks'])}")
    return "\n\n".join(parts) or "Not measured yet."


def codec_speed_table(results: Results) -> str:
    speed = results.get("codec_speed")
    return tables.codec_speed_rows(speed) if speed else "Not measured yet."


def continuations_table(results: Results) -> str:
    if "continuations" not in results:
        return "Not measured yet."
    return tables.consistency_rows(results["continuations"])


def voices_table(results: Results) -> str:
    return tables.voices_rows(results["voices"]) if "voices" in results else "Not measured yet."


def quantisation_table(results: Results) -> str:
    return tables.quantisation_rows(results["quantisation"]) if "quantisation" in results else "Not measured yet."


def peers_table(results: Results) -> str:
    return tables.peer_rows(results["peers"]) if "peers" in results else "Not measured yet."


def detector_table(results: Results) -> str:
    return tables.detector_rows(results["detector"]) if "detector" in results else "Not measured yet."


def training_table(results: Results, codec: bool = False) -> str:
    """Of the codec, or of everything else."""
    rows = [[part, f"{row['steps']:,}", f"{row['minutes']:.0f}"]
            for part, row in results.get("training", {}).items() if part.startswith("codec") == codec]  # fmt: skip
    return tables.markdown(["part", "steps", "minutes"], rows) if rows else "Not trained yet."


BLOCKS: dict[str, Callable[[Results], str]] = {
    "targets": lambda results: targets_table(bundle_figures(results)),
    "codec-targets": lambda results: targets_table(codec_figures(results)),
    "codec": codec_table,
    "codec-speed": codec_speed_table,
    "continuations": continuations_table,
    "voices": voices_table,
    "quantisation": quantisation_table,
    "peers": peers_table,
    "detector": detector_table,
    "training": training_table,
    "codec-training": lambda results: training_table(results, codec=True),
}
