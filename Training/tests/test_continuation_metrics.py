import numpy as np
import pytest

from audiolm_training import continuation_metrics as metrics
from audiolm_training import sound_features
from audiolm_training.sound_features import SAMPLE_RATE


def tune(keys: list[int], rate: float, seconds: float, level: float = 0.1, bright: float = 0.5) -> np.ndarray:
    """Struck strings of random `keys` (MIDI), `rate` a second."""
    random = np.random.default_rng(sum(keys))
    sound = np.zeros(round((seconds + 2) * SAMPLE_RATE))
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    for start in np.arange(0, seconds, 1 / rate):
        pitch = 440 * 2 ** ((random.choice(keys) - 69) / 12)
        note = sum(bright**n * np.sin(2 * np.pi * pitch * n * time) for n in range(1, 5)) * np.exp(-4 * time)
        first = round(start * SAMPLE_RATE)
        sound[first : first + SAMPLE_RATE] += note * np.minimum(1, time * 400)
    sound = sound[: round(seconds * SAMPLE_RATE)]
    return (sound * level / np.sqrt(np.mean(sound**2))).astype(np.float32)


C_MAJOR, F_SHARP_MAJOR = [60, 64, 67, 72], [66, 70, 73, 78]


def test_pitch_classes_are_those_played():
    profile = sound_features.pitch_classes(tune(C_MAJOR, 4, 5)).mean(0)
    assert set(np.argsort(profile)[-3:]) == {0, 4, 7}


@pytest.mark.parametrize("rate", [2, 4, 8])
def test_onsets_are_counted_at_any_level(rate: int):
    for level in (0.1, 0.003):
        assert metrics.density(tune(C_MAJOR, rate, 5, level)) == pytest.approx(rate, rel=0.15)


def test_level_and_spectrum():
    sound = tune(C_MAJOR, 4, 3)
    assert sound_features.level(sound) == pytest.approx(-20, abs=0.01)
    assert sound_features.level(sound * 0.1) == pytest.approx(-40, abs=0.01)
    assert np.allclose(sound_features.spectrum(sound), sound_features.spectrum(sound * 0.1), atol=0.01)
    assert sound_features.level(np.zeros(100, np.float32)) == -80


def scores(chosen: list[int]) -> dict[str, float]:
    """Of two prompts that are continued by the true continuations of the chosen ones."""
    styles = [(C_MAJOR, 3, 0.1, 0.3), (F_SHARP_MAJOR, 7, 0.02, 0.8)]
    prompts = [tune(keys, rate, 3, level, bright) for keys, rate, level, bright in styles]
    truths = [tune([*keys, keys[0]], rate, 6, level, bright) for keys, rate, level, bright in styles]
    found = {}
    for measure in metrics.MEASURES:
        features = ([measure.feature(s) for s in group] for group in (prompts, [truths[i] for i in chosen], truths))
        found[measure.name] = metrics.consistency(metrics.similarities(measure, *features, ["a", "b"]))["value"]
    return found


def test_scale_runs_from_another_recording_to_the_own():
    assert scores([0, 1]) == pytest.approx(dict.fromkeys(scores([0, 1]), 1))
    assert scores([1, 0]) == pytest.approx(dict.fromkeys(scores([0, 1]), 0), abs=1e-9)


def test_no_scale_where_the_own_is_no_nearer():
    assert np.isnan(metrics.consistency(metrics.Similarities(*np.ones((3, 4)), 0.0))["value"])


def test_interval_holds_the_value():
    random = np.random.default_rng(1)
    own, other = random.normal(1, 0.2, 20), random.normal(0, 0.2, 20)
    found = metrics.consistency(metrics.Similarities((own + other) / 2, own, other, 1.0))
    assert found["value"] == pytest.approx(0.5)
    assert found["low"] <= found["value"] <= found["high"]


def test_faults():
    prompt, played = tune(C_MAJOR, 4, 5), tune([60, 62, 64, 65, 67, 69, 71], 4, 20)
    assert metrics.faults(prompt, played) == []
    assert "silent" in metrics.faults(prompt, np.zeros_like(played))
    assert "silent" in metrics.faults(prompt, np.concatenate([played, np.zeros(5 * SAMPLE_RATE, np.float32)]))
    assert "stuck" in metrics.faults(prompt, np.resize(prompt[: round(2.35 * SAMPLE_RATE)], 20 * SAMPLE_RATE))
    assert "too dense" in metrics.faults(tune(C_MAJOR, 1, 5), tune(C_MAJOR, 8, 5))
    assert "too sparse" in metrics.faults(tune(C_MAJOR, 8, 5), tune(C_MAJOR, 1, 5))
    assert metrics.faults(np.zeros_like(prompt), tune(C_MAJOR, 1, 5)) == []  # no onset to compare with


def test_three_times_through_is_still_allowed():
    loop = tune([60, 62, 64, 65, 67, 69, 71], 5, 6)
    assert metrics.repeats(np.tile(loop, 3)) == 2
    assert metrics.repeats(np.tile(loop, 4)) == 3
