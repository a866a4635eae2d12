"""What continues the prompts: the built command, or a trivial system that shows what the scale makes of it."""

import json
import subprocess
from pathlib import Path

import numpy as np

from .make_prompts import TRUTH_SECONDS
from .sound_features import SAMPLE_RATE

TRIVIAL = ("truth", "other", "loop")


def trivial(
    system: str, index: int, prompts: list[np.ndarray], truths: list[np.ndarray], recordings: list[str]
) -> np.ndarray:
    """The sound that a trivial system makes of prompt `index`.

    `truth`: the recording's own; `other`: that of some other recording; `loop`: the prompt, again and again.
    """
    if system == "truth":
        return truths[index]
    if system == "loop":
        return np.resize(prompts[index], TRUTH_SECONDS * SAMPLE_RATE)
    # Seven places on, so that real and rendered prompts get some of either kind.
    onwards = [(index + 7 + step) % len(truths) for step in range(len(truths))]
    return truths[next(i for i in onwards if recordings[i] != recordings[index])]


def run_command(
    command: list[str], prompt: Path, out: Path, seed: int, options: list[str], seconds: int = TRUTH_SECONDS
) -> dict:
    """Continues `prompt` into `out` with the built command and returns what it says by --json; keeps what this very command,
    as it is built now, has made with the same options."""
    report = out.with_suffix(".json")
    words = [*command, "continue", str(prompt), "--seconds", str(seconds), "--only-continuation", "--seed", str(seed),
             "--json", "--force", "-o", str(out), *options]  # fmt: skip
    if report.exists() and _is_new(out, command):
        said = json.loads(report.read_text())
        if said.get("words") == words:
            return said
    said = json.loads(_run(words)) | {"words": words}
    report.write_text(json.dumps(said))
    return said


def resynthesize(command: list[str], sound: Path, out: Path, seed: int, options: list[str]) -> None:
    """Makes `sound` anew in a voice drawn at random, from its semantic tokens alone; keeps what the command, as it is built
    now, has made."""
    if not _is_new(out, command):
        _run([*command, "resynthesize", str(sound), "--seed", str(seed), "--quiet", "--force", "-o", str(out), *options])


def _is_new(out: Path, command: list[str]) -> bool:
    """Whether `out` was made since the command was built."""
    built = max((Path(word).stat().st_mtime for word in command if Path(word).exists()), default=0.0)
    return out.exists() and out.stat().st_mtime >= built


def _run(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout
