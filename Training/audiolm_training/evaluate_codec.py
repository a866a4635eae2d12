"""Step `evaluate-codec`: the codec beside Opus and an average spectrum, on real piano and on held-out speech.

Results of earlier calls stay in RUNS/results/codec.json until the same system is measured again.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile
import torch

from . import tables
from .codec import load_codec
from .codec_metrics import mel_distance, si_sdr
from .codec_systems import OPUS_RATES, System, command_codec, opus, torch_codec
from .export_codec import load_bundle
from .losses import LogMel
from .make_prompts import sound_files, spread
from .recordings import read_mono
from .sound_features import SAMPLE_RATE

SECONDS, PIANO_START = 10, 30
SHORTEST = 4  # seconds of speech


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--piano", type=Path, help="folder of real recordings: 10 s from 30 s on of each")
    parser.add_argument("--speech", type=Path, help="folder of held-out speech: up to 10 s of some files")
    parser.add_argument("--speech-files", type=int, default=6)
    parser.add_argument("--systems", nargs="+", default=["ours", "opus"], choices=["ours", "opus"])
    ours = parser.add_mutually_exclusive_group()
    ours.add_argument("--command", nargs="+", help="measure what this built command makes: `audiolm`, with its path")
    ours.add_argument("--bundle", type=Path, help="an exported codec, run in PyTorch; else RUNS/codec's checkpoint")
    parser.add_argument("--model", help="bundle for the command, in place of its default")
    parser.add_argument("--keep", type=Path, help="folder for the excerpts and what each system makes of them")
    parser.add_argument("--tokens", type=Path, help="folder of acoustic token files (.npy), for the codebooks' entropy")
    parser.add_argument("--no-visqol", action="store_true", help="leave out ViSQOL, which takes a second an excerpt")


def run(args: argparse.Namespace) -> None:
    chosen: dict[str, System] = {}
    if "ours" in args.systems:
        if args.command:
            chosen |= command_codec(args.command, ["--model", args.model] if args.model else [])
        else:
            path = args.runs / "codec" / "checkpoint.pt"
            chosen |= torch_codec(load_bundle(args.bundle) if args.bundle else load_codec(path))
    if "opus" in args.systems:
        chosen |= {f"Opus --bitrate {rate}": opus(rate) for rate in OPUS_RATES}
    visqol = None if args.no_visqol else make_visqol()
    result = tables.read_result(args.runs, "codec") or {}
    for name, excerpts in excerpt_sets(args).items():
        rows = result.setdefault(name, {})
        rows["average spectrum"] = {"mel_distance": average_spectrum_distance(excerpts)}
        for system, through in chosen.items():
            keep = args.keep / name / system.replace(",", "").replace(" ", "-") if args.keep else None
            rows[system] = {"excerpts": len(excerpts), **measure(through, excerpts, visqol, keep)}
            if system.startswith("ours"):
                rows[system]["run_by"] = "the built command" if args.command else "PyTorch"
            tables.write_result(args.runs, "codec", result)
        print(f"\n{name}\n\n{tables.codec_rows(rows)}", flush=True)
    if args.tokens:
        codes = np.concatenate([np.load(path) for path in sorted(args.tokens.glob("*.npy"))])
        result["entropy"] = {"frames": len(codes), "bits": level_entropies(codes)}
        tables.write_result(args.runs, "codec", result)
        print(f"\nentropy of each level in bits, {len(codes)} frames: " + " ".join(
            f"{bits:.2f}" for bits in result["entropy"]["bits"]))  # fmt: skip


def excerpt_sets(args: argparse.Namespace) -> dict[str, list[np.ndarray]]:
    """Excerpts [samples] of each data set, at most 10 s long."""
    sets = {}
    if args.piano:
        begin, end = PIANO_START * SAMPLE_RATE, (PIANO_START + SECONDS) * SAMPLE_RATE
        sets["piano"] = [read_mono(path)[begin:end] for path in sound_files(args.piano)]
    if args.speech:
        files = [path for path in sound_files(args.speech) if soundfile.info(path).duration >= SHORTEST]
        sets["speech"] = [read_mono(path)[: SECONDS * SAMPLE_RATE] for path in spread(files, args.speech_files)]
    return sets


def make_visqol() -> Callable[[np.ndarray, np.ndarray], float]:
    """A function of reference and degraded sound that gives MOS-LQO in audio mode."""
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode="audio")

    def mos(reference: np.ndarray, degraded: np.ndarray) -> float:
        doubled = (scipy.signal.resample_poly(sound.astype(np.float64), 2, 1) for sound in (reference, degraded))
        return float(api.measure_from_arrays(*doubled, 2 * SAMPLE_RATE).moslqo)

    return mos


def measure(
    through: System, excerpts: list[np.ndarray], visqol: Callable | None, keep: Path | None = None
) -> dict[str, float]:
    """Means over the excerpts; `keep` is a folder for the sounds."""
    rows = []
    for number, sound in enumerate(excerpts):
        decoded, rate = through(sound)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            soundfile.write(keep / f"{number}.wav", decoded, SAMPLE_RATE, "PCM_16")
            soundfile.write(keep.parent / f"{number}.wav", sound, SAMPLE_RATE, "PCM_16")
        pair = [torch.from_numpy(np.ascontiguousarray(wave, np.float32))[None] for wave in (decoded, sound)]
        row = {"mel_distance": mel_distance(*pair), "si_sdr": si_sdr(*pair), "kilobits_per_second": rate / 1000}
        if visqol:
            row["visqol"] = visqol(sound, decoded)
        rows.append(row)
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def average_spectrum_distance(excerpts: list[np.ndarray]) -> float:
    """The 80-band distance of a sound that is the excerpts' mean log spectrum in every frame."""
    mel = LogMel(1024, 256, 80)
    spectra = [mel(torch.from_numpy(sound)[None])[0] for sound in excerpts]
    average = torch.cat(spectra).mean(0)
    return float(np.mean([10 * (spectrum - average).abs().mean().item() for spectrum in spectra]))


def level_entropies(codes: np.ndarray) -> list[float]:
    """Entropy in bits of each level of codes [frames, levels], biased low where frames are few."""
    entropies = []
    for level in codes.T:
        share = np.bincount(level) / len(level)
        share = share[share > 0]
        entropies.append(float(-(share * np.log2(share)).sum()))
    return entropies
