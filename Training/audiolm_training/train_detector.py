"""Step `train-detector`: a bundle's detector of its own continuations, into the bundle's folder.

Prompts of rendered pieces and of real recordings, each with what follows it: `real` is what the codec leaves of
that, `synthetic` what the bundle makes of the prompt. Trains on the pieces of the training split alone.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from . import crop_classifier, detector, tables
from .bundle import write_checksums
from .codec_systems import command_codec
from .continuation_systems import run_command
from .crop_classifier import crops_of
from .make_prompts import PROMPT_SECONDS, TRUTH_SECONDS, Prompt, cut, sound_files, spread, write_prompts
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

STEPS = 500
RESAMPLES = 2000
# By class of sound: the truth, what the codec leaves of it, and the continuation of its prompt.
TRUTH, CODED, CONTINUED = "truth", "coded", "continued"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--bundle", type=Path, required=True, help="bundle that continues, and gets the detector")
    parser.add_argument("--codec", type=Path, help="the codec's bundle; ../codec beside the bundle if not given")
    parser.add_argument("--real", type=Path, required=True, help="folder of real recordings that no training saw")
    parser.add_argument("--prompts", type=int, nargs=3, default=(40, 14, 12), metavar=("TRAIN", "TEST", "REAL"),
                        help="how many to train on, and to measure on of rendered and of real sound")  # fmt: skip
    parser.add_argument("--steps", type=int, default=STEPS)


def run(args: argparse.Namespace) -> None:
    torch.manual_seed(0)
    data = args.runs / "data" / "piano"
    folders = {"train": data / "train", "rendered": data / "test", "real": args.real}
    sounds = {name: make_sounds(args, name, folder, count)
              for (name, folder), count in zip(folders.items(), args.prompts, strict=True)}  # fmt: skip
    configuration = detector.DetectorConfiguration()
    classifier = detector.untrained(configuration)
    crop_classifier.train(classifier, [sounds["train"][CODED], sounds["train"][CONTINUED]], args.steps, say)
    trained = detector.folded(classifier, configuration)
    detector.export(trained, torch.from_numpy(crops_of(sounds["rendered"][CONTINUED][0])[0]), args.bundle)
    result = {name: measure(trained, of) for name, of in sounds.items()}
    tables.write_result(args.runs, "detector", result)
    write_checksums(args.bundle)
    print(tables.detector_rows(result))


def say(step: int, loss: float) -> None:
    if step % 100 == 99:
        print(f"step {step + 1}  loss {loss:.3f}", flush=True)


def make_sounds(args: argparse.Namespace, name: str, source: Path, count: int) -> dict[str, list[np.ndarray]]:
    """Of each kind a sound for each of `count` prompts, in the same order."""
    folder = args.runs / "detector" / name
    places = list(cut(spread(sound_files(source), count), count))
    prompts = [Prompt(f"{name}-{number:03}", name, recording.stem, round(start, 2))
               for number, (recording, start, _) in enumerate(places)]  # fmt: skip
    write_prompts(folder, [(prompt, sound) for prompt, (_, _, sound) in zip(prompts, places, strict=True)], PROMPT_SECONDS)
    codec = command_codec(args.command, args.codec or args.bundle.parent / "codec")["ours, 12 levels"]
    sounds: dict[str, list[np.ndarray]] = {TRUTH: [], CODED: [], CONTINUED: []}
    for seed, (prompt, (_, _, sound)) in enumerate(zip(prompts, places, strict=True), 1):
        truth = sound[PROMPT_SECONDS * SAMPLE_RATE :]
        continued = folder / f"{prompt.name}.wav"
        run_command(args.command, folder / f"{prompt.name}.prompt.wav", continued, seed, ["--model", str(args.bundle)],
                    TRUTH_SECONDS)  # fmt: skip
        sounds[TRUTH].append(truth)
        sounds[CODED].append(codec(truth)[0])
        sounds[CONTINUED].append(read_mono(continued))
        print(f"{prompt.name} of {count}", flush=True)
    return sounds


@torch.no_grad()
def measure(of: detector.Detector, sounds: dict[str, list[np.ndarray]]) -> dict:
    """Share of crops of coded and continued sound that are told right, its 95 % interval by a bootstrap over prompts, and
    the share of each kind's crops that is called synthetic."""
    called = {kind: [_called(of, crops_of(sound)) for sound in group] for kind, group in sounds.items()}
    right = [np.concatenate([~coded, continued]) for coded, continued in zip(called[CODED], called[CONTINUED], strict=True)]
    rng = np.random.default_rng(0)
    drawn = [np.concatenate([right[i] for i in rng.integers(0, len(right), len(right))]).mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return {"prompts": len(right), "crops": sum(map(len, right)), "right": float(np.concatenate(right).mean()),
            "low": float(low), "high": float(high),
            "called_synthetic": {kind: float(np.concatenate(group).mean()) for kind, group in called.items()}}  # fmt: skip


def _called(of: detector.Detector, crops: list[np.ndarray]) -> np.ndarray:
    """Which crops are called synthetic [crops]; a sound that is all pause has none."""
    return of(torch.from_numpy(np.stack(crops))).numpy() > 0 if crops else np.zeros(0, bool)
