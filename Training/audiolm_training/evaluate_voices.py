"""Step `evaluate-voices`: who speaks in continuations of held-out voices, judged by a classifier of the test speakers.

The classifier trains on recordings of theirs that no prompt is cut from; its accuracy on real speech stands beside, and
that on the continuations' content made anew without the acoustic prompt: a voice is to come from there alone. And how much
like speech it is: the bits of the phones that the tokenizer hears, under a 4-gram of those of the training recordings.
"""

import argparse
import shlex
from pathlib import Path

import numpy as np

from . import speaker_classifier, tables
from .continuation_systems import resynthesize, run_command
from .labelled_recordings import find
from .make_prompts import Prompt, read_prompts
from .make_voice_prompts import FOLDER, TRUTH_SECONDS, speakers, training_count
from .phone_plausibility import PhoneModel, aligned_phones, plausibility
from .recordings import read_mono
from .sampler import SAMPLE_RATE
from .semantic_tokenizer import SemanticTokenizer
from .speaker_classifier import SpeakerClassifier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default="speech", help="data set under RUNS/data")
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--model", default="speech", help="bundle")
    parser.add_argument("--listener", type=Path, metavar="BUNDLE",
                        help="folder of the bundle whose tokenizer hears phones; without it none are counted")
    parser.add_argument("--options", default="", help='more for the command, as "--temperature coarse=0.8"')
    parser.add_argument("--resynthesis-options", default="", help="the same for `audiolm resynthesize`")
    parser.add_argument("--sounds", type=Path, help="folder with a NAME.wav for each prompt, instead of the command")
    parser.add_argument("--truth", action="store_true", help="real speech alone, no command")
    parser.add_argument("--label", default="voices", help="name of the result")
    parser.add_argument("--steps", type=int, default=speaker_classifier.STEPS, help="of the classifier's training")


def run(args: argparse.Namespace) -> None:
    folder = args.runs / FOLDER
    prompts = read_prompts(folder)
    classifier = speaker_classifier.train(training_sounds(args.runs / "data" / args.data, prompts), args.steps)
    systems = {kind: [read_mono(folder / f"{prompt.name}.{kind}.wav") for prompt in prompts] for kind in ("prompt", "truth")}
    if not args.truth:
        systems["continuation"] = continuations(args, prompts)
    if not (args.truth or args.sounds):
        systems["without acoustic prompt"] = resynthesized(args, prompts)
    result = {name: accuracy(classifier, prompts, sounds) for name, sounds in systems.items()}
    if args.listener:
        tokenizer, model = SemanticTokenizer.load_exported(args.listener), phones_of_training(args.runs / "data" / args.data)
        for name, sounds in systems.items():
            result[name] |= plausibility(model, tokenizer, sounds, SAMPLE_RATE)
    tables.write_result(args.runs, args.label, result)
    print(tables.voices_rows(result))


def phones_of_training(data: Path) -> PhoneModel:
    return PhoneModel([aligned_phones(recording) for recording in find(data, ("train",), labelled=".phones.npy")])


def training_sounds(data: Path, prompts: list[Prompt]) -> dict[str, list[np.ndarray]]:
    """Each speaker's recordings without those that prompts are cut from."""
    used = {prompt.recording for prompt in prompts}
    return {
        speaker: [recording.samples().astype(np.float32) / 32768
                  for recording in recordings[: training_count(recordings)] if recording.identifier not in used]
        for speaker, recordings in speakers(data).items()
    }  # fmt: skip


def continuations(args: argparse.Namespace, prompts: list[Prompt]) -> list[np.ndarray]:
    """The command's 7 s for each prompt, at 24 kHz; what an earlier call left is kept."""
    folder = args.sounds or args.runs / args.label
    if not args.sounds:
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--model", args.model, *shlex.split(args.options)]
        for seed, prompt in enumerate(prompts, 1):
            source = args.runs / FOLDER / f"{prompt.name}.prompt.wav"
            run_command(args.command, source, folder / f"{prompt.name}.wav", seed, options, TRUTH_SECONDS)
    return [read_mono(folder / f"{prompt.name}.wav") for prompt in prompts]


def resynthesized(args: argparse.Namespace, prompts: list[Prompt]) -> list[np.ndarray]:
    """The continuations' semantic tokens in voices drawn at random, at 24 kHz."""
    folder, options = args.runs / args.label, ["--model", args.model, *shlex.split(args.resynthesis_options)]
    sounds = []
    for seed, prompt in enumerate(prompts, 1):
        out = folder / f"{prompt.name}.resynthesized.wav"
        resynthesize(args.command, folder / f"{prompt.name}.wav", out, seed, options)
        sounds.append(read_mono(out))
    return sounds


def accuracy(classifier: SpeakerClassifier, prompts: list[Prompt], sounds: list[np.ndarray]) -> dict:
    """Share of seconds, and of prompts by the mean over their seconds, in which the prompt's speaker is the likeliest.

    A sound without a second that is no pause counts as wrong, as a prompt and as one second.
    """
    seconds, whole = [], []
    for prompt, sound in zip(prompts, sounds, strict=True):
        judged = classifier.judge(sound)
        speaker = classifier.speakers.index(prompt.kind)
        seconds += list(judged.argmax(1) == speaker) if len(judged) else [False]
        whole.append(len(judged) > 0 and int(judged.mean(0).argmax()) == speaker)
    return {"prompts": len(prompts), "seconds_right": float(np.mean(seconds)), "prompts_right": float(np.mean(whole))}
