"""Step `evaluate-continuations`: continue the held-out prompts with the built command and measure what comes out."""

import argparse
import json
import shlex
from dataclasses import asdict
from pathlib import Path

import numpy as np

from . import tables
from .continuation_metrics import MEASURES, Similarities, consistency, density, faults, repeats, similarities
from .continuation_systems import TRIVIAL, run_command, trivial
from .make_prompts import Prompt, read_prompts
from .recordings import read_mono
from .sound_features import level


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--model", default="piano", help="bundle")
    parser.add_argument("--options", default="", help='more for the command, as "--temperature coarse=0.8"')
    parser.add_argument("--sounds", type=Path, help="folder with a NAME.wav for each prompt, instead of the command")
    parser.add_argument("--system", choices=TRIVIAL, help="a trivial system, instead of the command")
    parser.add_argument("--prompts", default="prompts", help="name of the prompts' folder under RUNS")
    parser.add_argument("--label", help="name of the result, in place of `continuations` for the command")
    parser.add_argument("--only", type=int, help="as many prompts of each kind, for a quick look, with a result of that name")


def run(args: argparse.Namespace) -> None:
    folder = args.runs / args.prompts
    prompts = read_prompts(folder)
    seeds = {prompt.name: seed for seed, prompt in enumerate(prompts, 1)}
    if args.only:
        prompts = [p for kind in ("real", "rendered") for p in [q for q in prompts if q.kind == kind][: args.only]]
    label = args.label or "-".join(
        ["continuations", *([args.system] if args.system else []), *(["quick"] if args.only else [])])
    starts = [read_mono(folder / f"{prompt.name}.prompt.wav") for prompt in prompts]
    truths = [read_mono(folder / f"{prompt.name}.truth.wav") for prompt in prompts]
    sounds = continuations(args, label, prompts, seeds, starts, truths)
    result = measure(prompts, starts, truths, sounds)
    tables.write_result(args.runs, label, result)
    print_tables(result)


def continuations(
    args: argparse.Namespace, label: str, prompts: list[Prompt], seeds: dict[str, int],
    starts: list[np.ndarray], truths: list[np.ndarray],
) -> list[np.ndarray]:
    """The system's 20 s for each prompt, at 24 kHz."""
    recordings = [prompt.recording for prompt in prompts]
    if args.system:
        return [trivial(args.system, index, starts, truths, recordings) for index in range(len(prompts))]
    folder = args.sounds or args.runs / label
    if not args.sounds:
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--model", args.model, *shlex.split(args.options)]
        for prompt in prompts:
            source = args.runs / args.prompts / f"{prompt.name}.prompt.wav"
            report = run_command(args.command, source, folder / f"{prompt.name}.wav", seeds[prompt.name], options)
            print(f"{prompt.name}: {report.get('wall_seconds', 0):.1f} s", flush=True)
    return [read_mono(folder / f"{prompt.name}.wav") for prompt in prompts]


def measure(
    prompts: list[Prompt], starts: list[np.ndarray], truths: list[np.ndarray], sounds: list[np.ndarray]
) -> dict:
    """Consistency over all prompts and by kind, the scale's own sharpness, and a row for each prompt."""
    recordings = [prompt.recording for prompt in prompts]
    kinds = np.array([prompt.kind for prompt in prompts])
    rows = [{**asdict(prompt), "level": level(sound), "density": density(sound), "prompt_density": density(start),
             "repeats": repeats(sound), "faults": faults(start, sound)}
            for prompt, start, sound in zip(prompts, starts, sounds, strict=True)]
    scores = {}
    for one in MEASURES:
        features = ([one.feature(sound) for sound in group] for group in (starts, sounds, truths))
        s = similarities(one, *features, recordings)
        nearer = float(np.mean(s.own > s.other))
        scores[one.name] = {**consistency(s), "own_nearer_than_others": nearer, "own_wins": s.own_wins}
        for kind in sorted(set(kinds)):
            part = Similarities(*(values[kinds == kind] for values in (s.continuation, s.own, s.other)), s.own_wins)
            scores[one.name][kind] = consistency(part)["value"]
        for row, *values in zip(rows, s.continuation, s.own, s.other, strict=True):
            row[one.name] = dict(zip(("continuation", "own", "other"), map(float, values), strict=True))
    return {"prompts": len(prompts), "consistency": scores, "faulty": sum(bool(row["faults"]) for row in rows),
            "rows": rows}


def print_tables(result: dict) -> None:
    print(tables.consistency_rows(result))
    print(f"\nfaulty: {result['faulty']} of {result['prompts']}\n")
    print(tables.markdown(
        ["prompt", "recording", "level dBFS", "onsets/s (prompt)", "repeats", *(m.name for m in MEASURES), "faults"],
        [[row["name"], f"{row['recording'][:28]} {row['start']:.0f} s", f"{row['level']:.0f}",
          f"{row['density']:.1f} ({row['prompt_density']:.1f})", str(row["repeats"]),
          *("{continuation:.2f} (1: {own:.2f}, 0: {other:.2f})".format(**row[m.name]) for m in MEASURES),
          ", ".join(row["faults"]) or "none"] for row in result["rows"]]))  # fmt: skip
