"""Further renderings out of the tokenizer's activations: the maps, the crops, and a training with them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audiolm_training import train_stage
from audiolm_training.activation_augmentation import AugmentedPiece, RenderingMaps, augmented
from audiolm_training.stage_settings import read_settings
from audiolm_training.token_data import RandomCrops, TokenPiece, load_pieces, save

CONFIG = Path(__file__).parents[1] / "configs" / "debug.yaml"


def pair(seed: int = 0, tokens: int = 4000, width: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Activations, and a rotation of them with another mean; the second recording is longer."""
    random = np.random.default_rng(seed)
    here = random.standard_normal((tokens, width))
    turn = np.linalg.qr(random.standard_normal((width, width)))[0]
    there = np.concatenate([here, here[:50]]) @ turn + 3
    return here.astype(np.float16), there.astype(np.float16)


def test_maps_lead_from_either_rendering_to_the_other():
    here, there = pair()
    maps = RenderingMaps.between([(here, there)], np.zeros((1, 6)))
    for number, (start, end) in enumerate(((here, there[:4000]), (there[:4000], here))):
        mapped = (start - maps.before[number]) @ maps.matrices[number] + maps.after[number]
        assert np.square(mapped - end).mean() < 0.02 * np.square(end).mean()


def test_where_nothing_varies_the_map_is_the_identity():
    silent = np.zeros((100, 6), np.float16)
    silent[:, 0] = np.arange(100)
    maps = RenderingMaps.between([(silent, silent)], np.zeros((1, 6)))
    assert np.isfinite(maps.matrices).all()
    assert np.allclose(maps.matrices[0], np.eye(6), atol=1e-4)


def test_mapped_tokens_are_of_the_nearest_centres():
    here, there = pair()
    centroids = np.stack([there.astype(np.float32).mean(0), here.astype(np.float32).mean(0)])
    maps = RenderingMaps.between([(here, there)], centroids)
    random = np.random.default_rng(0)
    draws = np.stack([maps.tokens(here, random) for _ in range(40)])
    assert draws.dtype == np.int64
    changed = (draws == 0).mean(1)
    assert (changed > 0.9).any() and (changed < 0.1).any()  # away from here; and, by the map back, further still


def test_the_share_of_crops_is_mapped_and_the_others_are_as_recorded():
    here, there = pair()
    centroids = np.concatenate([here[:20], there[:20]]).astype(np.float32)
    maps = RenderingMaps.between([(here, there)], centroids)
    recorded = np.full(4000, 77, np.uint16)
    piece = AugmentedPiece("a", recorded, None, here, maps, 0.5)
    batches = [RandomCrops([piece], frames=100, batch_size=64, seed=3).next()["semantic"] for _ in range(2)]
    assert (batches[0] == batches[1]).all()
    as_recorded = (batches[0] == 77).all(1)
    assert 16 <= as_recorded.sum() <= 48
    assert (batches[0][~as_recorded] < 40).all()
    assert (piece.crop(0, 100)["semantic"] == 77).all()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    tokens = tmp_path / "tokens" / "piano"
    for split in ("train", "valid"):
        for name in "ab":
            save(tokens / "semantic" / split / f"{name}.npy", random.integers(0, 1024, 120).astype(np.uint16))
    for split, names in (("train", "ab"), ("again", "b")):
        for name in names:
            save(tokens / "activations" / split / f"{name}.npy", random.standard_normal((120, 6)).astype(np.float16))
    save(tokens / "activations" / "centroids.npy", random.standard_normal((1024, 6)).astype(np.float32))
    return tmp_path


def test_a_stage_trains_on_mapped_crops(runs: Path):
    settings = replace(read_settings(CONFIG, "semantic_stage"), augmented_share=1.0)
    training = train_stage.StageTraining(settings, runs, "cpu", minutes=1)
    recorded = {piece.identifier: piece for piece in load_pieces(runs / "tokens" / "piano", "train", ("semantic",))}
    assert {piece.identifier for piece in training.crops.pieces} == set(recorded)
    for piece in training.crops.pieces:
        mapped = piece.random_crop(0, 200, np.random.default_rng(1))["semantic"]
        assert (mapped != recorded[piece.identifier].semantic[:100]).mean() > 0.5
    training.run()
    assert training.step == settings.steps


def test_missing_second_renderings_are_named(runs: Path):
    (runs / "tokens" / "piano" / "activations" / "again" / "b.npy").unlink()
    piece = TokenPiece("a", np.zeros(120, np.uint16), None)
    with pytest.raises(FileNotFoundError, match="render --again"):
        augmented([piece], runs / "tokens" / "piano", 0.5)
