"""Results as JSON under RUNS/results and as markdown tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .whole_file import write_whole


def write_result(runs: Path, name: str, result: dict[str, Any]) -> None:
    write_whole(runs / "results" / f"{name}.json", json.dumps(result, indent=1) + "\n")


def read_result(runs: Path, name: str) -> dict[str, Any] | None:
    """None if that step has not been run."""
    path = runs / "results" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


CODEC_COLUMNS = (
    ("kilobits_per_second", "kbit/s", ".2f"),
    ("mel_distance", "80-band distance", ".2f"),
    ("visqol", "ViSQOL, audio", ".2f"),
    ("visqol_speech", "ViSQOL, speech", ".2f"),
    ("pesq", "PESQ", ".2f"),
    ("stoi", "STOI", ".3f"),
    ("word_error_rate", "words wrong", ".1%"),
)


def codec_rows(rows: dict[str, dict[str, float]]) -> str:
    """One data set's systems, ours last, as `evaluate-codec` writes them, in the columns that were measured."""
    columns = [column for column in CODEC_COLUMNS if any(column[0] in row for row in rows.values())]
    return markdown(
        ["system", *(title for _, title, _ in columns)],
        [[system, *(format(row[key], form) if key in row else "–" for key, _, form in columns)]
         for system, row in sorted(rows.items(), key=lambda item: item[0].startswith("ours"))])  # fmt: skip


def codebook_rows(use: dict[str, dict]) -> str:
    """Share of each level's entropy that is used, by data set."""
    levels = len(next(iter(use.values()))["shares"])
    return markdown(
        ["codes' entropy over its maximum", "frames", *(f"{level}" for level in range(1, levels + 1))],
        [[name, f"{row['frames']:,}", *(f"{share:.2f}" for share in row["shares"])] for name, row in use.items()])  # fmt: skip


def codec_speed_rows(speed: dict[str, Any]) -> str:
    """What `evaluate-codec-speed` writes."""
    seconds = speed["seconds"]
    rows = [[f"{part}, {seconds:.0f} s of sound", *(f"{row[key]:.2f} s ({seconds / row[key]:.0f} ×)" for key in
             ("command_seconds", "torch_seconds")), f"{row['torch_seconds'] / row['command_seconds']:.1f}"]
            for part in ("encode", "decode") if (row := speed.get(part))]  # fmt: skip
    table = markdown(["one core, processor time", "the command (× real time)", "PyTorch", "ratio"], rows)
    memory = ", ".join(f"{part} an hour of sound: {row['peak_megabytes']:.0f} MB, {row['processor_seconds']:.0f} s"
                       for part, row in speed.get("hour", {}).items())  # fmt: skip
    machine = f"{speed['processor']}, load average {speed['load_average']:.1f}"
    return f"{table}\n\n{machine}." + (f" Peak memory to {memory}." if memory else "")


def peer_rows(result: dict[str, Any]) -> str:
    """What `benchmark-peers` writes: our time, and how many times as long each peer takes."""
    rows = result["seconds"]
    peers = list(dict.fromkeys(peer for row in rows.values() for peer in row if peer != "ours"))
    table = markdown(
        ["median", "ours", *peers],
        [[name, f"{row['ours'] * 1e3:.3g} ms", *(f"{row[peer] / row['ours']:.1f} ×" if peer in row else "–" for peer in
          peers)] for name, row in rows.items()])  # fmt: skip
    return (f"{table}\n\n{result['date']}, {result['processor']}, {result['threads']} threads; kernels "
            f"{result['instruction_set']}, PyTorch {result['torch']}.")  # fmt: skip


QUANTISATION_KINDS = {
    "trained": "32-bit weights", "bundle": "8-bit weights", "rounded": "8-bit weights, inputs of 7 bits",
}  # fmt: skip


def quantisation_rows(result: dict[str, Any]) -> str:
    """What `evaluate-quantisation` writes."""
    kinds = [kind for kind in QUANTISATION_KINDS if all(kind in row for row in result.values())]
    return markdown(
        ["stage", *(f"bits per token, {QUANTISATION_KINDS[kind]}" for kind in kinds), "the same likeliest token"],
        [[name.replace("_", " "), *(f"{row[kind]:.3f}" for kind in kinds), f"{row['agreement']:.1%}"]
         for name, row in result.items()])  # fmt: skip


def consistency_rows(result: dict[str, Any]) -> str:
    """What `evaluate-continuations` writes, over all prompts and by kind."""
    kinds = sorted({row["kind"] for row in result["rows"]})
    return markdown(
        ["consistency with the prompt", "all", "95 % interval", *kinds, "own nearer than others"],
        [[name, f"{s['value']:.2f}", f"{s['low']:.2f} to {s['high']:.2f}", *(f"{s[kind]:.2f}" for kind in kinds),
          f"{100 * s['own_nearer_than_others']:.0f} %"] for name, s in result["consistency"].items()])  # fmt: skip


def voices_rows(voices: dict[str, dict]) -> str:
    """What `evaluate-voices` writes."""
    heard = all("bits_of_a_phone" in row for row in voices.values())
    header = ["sound", "prompts", "seconds given to the prompt's speaker", "prompts given to the prompt's speaker"]
    rows = [[name, str(row["prompts"]), f"{row['seconds_right']:.0%}", f"{row['prompts_right']:.0%}"]
            for name, row in voices.items()]  # fmt: skip
    if heard:
        header += ["bits of a phone heard (in any order)", "phones a second"]
        for cells, row in zip(rows, voices.values(), strict=True):
            cells += [f"{row['bits_of_a_phone']:.2f} ({row['bits_in_any_order']:.2f})", f"{row['phones_a_second']:.1f}"]
    return markdown(header, rows)


DETECTOR_SOUNDS = {"rendered": "rendered test pieces", "real": "real recordings"}


def detector_rows(result: dict[str, Any]) -> str:
    """What `train-detector` writes, of sound that it did not train on."""
    return markdown(
        ["sound", "prompts", "crops of 1 s", "told right", "95 % interval",
         "called synthetic: continuations", "real, coded", "real, not coded"],
        [[title, str(row["prompts"]), f"{row['crops']:,}", f"{row['right']:.1%}", f"{row['low']:.1%} to {row['high']:.1%}",
          *(f"{row['called_synthetic'][kind]:.1%}" for kind in ("continued", "coded", "truth"))]
         for name, title in DETECTOR_SOUNDS.items() if (row := result.get(name))])  # fmt: skip
