"""Step `evaluate-codec`: the codec beside Opus and an average spectrum, on real piano and on held-out speech.

Results of earlier calls stay in RUNS/results/codec.json until the same system is measured again.
"""

import argparse
from pathlib import Path

import numpy as np
import soundfile

from . import codec_metrics, tables
from .codebook_use import codebook_use
from .codec import load_codec
from .codec_excerpts import Excerpt, piano_excerpts, speech_excerpts
from .codec_metrics import Measure
from .codec_systems import OPUS_RATES, System, command_codec, opus, torch_codec
from .export_codec import load_bundle
from .recognition import Recogniser, word_errors, words
from .sound_features import SAMPLE_RATE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--piano", type=Path, help="folder of real recordings: 10 s from 30 s on of each")
    parser.add_argument("--speech", type=Path, metavar="TSV",
                        help="manifest of speech: path, speaker, seconds, text, and use (those with `eval` are taken)")  # fmt: skip
    parser.add_argument("--speech-files", type=int, default=24, help="utterances, shared out among the speakers")
    parser.add_argument("--systems", nargs="+", default=["ours", "opus"], choices=["ours", "opus"])
    parser.add_argument("--bundle", type=Path, help="an exported codec; else the checkpoint of RUNS/codec")
    parser.add_argument("--command", nargs="+", help="let this built command, `audiolm` with its path, run the bundle")
    parser.add_argument("--keep", type=Path, help="folder for the excerpts and what each system makes of them")
    parser.add_argument("--codebooks", nargs="+", metavar="DATA", default=[],
                        help="data sets under RUNS/data whose test split tells how evenly codes are used")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="measure the 80-band distance alone, for a result of that name")


def run(args: argparse.Namespace) -> None:
    if args.command and not args.bundle:
        raise SystemExit("--command needs --bundle, the codec that it shall run")
    label = "codec-quick" if args.quick else "codec"
    result = tables.read_result(args.runs, label) or {}
    codec = load_bundle(args.bundle) if args.bundle else None
    if codec is None and ("ours" in args.systems or args.codebooks):
        codec = load_codec(args.runs / "codec" / "checkpoint.pt")
    chosen: dict[str, System] = {}
    if "ours" in args.systems:
        chosen |= command_codec(args.command, args.bundle) if args.command else torch_codec(codec)
    if "opus" in args.systems:
        chosen |= {f"Opus --bitrate {rate}": opus(rate) for rate in OPUS_RATES}
    for name, excerpts in excerpt_sets(args).items():
        measures = {} if args.quick else measures_for(name)
        recogniser = Recogniser() if name == "speech" and not args.quick else None
        rows = result.setdefault(name, {})
        rows["average spectrum"] = {
            "mel_distance": codec_metrics.average_spectrum_distance([excerpt.sound for excerpt in excerpts])
        }
        if recogniser:
            rows["the recording itself"] = {"word_error_rate": word_error_rate(recogniser, excerpts)}
        for system, through in chosen.items():
            keep = args.keep / name / system.replace(",", "").replace(" ", "-") if args.keep else None
            rows[system] = measure(through, excerpts, measures, recogniser, keep)
            if system.startswith("ours"):
                rows[system]["run_by"] = "the built command" if args.command else "PyTorch"
            tables.write_result(args.runs, label, result)
        print(f"\n{name}\n\n{tables.codec_rows(rows)}", flush=True)
    if args.codebooks:
        result["codebooks"] = codebook_use(codec, {name: args.runs / "data" / name / "test" for name in args.codebooks})
        tables.write_result(args.runs, label, result)
        print(f"\n{tables.codebook_rows(result['codebooks'])}")


def excerpt_sets(args: argparse.Namespace) -> dict[str, list[Excerpt]]:
    sets = {}
    if args.piano:
        sets["piano"] = piano_excerpts(args.piano)
    if args.speech:
        sets["speech"] = speech_excerpts(args.speech, args.speech_files)
    return sets


def measures_for(name: str) -> dict[str, Measure]:
    """What is measured of a data set beside the 80-band distance and words."""
    measures = {"visqol": codec_metrics.visqol("audio")}
    if name == "speech":
        measures |= {
            "visqol_speech": codec_metrics.visqol("speech"),
            "pesq": codec_metrics.pesq_wide_band,
            "stoi": codec_metrics.stoi,
        }
    return measures


def measure(
    through: System, excerpts: list[Excerpt], measures: dict[str, Measure], recogniser: Recogniser | None = None,
    keep: Path | None = None,
) -> dict[str, float]:  # fmt: skip
    """Means over the excerpts, and word errors over all their words; `keep` is a folder for the sounds."""
    rows, decoded = [], []
    for number, excerpt in enumerate(excerpts):
        sound, rate = through(excerpt.sound)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            soundfile.write(keep / f"{number}.wav", sound, SAMPLE_RATE, "PCM_16")
            soundfile.write(keep.parent / f"{number}.wav", excerpt.sound, SAMPLE_RATE, "PCM_16")
        row = {"kilobits_per_second": rate / 1000, "mel_distance": codec_metrics.mel_distance(excerpt.sound, sound)}
        rows.append(row | {name: function(excerpt.sound, sound) for name, function in measures.items()})
        decoded.append(Excerpt(sound, excerpt.text))
    means = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    if recogniser:
        means["word_error_rate"] = word_error_rate(recogniser, decoded)
    return {"excerpts": len(excerpts), **means}


def word_error_rate(recogniser: Recogniser, excerpts: list[Excerpt]) -> float:
    """Wrong words over words said."""
    said = [words(excerpt.text) for excerpt in excerpts]
    errors = sum(word_errors(text, recogniser.words(excerpt.sound)) for text, excerpt in zip(said, excerpts))
    return errors / sum(map(len, said))
