"""Step `evaluate-speed`: wall time and peak memory of the built command from start to written file, what four variations
and ten minutes take beside it, and sizes."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import tables

SECONDS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--command", nargs="+", default=["audiolm"], help="the built command `audiolm`, with its path")
    parser.add_argument("--snippet", type=Path, required=True, help="sound file to continue")
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder; its codec is counted with it")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--times", type=int, default=3, help="runs; the median counts")
    parser.add_argument("--long", action="store_true", help="continue by ten minutes, too, and compare with 20 s")


def run(args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        def words(seconds: int, variations: int = 1) -> list[str]:
            return [*args.command, "continue", str(args.snippet), "--seconds", str(seconds), "--seed", "1", "--model",
                    str(args.bundle), "--threads", str(args.threads), "--variations", str(variations), "--json",
                    "--force", "-o", str(Path(folder) / "out.wav")]  # fmt: skip
        rounds = [(timed(words(SECONDS)), timed(words(SECONDS, variations=4))) for _ in range(args.times)]
        long = timed(words(600)) if args.long else None
    one = median_of(alone for alone, _ in rounds)
    result = {
        **one,
        "seconds": SECONDS,
        "threads": args.threads,
        "processor": processor(),
        "load_average": os.getloadavg()[0],
        "bundle_megabytes": bundle_bytes(args.bundle) / 1e6,
        "four_variations_ratio": statistics.median(four["wall_seconds"] / alone["wall_seconds"] for alone, four in rounds),
    }
    if long:
        result["ten_minutes"] = long | {"share_of_thirty_times": long["wall_seconds"] / (30 * one["wall_seconds"])}
    tables.write_result(args.runs, "speed", result)
    rows = [[f"continue --seconds {SECONDS}, {args.threads} threads, wall", f"{one['wall_seconds']:.2f} s"],
            ["the same, processor time", f"{one['processor_seconds']:.2f} s"],
            ["peak memory", f"{one['peak_megabytes']:.0f} MB"],
            ["four variations, times one", f"{result['four_variations_ratio']:.2f}"],
            ["bundle with codec", f"{result['bundle_megabytes']:.1f} MB"],
            ["machine", f"{result['processor']}, load average {result['load_average']:.1f}"]]  # fmt: skip
    if long:
        rows.append(["ten minutes", f"{long['wall_seconds']:.1f} s, {result['ten_minutes']['share_of_thirty_times']:.2f} of 30 "
                                    f"times 20 s; {long['peak_megabytes']:.0f} MB"])  # fmt: skip
    print(tables.markdown(["what", "measured"], rows))


def median_of(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    """The run whose wall time is the median."""
    ordered = sorted(runs, key=lambda one: one["wall_seconds"])
    return ordered[len(ordered) // 2]


# Waits for a command and writes what it took to a file. A process's peak memory counts that of the process which it was
# forked from: this one is small, the one that runs the step is not.
LAUNCHER = """
import json, os, subprocess, sys, time
started = time.monotonic()
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
taken = {
    "wall_seconds": time.monotonic() - started,
    "processor_seconds": usage.ru_utime + usage.ru_stime,
    "peak_megabytes": usage.ru_maxrss * 1024 / 1e6,
}
with open(sys.argv[1], "w") as file:
    json.dump(taken, file)
sys.exit(process.returncode)
"""


def timed(words: list[str]) -> dict[str, float]:
    """One call of the command: its wall time from start to exit, processor time, peak memory and own report, or the
    last of its own reports."""
    with tempfile.NamedTemporaryFile() as taken:
        launched = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, taken.name, *words], capture_output=True)
        if launched.returncode:
            errors = launched.stderr.decode().strip()
            raise SystemExit(f"{' '.join(words)}: exit status {launched.returncode}: {errors}")
        lines = launched.stdout.decode().strip().splitlines()
        return {**json.loads(Path(taken.name).read_text()), "report": json.loads(lines[-1]) if lines else {}}


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
