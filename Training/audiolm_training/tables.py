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
