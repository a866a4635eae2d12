"""Results as JSON under RUNS/results and as markdown tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_result(runs: Path, name: str, result: dict[str, Any]) -> None:
    folder = runs / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def read_result(runs: Path, name: str) -> dict[str, Any] | None:
    """None if that step has not been run."""
    path = runs / "results" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def codec_rows(rows: dict[str, dict[str, float]]) -> str:
    """One data set's systems, as `evaluate-codec` writes them."""
    columns = (("kilobits_per_second", 1), ("mel_distance", 2), ("si_sdr", 1), ("visqol", 2))

    def cells(row: dict[str, float]) -> list[str]:
        return [f"{row[key]:.{digits}f}" if key in row else "–" for key, digits in columns]

    return markdown(["system", "kbit/s", "80-band distance", "SI-SDR, dB", "ViSQOL"],
                    [[system, *cells(row)] for system, row in rows.items()])  # fmt: skip


def consistency_rows(result: dict[str, Any]) -> str:
    """What `evaluate-continuations` writes, over all prompts and by kind."""
    kinds = sorted({row["kind"] for row in result["rows"]})
    return markdown(
        ["consistency with the prompt", "all", "95 % interval", *kinds, "own nearer than others"],
        [[name, f"{s['value']:.2f}", f"{s['low']:.2f} to {s['high']:.2f}", *(f"{s[kind]:.2f}" for kind in kinds),
          f"{100 * s['own_nearer_than_others']:.0f} %"] for name, s in result["consistency"].items()])  # fmt: skip
