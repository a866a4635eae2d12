"""Speech: phones as labels, the joining of utterances, the alignment."""

from pathlib import Path

import numpy as np
import pytest
import torch

from audiolm_training import phone_labels, prepare_speech
from audiolm_training.phone_alignment import PHONES, PhoneAligner
from audiolm_training.prepare_speech import Utterance


def test_phone_frames_follow_start_and_stretch():
    segments = np.array([[0.5, 0.58, 3], [0.58, 0.7, 7]], np.float32)
    frames = phone_labels.phone_frames(segments, start=0.42, frames=10)["phone"]
    assert frames.tolist() == [-1, -1, 3, 3, 7, 7, 7, -1, -1, -1]
    stretched = phone_labels.phone_frames(segments, start=0.42, frames=10, stretch=2.0)["phone"]
    assert stretched.tolist() == [-1] * 4 + [3] * 4 + [7] * 2
    assert phone_labels.phone_frames(np.zeros((0, 4)), 0, 3)["phone"].tolist() == [-1, -1, -1]


def test_unknown_phones_teach_nothing():
    torch.manual_seed(0)
    head = phone_labels.PhoneHead(4)
    summary, mask = torch.randn(1, 3, 4), torch.zeros(1, 3, dtype=torch.bool)
    known = head.losses(summary, {"phone": torch.tensor([[5, -1, -1]])}, mask)["phone"]
    alone = head.losses(summary[:, :1], {"phone": torch.tensor([[5]])}, mask[:, :1])["phone"]
    assert torch.allclose(known, alone)
    assert head.losses(summary, {"phone": torch.full((1, 3), -1)}, mask)["phone"] == 0


def test_probe_of_perfect_and_useless_tokens():
    rng = np.random.default_rng(0)
    phones = rng.integers(0, len(PHONES), 8000)
    labels = {"phone": np.where(rng.random(8000) < 0.1, -1, phones), "source": rng.integers(0, 8, 8000)}
    perfect = phone_labels.probe(phones, labels, phones, labels, 64)
    assert perfect["phone_accuracy"] == 1 and perfect["phone_f1"] == 1 and perfect["speaker_information"] < 0.02
    useless = rng.integers(0, 64, 8000)
    assert phone_labels.probe(useless, labels, useless, labels, 64)["phone_accuracy"] < 0.12


def utterance(name: str, seconds: float, **values) -> Utterance:
    return Utterance(**{"path": Path(name), "speaker": "a", "seconds": seconds, "text": name, "level": -30.0,
                        "held_out": False} | values)  # fmt: skip


def test_utterances_are_joined_up_to_a_minute():
    runs = prepare_speech.join([utterance(str(n), 25.0) for n in range(5)])
    assert [[one.text for one in run] for run in runs] == [["0", "1"], ["2", "3"], ["4"]]


def test_only_quiet_speakers_in_training_are_lifted():
    assert prepare_speech.lift([utterance("a", 1.0)]) == pytest.approx(10 ** (3 / 20))
    assert prepare_speech.lift([utterance("a", 1.0, level=-20.0)]) == 1
    assert prepare_speech.lift([utterance("a", 1.0, held_out=True)]) == 1


def test_noise_does_not_fit_a_text_and_words_out_of_the_dictionary_stay_unlabelled():
    pytest.importorskip("pocketsphinx")
    aligner = PhoneAligner()
    noise = 0.1 * np.random.default_rng(0).standard_normal(12_000).astype(np.float32)
    found = aligner.align(noise, 24_000, "zzyzxq")
    assert found.shape[1] == 3 and not (found[:, 2] > 0).any()
    assert aligner.align(noise, 24_000, " ".join(["this never fits into half a second"] * 9)).shape == (0, 3)
