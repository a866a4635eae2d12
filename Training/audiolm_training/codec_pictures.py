"""Step `codec-pictures`: the codec beside Opus, as spectrograms in one PNG and as short sounds to listen to."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import yaml

from .codec import load_codec
from .codec_systems import System, opus, torch_codec
from .export_codec import load_bundle
from .picture import draw_grid
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

SECONDS = 5
VORBIS_QUALITY = 0.7  # about 70 kbit/s: what is heard is the codecs' doing, not Vorbis'


@dataclass(frozen=True)
class Example:
    """One excerpt as each system gives it back, with the system's bits per second where it is one."""

    name: str
    title: str
    credit: str
    sounds: dict[str, np.ndarray]
    rates: dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder that the configuration's files lie in")
    parser.add_argument("--bundle", type=Path, help="an exported codec; else the checkpoint of RUNS/codec")
    parser.add_argument("--picture", type=Path, help="PNG to write: the first and the last excerpt side by side")
    parser.add_argument("--examples", type=Path, help="folder for the sounds and a README.md that lists them")


def run(args: argparse.Namespace) -> None:
    codec = load_bundle(args.bundle) if args.bundle else load_codec(args.runs / "codec" / "checkpoint.pt")
    systems = {"Opus 6": opus(6), "Opus 12": opus(12)} | {
        f"ours {levels / 2:g}": through for levels, through in zip((12, 6, 3), torch_codec(codec).values(), strict=True)
    }
    entries = yaml.safe_load(args.config.read_text())["excerpts"]
    examples = [example(entry, args.data, systems) for entry in entries]
    if args.picture:
        shown = [examples[0], examples[-1]]
        draw_grid([list(one.sounds.values()) for one in shown],
                  [[caption(one, system) for system in one.sounds] for one in shown], args.picture)  # fmt: skip
        print(args.picture)
    if args.examples:
        write(examples, args.examples)
        print(args.examples)


def example(entry: dict, data: Path, systems: dict[str, System]) -> Example:
    """5 s of one file of the configuration, through every system."""
    begin = round(entry["start"] * SAMPLE_RATE)
    original = read_mono(data / entry["file"])[begin : begin + SECONDS * SAMPLE_RATE]
    if len(original) < SECONDS * SAMPLE_RATE:
        raise SystemExit(f"{data / entry['file']}: ends before {entry['start'] + SECONDS} s; choose another start")
    sounds, rates = {"original": original}, {}
    for system, through in systems.items():
        sounds[system], rates[system] = through(original)
    return Example(entry["name"], entry["title"], entry["credit"], sounds, rates)


def caption(one: Example, system: str) -> str:
    """What stands over a panel."""
    return f"{system}: {one.rates[system] / 1000:.1f} kbit/s" if system in one.rates else f"{one.title}, {system}"


def write(examples: list[Example], folder: Path) -> None:
    """Ogg Vorbis files and the README.md that says what they are and where they come from."""
    folder.mkdir(parents=True, exist_ok=True)
    systems = list(examples[0].sounds)
    lines = ["# Examples", "", f"{SECONDS} s each: the recording, Opus by `opusenc --bitrate`, and this codec. Stored as "
             "Ogg Vorbis at a high rate;", "the rates are those of the codes heard.", "",
             f"| | {' | '.join(systems)} |", "|---" * (len(systems) + 1) + "|"]  # fmt: skip
    for one in examples:
        cells = []
        for system, sound in one.sounds.items():
            file = f"{one.name}-{system.replace(' ', '-').replace('.', '_')}.ogg"
            soundfile.write(folder / file, sound, SAMPLE_RATE, "VORBIS", format="OGG",
                            compression_level=1 - VORBIS_QUALITY)  # fmt: skip
            rate = f"{one.rates[system] / 1000:.1f} kbit/s" if system in one.rates else "listen"
            cells.append(f"[{rate}]({file})")
        lines.append(f"| {one.title} | {' | '.join(cells)} |")
    lines += ["", "Sources, none of them heard in training:", ""]
    lines += [f"- {one.title}: {' '.join(one.credit.split())}." for one in examples]
    lines += ["", "Made by the step `codec-pictures` of `Training/`."]
    (folder / "README.md").write_text("\n".join(lines) + "\n")
