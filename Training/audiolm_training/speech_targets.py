"""The figures that a speech bundle must reach, each beside what was measured."""

from collections.abc import Iterator

from .targets import Figure, Results, at_least, semantic_bits, speed, under


def figures(results: Results) -> list[Figure]:
    return [*_semantic_tokens(results), *_voices(results), *_stages(results), *_choice(results), *speed(results)]


def _semantic_tokens(results: Results) -> Iterator[Figure]:
    probe = results.get("semantic_tokens", {})
    ours, plain = probe.get("tokens", {}), probe.get("plain_frames", {})
    for key, what in (("phone_f1", "macro-F1"), ("phone_accuracy", "accuracy")):
        bound = 1.4 * plain[key] if plain else 0.0
        target = f"1.4 × plain frames' {plain[key]:.3f} = {bound:.3f}" if plain else "1.4 × plain frames'"
        yield at_least(f"semantic tokens: phones, {what}", ours.get(key), bound, 3, target)
    bound = plain.get("speaker_information", 0.0)
    yield under("semantic tokens: normalised mutual information with the speaker", ours.get("speaker_information"),
                bound, 3, f"under plain frames' {bound:.3f}" if plain else "under plain frames'")  # fmt: skip


def _voices(results: Results) -> Iterator[Figure]:
    voices = results.get("voices", {})
    continued, real = voices.get("continuation", {}), voices.get("truth", {})
    unprompted = voices.get("without acoustic prompt", {})
    figure = at_least("continuations of 3 s by 7 s: the prompt's speaker", continued.get("prompts_right"), 0.8)
    beside = f" (real speech: {real['prompts_right']:.2f})" if real else ""
    beside += f" (without the acoustic prompt: {unprompted['prompts_right']:.2f})" if unprompted else ""
    yield Figure(figure.what, figure.target, figure.measured + beside, figure.met)


def _stages(results: Results) -> Iterator[Figure]:
    yield from semantic_bits(results.get("stages", {}).get("semantic_stage"), "held-out speakers")
    likelihood = results.get("likelihood", {})
    for name, tokens in (("", "semantic tokens"), ("hierarchy_", "all of the hierarchy's")):
        figure = at_least(f"own continuation likelier than another utterance's, by {tokens}",
                          likelihood.get(f"{name}own_preferred"), 0.75)  # fmt: skip
        raised = likelihood.get(f"{name}own_raised")
        beside = "" if raised is None else f" (raised by more: {raised:.2f})"
        yield Figure(figure.what, figure.target, figure.measured + beside, figure.met)


def _choice(results: Results) -> Iterator[Figure]:
    kinds = results.get("sound_kinds", {})
    for source in ("rendered piano", "real piano", "read speech"):
        yield at_least(f"--model auto, {source}", kinds.get(source, {}).get("right bundle"), 0.99, 4)
