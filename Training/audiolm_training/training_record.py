"""How long each part was trained, from the checkpoints that the trainings left."""

from pathlib import Path

import torch

PARTS = {
    "codec": "codec",
    "semantic tokenizer": "semantic",
    "semantic stage": "stages/piano/semantic_stage",
    "coarse stage": "stages/piano/coarse_stage",
    "fine stage": "stages/piano/fine_stage",
}


def training_record(runs: Path) -> dict[str, dict[str, float]]:
    """Steps and minutes of the parts that have a checkpoint."""
    record = {}
    for part, folder in PARTS.items():
        path = runs / folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
            record[part] = {"steps": state["step"], "minutes": state["elapsed"] / 60}
    return record
