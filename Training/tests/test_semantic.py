"""The semantic tokenizer's parts, and its whole chain of steps on made-up recordings."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from audiolm_training import (
    augment,
    export_semantic,
    export_token_notes,
    features,
    fit_kmeans,
    kmeans,
    note_labels,
    labelled_recordings,
    probe_semantic,
    synthetic,
    tokenize_semantic,
    train_semantic,
    weight_file,
)
from audiolm_training.phone_alignment import PHONES
from audiolm_training.semantic_tokenizer import SemanticTokenizer, TokenizerConfiguration, windows
from audiolm_training.w2v_bert import contrastive_loss

CONFIGS = Path(__file__).parents[1] / "configs"
CONFIG = CONFIGS / "debug.yaml"


def rehearse(runs: Path, config: Path, data: str) -> Path:
    """Made-up recordings, an encoder and a tokenizer in `runs`."""
    synthetic.write(runs / "data" / data)
    train_semantic.run(argparse.Namespace(config=config, runs=runs, device="cpu"))
    fit_kmeans.run(argparse.Namespace(config=config, runs=runs, bundle=None))
    return runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    return rehearse(tmp_path_factory.mktemp("runs"), CONFIG, "piano")


def test_a_full_scale_sine_has_no_decibels():
    front_end = features.FrontEnd()
    centre = features.band_centres()[100]
    sound = torch.sin(2 * torch.pi * centre / 24_000 * torch.arange(9600))
    bands = front_end.log_bands(sound[None])[0]
    assert bands.shape == (40, features.BANDS)
    assert int(bands[20].argmax()) == 100
    assert abs(float(bands[20, 100])) < 1.5  # nepers of power; the main lobe spans several bins


def test_sound_that_ends_inside_a_frame_gets_that_frame():
    assert features.FrontEnd()(torch.zeros(1, 961)).shape == (1, 2, 4 * features.BANDS)


def test_note_rolls_follow_start_and_stretch():
    notes = np.array([[1.0, 2.0, 60, 80], [1.5, 1.51, 61, 80]], np.float32)
    rolls = note_labels.note_rolls(notes, start=0.5, frames=50)
    assert rolls["active"][:, 39].nonzero()[0].tolist() == list(range(12, 38))
    assert rolls["onset"].nonzero()[0].tolist() == [12, 25]
    assert rolls["pitch_class"][25].nonzero()[0].tolist() == [0, 1]
    stretched = note_labels.note_rolls(notes, start=0.5, frames=50, stretch=2.0)
    assert stretched["onset"].nonzero()[0].tolist() == [25]


def test_windows_cover_every_frame_once():
    for frames in (1, 437, 500, 501, 875, 876, 5000):
        spans = windows(frames)
        kept = []
        for number, (start, length) in enumerate(spans):
            last = number == len(spans) - 1
            kept += range(start + (62 if number else 0), start + length if last else start + 437)
        assert kept == list(range(frames))


def test_no_crop_is_drawn_longer_than_the_longest():
    augmentation, rng = augment.Augmentation(cents=250), np.random.default_rng(0)
    drawn = [augment.draw_length(240_000, augmentation, rng) for _ in range(300)]
    assert 240_000 < max(drawn) <= augment.longest_length(240_000, augmentation) < 1.16 * 240_000


def test_kmeans_finds_separate_clusters():
    centres = torch.tensor([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    x = centres.repeat(50, 1) + 0.1 * torch.randn(200, 2, generator=torch.Generator().manual_seed(1))
    found = kmeans.fit(x, 4, 20, seed=3)
    assert torch.cdist(centres, found).min(1).values.max() < 0.2
    with pytest.raises(ValueError):
        kmeans.fit(x, 201, 1)


def test_probe_scores_perfect_and_useless_tokens():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 12, 4000)
    labels = {
        "pitch_class": np.eye(12)[classes],
        "any_onset": (classes == 3).astype(float)[:, None],
        "source": rng.integers(0, 2, 4000),
    }
    perfect = note_labels.probe(classes, labels, classes, labels, 12)
    assert perfect["pitch_class_f1"] == 1 and perfect["onset_f1"] == 1 and perfect["instrument_bits"] < 0.02
    useless = rng.integers(0, 12, 4000)
    assert note_labels.probe(useless, labels, useless, labels, 12)["pitch_class_f1"] < 0.2


def test_weights_survive_their_file(tmp_path):
    tensors = {"a.weight": torch.randn(64, 65), "b": torch.randn(3)}
    for kind, error in (("float32", 0), ("bfloat16", 0.02), ("int8", 0.03)):
        weight_file.write(tmp_path / "w", weight_file.encode(tensors, weight_file.matrix_kind(kind, 1)))
        read = weight_file.read(tmp_path / "w")
        assert read.keys() == tensors.keys()
        assert (read["a.weight"] - tensors["a.weight"]).abs().max() <= error
        assert torch.equal(read["b"], tensors["b"])
        assert (int.from_bytes((tmp_path / "w").read_bytes()[:8], "little") + 8) % 64 == 0


def test_contrastive_loss_rewards_the_right_code():
    vectors = torch.randn(1, 6, 8)
    identities = torch.arange(6).view(1, 6, 1)
    mask = torch.tensor([[True] * 5 + [False]])
    assert contrastive_loss(vectors, vectors, identities, mask) < contrastive_loss(-vectors, vectors, identities, mask)


def test_training_resumes_where_it_stopped(runs):
    path = runs / "semantic" / "checkpoint.pt"
    before = torch.load(path, weights_only=True)
    assert before["step"] == 6
    before["model"]["summary.bias"] += 1  # or training from the start would end where this did
    torch.save(before, path)
    train_semantic.run(argparse.Namespace(config=CONFIG, runs=runs, device="cpu"))
    after = torch.load(path, weights_only=True)
    assert after["step"] == 6
    assert all(torch.equal(after["model"][name], tensor) for name, tensor in before["model"].items())


def test_every_recording_gets_its_tokens(runs):
    arguments = argparse.Namespace(
        config=CONFIG, runs=runs, bundle=None, command=None, activations=False, order=0, splits=["train", "valid", "test"],
        copies=0, cents=0)
    tokenize_semantic.run(arguments)
    folder = runs / "tokens/piano"
    assert not (folder / "activations").exists()
    tokenize_semantic.run(argparse.Namespace(**vars(arguments) | {"activations": True}))
    centroids = torch.from_numpy(np.load(folder / "activations/centroids.npy"))
    for recording in labelled_recordings.find(runs / "data" / "piano"):
        name = f"{recording.split}/{recording.identifier}.npy"
        tokens = np.load(folder / "semantic" / name)
        assert tokens.dtype == np.uint16 and len(tokens) == -(-len(recording.samples()) // 960)
        assert tokens.max() < 32
        assert (folder / "activations" / name).exists() == (recording.split == "train")
        if recording.split == "train":
            activations = torch.from_numpy(np.load(folder / "activations" / name).astype(np.float32))
            assert (kmeans.assign(activations, centroids).numpy() == tokens).mean() > 0.99
    with pytest.raises(SystemExit, match="--activations"):
        tokenize_semantic.run(argparse.Namespace(
            **vars(arguments) | {"activations": True, "command": ["audiolm"], "bundle": runs / "bundle"}))


def test_the_command_is_left_out_where_it_refuses():
    sound = np.resize(np.array([-32768, 32767], dtype=np.int16), 24_000)
    assert tokenize_semantic.commands(sound)
    assert not tokenize_semantic.commands(sound[1:])
    assert not tokenize_semantic.commands(np.full(48_000, 5, dtype=np.int16))


def test_the_built_command_can_tokenize(tmp_path):
    stand_in = tmp_path / "tool.py"
    stand_in.write_text(
        "import json, sys, soundfile\n"
        "words = sys.argv\n"
        "assert words[1] == 'tokenize' and '--only-semantic' in words\n"
        "tokens = [int(x) for x in soundfile.read(words[2], dtype='int16')[0]]\n"
        "json.dump({'semantic': {'tokens': tokens}}, open(words[words.index('-o') + 1], 'w'))\n")
    tokens = tokenize_semantic.tokenize_by([sys.executable, str(stand_in)], tmp_path, np.array([5, 0, 1023], dtype=np.int16))
    assert tokens.dtype == np.uint16 and tokens.tolist() == [5, 0, 1023]


def test_the_export_adds_its_share_to_a_bundle(runs, tmp_path):
    (tmp_path / "config.json").write_text('{"format": 1, "name": "tiny"}')
    export_semantic.run(argparse.Namespace(config=CONFIG, runs=runs, bundle=tmp_path))
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["name"] == "tiny" and config["semantic_tokenizer"]["clusters"] == 32
    golden = load_file(tmp_path / "golden.safetensors")
    assert golden["semantic_tokenizer.tokens"].shape == (75,)
    assert "semantic_tokenizer.safetensors" in (tmp_path / "SHA256SUMS").read_text()
    exported, trained = SemanticTokenizer.load_exported(tmp_path), SemanticTokenizer.load(runs / "semantic")
    sound = torch.randn(24_000)
    assert torch.equal(exported.tokenize(sound), trained.tokenize(sound))


def test_token_notes_are_shares_of_the_training_frames(runs, tmp_path):
    (tmp_path / "config.json").write_text('{"format": 1, "semantic_tokenizer": {"clusters": 32}}')
    export_token_notes.run(argparse.Namespace(config=CONFIG, runs=runs, bundle=tmp_path, data="piano"))
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["reranking"] == {"candidates": 2, "tokens": 5} and config["sustain"]["slower_than"] == 4
    notes = load_file(tmp_path / "token_notes.safetensors")["notes"].numpy()
    assert notes.shape == (32, 13) and 0 <= notes.min() and 0 < notes.max() <= 1
    tokens, onsets = [], []
    for recording in labelled_recordings.find(runs / "data" / "piano", ("train",)):
        tokens.append(np.load(runs / "tokens/piano/semantic/train" / f"{recording.identifier}.npy"))
        onsets.append(note_labels.note_rolls(recording.labels(".notes.npy"), 0, len(tokens[-1]))["any_onset"].sum())
    counts = np.bincount(np.concatenate(tokens), minlength=32)
    assert counts @ notes[:, 0] == pytest.approx(sum(onsets), rel=1e-4)


def test_probes_write_their_table(runs):
    probe_semantic.run(argparse.Namespace(config=CONFIG, runs=runs, blocks=True, bundle=None, windows=3, iterations=2))
    assert len((runs / "semantic" / "probe.csv").read_text().splitlines()) == 1 + 1 + 3 + 1 + 1


def test_long_sound_is_tokenized_as_its_windows_say():
    torch.manual_seed(0)
    tokenizer = SemanticTokenizer(TokenizerConfiguration(16, 2, 5, 2, 1, 8, 16, window_frames=20, hop_frames=15, dropped_frames=2))
    torch.nn.init.normal_(tokenizer.centroids)
    tokenizer.eval()
    sound = 0.1 * torch.randn(960 * 47 + 5)
    tokens = tokenizer.tokenize(sound)
    frames = tokenizer.front_end(sound[None])
    with torch.no_grad():
        second = tokenizer.quantise(tokenizer.activations(frames[:, 15:35]))[0]
    assert len(tokens) == 48
    assert torch.equal(tokens[17:32], second[2:17])


def test_the_chain_runs_on_phones_as_well(tmp_path):
    config = CONFIGS / "debug-speech.yaml"
    runs = rehearse(tmp_path, config, "speech")
    probe_semantic.run(argparse.Namespace(config=config, runs=runs, blocks=False, bundle=None, windows=3, iterations=2))
    header, *rows = (runs / "semantic" / "probe.csv").read_text().splitlines()
    assert header.startswith("tokens from,phone_accuracy,phone_f1,speaker_bits") and len(rows) == 2
    export_semantic.run(argparse.Namespace(config=config, runs=runs, bundle=tmp_path / "bundle"))
    section = json.loads((tmp_path / "bundle" / "config.json").read_text())["semantic_tokenizer"]
    assert section["window"] == 512 and section["bands"] == 40
    assert section["summary_width"] == 16 + len(PHONES)
    (runs / "semantic" / "probe.csv").unlink()
    probe_semantic.run(argparse.Namespace(
        config=config, runs=runs, blocks=False, bundle=tmp_path / "bundle", windows=3, iterations=2))
    assert (runs / "semantic" / "probe.csv").read_text().splitlines()[1:] == rows
    fewer = tmp_path / "fewer.yaml"
    fewer.write_text(config.read_text().replace("clusters: 32", "clusters: 8"))
    fit_kmeans.run(argparse.Namespace(config=fewer, runs=runs, bundle=tmp_path / "bundle"))
    before, after = SemanticTokenizer.load_exported(tmp_path / "bundle"), SemanticTokenizer.load(runs / "semantic")
    assert before.centroids.shape[0] == 32 and after.centroids.shape[0] == 8 and after.centroids.unique(dim=0).shape[0] == 8
    for name, tensor in before.state_dict().items():
        assert name == "centroids" or torch.equal(after.state_dict()[name], tensor)
