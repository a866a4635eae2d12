"""What continues the prompts: the built command, or a trivial system that shows what the scale makes of it."""

import hashlib
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np

from .make_prompts import TRUTH_SECONDS
from .sound_features import SAMPLE_RATE
from .whole_file import write_whole

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
    """Continues `prompt` into `out` with the built command and returns what it says by --json; keeps what the command as it
    is built now has made of the same prompt with the same weights and options."""
    words = [*command, "continue", str(prompt), "--seconds", str(seconds), "--only-continuation", "--seed", str(seed),
             "--json", "--force", "-o", str(out), *options]  # fmt: skip
    return _made(command, words, prompt, out, options)


def resynthesize(command: list[str], sound: Path, out: Path, seed: int, options: list[str]) -> None:
    """Makes `sound` anew in a voice drawn at random, from its semantic tokens alone; keeps what has been made like
    `run_command`."""
    words = [*command, "resynthesize", str(sound), "--seed", str(seed), "--json", "--force", "-o", str(out), *options]
    _made(command, words, sound, out, options)


def _made(command: list[str], words: list[str], source: Path, out: Path, options: list[str]) -> dict:
    """What the command said when it made `out`, which it does only where nothing lies there that was made alike."""
    report = out.with_suffix(".json")
    model = options[options.index("--model") :][:2] if "--model" in options else []
    made_from = hashlib.sha256(
        json.dumps([words, maker(tuple(command), tuple(model))]).encode() + source.read_bytes()).hexdigest()
    if report.exists() and out.exists():
        said = json.loads(report.read_text())
        if said.get("made_from") == made_from:
            return said
    report.unlink(missing_ok=True)  # of what is overwritten now
    said = json.loads(_run(words)) | {"made_from": made_from}
    write_whole(report, json.dumps(said) + "\n")
    return said


@cache
def maker(command: tuple[str, ...], model: tuple[str, ...] = ()) -> str:
    """What tells the command as it is built now, and the weights of the bundle that it takes, from others."""
    files = [Path(found) for word in command if (found := shutil.which(word) or word) and Path(found).is_file()]
    return json.dumps([[file.stat().st_mtime_ns for file in files], _run([*command, "info", "--json", *model])])


def _run(words: list[str]) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"{words[0]}: not found; give the built command's path by --command") from None
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout
