"""The figures that the codec must reach, each beside what was measured and beside Opus in the same run."""

from collections.abc import Iterator

from .targets import Figure, Results, at_least, at_most

SPEED_OVER_TORCH, SPEED_OVER_REAL_TIME = 3, 25
MEASURES = (("mel_distance", "80-band distance"), ("visqol", "ViSQOL, audio"), ("visqol_speech", "ViSQOL, speech"))
# Our levels and kbit/s, and the Opus that they must reach.
RIVALS = ((12, "6", "Opus --bitrate 8"), (6, "3", "Opus --bitrate 6"))


def codec_figures(results: Results) -> list[Figure]:
    return [*_beside_opus(results), *_speech(results), *_codebooks(results), *_speed(results)]


def _beside_opus(results: Results) -> Iterator[Figure]:
    for name, title in (("piano", "real piano"), ("speech", "speech")):
        rows = results.get("codec", {}).get(name, {})
        for key, measure in MEASURES if name == "speech" else MEASURES[:2]:
            for levels, kilobits, rival in RIVALS:
                value, bound = (rows.get(system, {}).get(key) for system in (f"ours, {levels} levels", rival))
                reach = at_most if key == "mel_distance" else at_least
                yield _beside(reach, f"{title}, {kilobits} kbit/s: {measure}", value, bound, rival)


def _beside(reach, what: str, value: float | None, bound: float | None, rival: str, digits: int = 2) -> Figure:
    if bound is None:
        return Figure(what, f"as {rival}", "not measured", None)
    return reach(what, value, bound, digits, target=f"{rival}: {bound:.{digits}f}")


def _speech(results: Results) -> Iterator[Figure]:
    rows = results.get("codec", {}).get("speech", {})
    whole, half, opus = (rows.get(name, {}) for name in ("ours, 12 levels", "ours, 6 levels", "Opus --bitrate 6"))
    yield at_least("speech, 6 kbit/s: PESQ, wide band", whole.get("pesq"), 2.6)
    yield at_least("speech, 6 kbit/s: STOI", whole.get("stoi"), 0.92, 3)
    for key, measure, digits in (("pesq", "PESQ, wide band", 2), ("stoi", "STOI", 3)):
        yield _beside(at_least, f"speech, 3 kbit/s: {measure}", half.get(key), opus.get(key), "Opus --bitrate 6", digits)
    clean, coded = rows.get("the recording itself", {}).get("word_error_rate"), whole.get("word_error_rate")
    yield at_most("speech, 6 kbit/s: words wrong, × the recording's", coded / clean if coded and clean else None, 1.25)


def _codebooks(results: Results) -> Iterator[Figure]:
    use = results.get("codec", {}).get("codebooks", {})
    row = use.get("together") or next(iter(use.values()), None)
    yield at_least("codebook least used: entropy over its maximum", min(row["shares"]) if row else None, 0.8)


def _speed(results: Results) -> Iterator[Figure]:
    speed = results.get("codec_speed", {})
    for part in ("encode", "decode"):
        row = speed.get(part)
        yield at_least(f"{part}, one core, × PyTorch", row and row["torch_seconds"] / row["command_seconds"],
                       SPEED_OVER_TORCH, 1)  # fmt: skip
        yield at_least(f"{part}, one core, × real time", row and speed["seconds"] / row["command_seconds"],
                       SPEED_OVER_REAL_TIME, 0)  # fmt: skip
