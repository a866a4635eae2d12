"""How long each part was trained, from the checkpoints that the trainings left."""

from pathlib import Path

import torch

PARTS = {
    "codec": "codec",
    "codec's decoder alone": "codec-decoder",
    "codec's adapters of few levels": "codec-adapters",
    "semantic tokenizer": "semantic",
    "semantic stage": "stages/{corpus}/semantic_stage",
    "coarse stage": "stages/{corpus}/coarse_stage",
    "fine stage": "stages/{corpus}/fine_stage",
}


def training_record(runs: Path, corpus: str = "piano") -> dict[str, dict[str, float]]:
    """Steps and minutes of the parts that have a checkpoint."""
    record = {}
    for part, folder in PARTS.items():
        path = runs / folder.format(corpus=corpus) / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
            record[part] = {"steps": state["step"], "minutes": state["elapsed"] / 60}
    return record
