"""Step `evaluate-codec-speed`: the built command's encoder and decoder on one core, beside the PyTorch twin in turn.

The command's time is that of the whole process, from its start to the written file; PyTorch's is that of the call alone.
Both are processor time on one thread, in which other work on the machine does not count.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import torch

from . import tables
from .evaluate_speed import processor, timed
from .export_codec import load_bundle
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

HOUR = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--bundle", type=Path, required=True, help="the exported codec, as Models/codec")
    parser.add_argument("--sound", type=Path, required=True, help="sound file to encode, repeated where it is too short")
    parser.add_argument("--seconds", type=int, default=180, help="how much of it")
    parser.add_argument("--times", type=int, default=3, help="rounds; the medians count")
    parser.add_argument("--hour", action="store_true", help="measure the peak memory that an hour of sound takes, too")


def run(args: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    codec, once = load_bundle(args.bundle), read_mono(args.sound)
    sound = np.resize(once, args.seconds * SAMPLE_RATE)
    wave = codec.padded(torch.from_numpy(sound)[None])
    codes = codec.encode(wave)
    codec.decode(codes[:, :100])  # compiles
    times: dict[tuple[str, str], list[float]] = {}
    result = {"seconds": args.seconds, "processor": processor(), "load_average": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("in.wav", "coded.alm", "out.wav")]
        soundfile.write(files[0], sound, SAMPLE_RATE, "PCM_16")
        for _ in range(args.times):
            for part, twin in (("encode", lambda: codec.encode(wave)), ("decode", lambda: codec.decode(codes))):
                times.setdefault((part, "command_seconds"), []).append(call(args, part, files)["processor_seconds"])
                started = time.process_time()
                twin()
                times.setdefault((part, "torch_seconds"), []).append(time.process_time() - started)
        for (part, who), each in times.items():
            result.setdefault(part, {})[who] = statistics.median(each)
        if args.hour:
            soundfile.write(files[0], np.resize((once * 32767).astype(np.int16), HOUR * SAMPLE_RATE), SAMPLE_RATE)
            hour = {part: call(args, part, files) for part in ("encode", "decode")}
            result["hour"] = {part: {key: row[key] for key in ("processor_seconds", "peak_megabytes")}
                              for part, row in hour.items()}  # fmt: skip
    tables.write_result(args.runs, "codec_speed", result)
    print(tables.codec_speed_rows(result))


def call(args: argparse.Namespace, part: str, files: list[Path]) -> dict[str, float]:
    """One run of `encode` or `decode` between the files of sound, codes and decoded sound."""
    source, target = files[:2] if part == "encode" else files[1:]
    return timed([*args.command, part, str(source), "-o", str(target), "--model", str(args.bundle), "--threads", "1",
                  "--force", "--quiet"])  # fmt: skip
