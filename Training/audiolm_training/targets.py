"""The figures that a piano bundle must reach, each beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Results = dict[str, Any]  # of RUNS/results, by the name of the file; absent where a step has not been run


@dataclass(frozen=True)
class Figure:
    what: str
    target: str
    measured: str
    met: bool | None  # None where nothing was measured

    @property
    def cells(self) -> list[str]:
        return [self.what, self.target, self.measured, {True: "yes", False: "no", None: "–"}[self.met]]


def at_least(what: str, value: float | None, bound: float, digits: int = 2, target: str | None = None) -> Figure:
    target = target or f"at least {bound:.{digits}f}"
    return Figure(what, target, _number(value, digits), None if value is None else value >= bound)


def under(what: str, value: float | None, bound: float, digits: int = 2, target: str | None = None) -> Figure:
    target = target or f"under {bound:.{digits}f}"
    return Figure(what, target, _number(value, digits), None if value is None else value < bound)


def at_most(what: str, value: float | None, bound: float, digits: int = 2, target: str | None = None) -> Figure:
    target = target or f"at most {bound:.{digits}f}"
    return Figure(what, target, _number(value, digits), None if value is None else value <= bound)


def _number(value: float | None, digits: int) -> str:
    return "not measured" if value is None else f"{value:.{digits}f}"


def figures(results: Results) -> list[Figure]:
    return [*_codec(results), *_semantic_tokens(results), *_stages(results), *_continuations(results), *speed(results)]


def _codec(results: Results) -> Iterator[Figure]:
    piano = results.get("codec", {}).get("piano", {})
    ours, opus = piano.get("ours, 12 levels", {}), piano.get("Opus --bitrate 6", {})
    yield under("codec, 6 kbit/s, real piano: 80-band distance", ours.get("mel_distance"), 1.5)
    mos = opus.get("visqol", 4.29)
    yield at_least("codec, 6 kbit/s, real piano: ViSQOL", ours.get("visqol"), mos, target=f"Opus 6's: {mos:.2f}")


def _semantic_tokens(results: Results) -> Iterator[Figure]:
    probe = results.get("semantic_tokens", {})
    ours, plain = probe.get("tokens", {}), probe.get("plain_frames", {})
    for key, what in (("pitch_class_f1", "active pitch classes, macro-F1"), ("onset_f1", "onsets, F1")):
        if ours and plain:
            bound = 1.5 * plain[key]
            yield at_least(f"semantic tokens: {what}", ours[key], bound, 3,
                           f"1.5 × plain frames' {plain[key]:.3f} = {bound:.3f}")  # fmt: skip
        else:
            yield Figure(f"semantic tokens: {what}", "1.5 × plain frames'", "not measured", None)
    if ours and plain:
        yield under("semantic tokens: bits about which piano it is", ours["instrument_bits"], plain["instrument_bits"],
                    target=f"under plain frames' {plain['instrument_bits']:.2f}")  # fmt: skip


def semantic_bits(semantic: dict[str, list[float]] | None, held_out: str) -> Iterator[Figure]:
    """Bits of the semantic stage beside a bigram's, of all tokens and of those that are not repeats."""
    for ending, name in (("", f"semantic stage: bits per token, {held_out}"),
                         (", repeats left out", "the same with repeats left out, as AudioLM's tokens")):
        if semantic and f"bigram{ending}" in semantic:
            bigram = mean(semantic[f"bigram{ending}"])
            target = f"0.75 × bigram's {bigram:.2f} = {0.75 * bigram:.2f}"
            yield under(name, mean(semantic[f"model{ending}"]), 0.75 * bigram, target=target)
        else:
            yield Figure(name, "0.75 × bigram's", "not measured", None)


def _stages(results: Results) -> Iterator[Figure]:
    semantic = results.get("stages", {}).get("semantic_stage")
    coarse = results.get("stages", {}).get("coarse_stage")
    yield from semantic_bits(semantic, "held out")
    name = "coarse stage: bits per token with the right semantic tokens"
    if coarse:
        other = mean(coarse["other piece's semantic tokens"])
        figure = under(name, mean(coarse["model"]), other, target=f"clearly under {other:.2f}, with another piece's")
        beside = [f"{label}: {mean(coarse[key]):.2f}" for key, label in (
            ("no semantic tokens", "without any"), ("other piece's reference", "told of another piece's sound"))
            if key in coarse]  # fmt: skip
        without = f" ({', '.join(beside)})" if beside else ""
        yield Figure(figure.what, figure.target, figure.measured + without, figure.met)
    else:
        yield Figure(name, "clearly under another piece's", "not measured", None)


def _continuations(results: Results) -> Iterator[Figure]:
    measured = results.get("continuations", {})
    for name in ("pitch classes", "note density", "loudness", "timbre"):
        score = measured.get("consistency", {}).get(name, {})
        figure = at_least(f"continuations, consistency with the prompt: {name}", score.get("value"), 0.5)
        interval = f" ({score['low']:.2f} to {score['high']:.2f})" if score else ""
        yield Figure(figure.what, figure.target, figure.measured + interval, figure.met)
    faulty = measured.get("faulty")
    yield Figure("continuations: silent, stuck, or too sparse or dense", "none",
                 "not measured" if faulty is None else f"{faulty} of {measured['prompts']}",
                 None if faulty is None else faulty == 0)  # fmt: skip


def speed(results: Results) -> Iterator[Figure]:
    speed = results.get("speed", {})
    wall = speed.get("wall_seconds")
    yield Figure("20 s more, two threads, from process start to written file", "5 s or less",
                 "not measured" if wall is None else f"{wall:.2f} s", None if wall is None else wall <= 5)  # fmt: skip
    yield at_most("four variations of them, times one", speed.get("four_variations_ratio"), 1.8, 2)
    yield under("peak memory, MB", speed.get("peak_megabytes"), 400, 0)
    yield under("bundle with codec, MB", speed.get("bundle_megabytes"), 64, 1)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
