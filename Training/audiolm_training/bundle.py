"""The shared files of a bundle, into which each part's export writes its own share: config.json, the golden tensors
and SHA256SUMS."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load
from torch import Tensor

from . import weight_file
from .whole_file import write_whole


def merge_config(folder: Path, entries: Mapping) -> None:
    """Sets `entries` in the folder's config.json and keeps what else is there."""
    path = folder / "config.json"
    config = json.loads(path.read_text()) if path.exists() else {"format": 1}
    write_whole(path, json.dumps({**config, **entries}, indent=2) + "\n")


def merge_golden(folder: Path, part: str, tensors: Mapping[str, Tensor]) -> None:
    """Replaces the golden tensors `<part>.*`, keeps those of other parts."""
    path = folder / "golden.safetensors"
    others = load(path.read_bytes()) if path.exists() else {}
    kept = {name: tensor for name, tensor in others.items() if not name.startswith(f"{part}.")}
    weight_file.write(path, {**kept, **{f"{part}.{name}": tensor for name, tensor in tensors.items()}})


def write_checksums(folder: Path) -> None:
    """SHA256SUMS of all other files but the card, as `sha256sum --check` reads it."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
             for path in sorted(folder.iterdir()) if path.is_file() and path.name not in ("SHA256SUMS", "README.md")]
    write_whole(folder / "SHA256SUMS", "".join(lines))
