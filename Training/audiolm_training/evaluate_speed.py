"""Step `evaluate-speed`: wall time and peak memory of the built command from start to written file, and sizes."""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from . import tables

SECONDS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--snippet", type=Path, required=True, help="sound file to continue")
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder; its codec is counted with it")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--times", type=int, default=3, help="runs; the median counts")


def run(args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        words = [*args.command, "continue", str(args.snippet), "--seconds", str(SECONDS), "--seed", "1", "--model",
                 str(args.bundle), "--threads", str(args.threads), "--json", "--force", "-o", str(out)]  # fmt: skip
        runs = sorted((timed(words) for _ in range(args.times)), key=lambda one: one["wall_seconds"])
    result = {
        **runs[len(runs) // 2],
        "seconds": SECONDS,
        "threads": args.threads,
        "processor": processor(),
        "load_average": os.getloadavg()[0],
        "bundle_megabytes": bundle_bytes(args.bundle) / 1e6,
    }
    tables.write_result(args.runs, "speed", result)
    print(tables.markdown(
        ["what", "measured"],
        [[f"continue --seconds {SECONDS}, {args.threads} threads, wall", f"{result['wall_seconds']:.1f} s"],
         ["the same, processor time", f"{result['processor_seconds']:.1f} s"],
         ["peak memory", f"{result['peak_megabytes']:.0f} MB"],
         ["bundle with codec", f"{result['bundle_megabytes']:.1f} MB"],
         ["machine", f"{result['processor']}, load average {result['load_average']:.1f}"]]))  # fmt: skip


def timed(words: list[str]) -> dict[str, float]:
    """One call of the command: its wall time from start to exit, processor time, peak memory and own report."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(words, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)}: exit status {process.returncode}: {errors.read().decode().strip()}")
        text = output.read().decode()
    return {
        "wall_seconds": wall,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss * 1024 / 1e6,
        "report": json.loads(text) if text.strip() else {},
    }


def bundle_bytes(folder: Path) -> int:
    """All files of a bundle and of the codec that its config.json points to."""
    config = json.loads((folder / "config.json").read_text())
    folders = {folder.resolve(), (folder / config.get("codec", ".")).resolve()}
    return sum(path.stat().st_size for each in folders for path in each.iterdir() if path.is_file())


def processor() -> str:
    """Name of the processor, and how many this process may use."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return f"{names[0] if names else 'unknown processor'}, {len(os.sched_getaffinity(0))} cores"
