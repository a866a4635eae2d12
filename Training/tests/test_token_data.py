import numpy as np
import pytest
import torch

from audiolm_training.bigram import bigram_bits, unigram_bits
from audiolm_training.token_data import RandomCrops, TokenPiece, claim, consecutive_crops, digest, load_pieces, save


def piece(tokens: int = 30, extra: int = 1) -> TokenPiece:
    acoustic = np.arange(2 * tokens + extra)[:, None].repeat(2, axis=1)
    return TokenPiece("a", np.arange(tokens).astype(np.uint16), acoustic.astype(np.uint16))


def test_crops_keep_both_kinds_aligned():
    crops = RandomCrops([piece()], frames=10, batch_size=16, seed=0)
    batch = crops.next()
    assert batch["semantic"].shape == (16, 5)
    assert (batch["acoustic"][:, ::2, 0] == 2 * batch["semantic"]).all()


def test_a_pass_sees_all_of_a_piece_about_once():
    crops = RandomCrops([piece(tokens=500), piece(tokens=130), piece(tokens=12)], frames=40, batch_size=8, seed=0)
    seen = np.zeros((2, 1000))
    for number in range(40):
        for found, start in crops._cut(np.random.default_rng(number)):
            seen[int(found.frames == 260), start : start + 40] += 1
    assert len(crops.pieces) == 2
    for row, length in zip(seen / 40, (1000, 260), strict=True):
        assert row[:length].min() > 0.3 and row[:length].max() < 1.8 and not row[length:].any()
        assert abs(row[:length].mean() - 1) < 0.1


def test_processes_share_a_pass_and_go_on_where_they_were():
    pieces = [piece(tokens=500)]
    ranks = [RandomCrops(pieces, frames=20, batch_size=3, seed=4, rank=rank, world=2) for rank in range(2)]
    one = RandomCrops(pieces, frames=20, batch_size=6, seed=4)
    batches = [[crops.next()["semantic"] for _ in range(20)] for crops in ranks]
    for number in range(20):
        both = np.concatenate([batches[rank][number].numpy() for rank in range(2)])
        assert (both == one.next()["semantic"].numpy()).all()
    resumed = RandomCrops(pieces, frames=20, batch_size=3, seed=4, rank=1, world=2)
    resumed.step = 15
    assert (resumed.next()["semantic"] == batches[1][15]).all()


def test_tokens_of_different_sounds_are_refused(tmp_path):
    save(tmp_path / "semantic" / "train" / "a.npy", np.arange(50, dtype=np.uint16))
    save(tmp_path / "acoustic" / "train" / "a+1.npy", np.zeros((120, 2), np.uint16))
    with pytest.raises(ValueError, match="tokenize it again"):
        load_pieces(tmp_path, "train", ("semantic", "acoustic"))


def test_consecutive_crops_cover_a_piece_once():
    crops = consecutive_crops([piece()], frames=20)
    assert [crop["semantic"][0] for crop in crops] == [0, 10, 20]
    assert len(consecutive_crops([piece()], frames=4, limit=5)) == 5


def frames_of(crop: np.ndarray) -> set[int]:
    return set(crop.reshape(-1, crop.shape[-1])[:, 0].tolist())


def test_references_are_from_elsewhere_in_the_recording():
    crops = RandomCrops([piece(tokens=200)], frames=100, batch_size=64, seed=0, reference_frames=80)
    for _ in range(5):
        batch = crops.next()
        length = batch["reference"].shape[1]
        assert 50 <= length <= 80
        for acoustic, reference in zip(batch["acoustic"].numpy(), batch["reference"].numpy(), strict=True):
            assert len(frames_of(reference)) >= 50
            assert not frames_of(acoustic) & frames_of(reference)


def test_short_recordings_repeat_what_is_left_of_them_as_reference():
    random = np.random.default_rng(0)
    assert frames_of(piece(tokens=80).reference(0, 100, 75, random)) == set(range(100, 160))
    assert frames_of(piece(tokens=60).reference(0, 100, 100, random)) == set(range(100))
    held_out = consecutive_crops([piece(tokens=200)], frames=100, reference_frames=70)
    assert [crop["reference"].shape for crop in held_out] == [(70, 2)] * 4


def test_pieces_need_every_kind(tmp_path):
    for kind, names in (("semantic", "ab"), ("acoustic", "bc")):
        (tmp_path / kind / "train").mkdir(parents=True)
        for name in names:
            np.save(tmp_path / kind / "train" / f"{name}.npy", np.zeros((4, 2), np.uint16))
    assert [p.identifier for p in load_pieces(tmp_path, "train", ("semantic", "acoustic"))] == ["b"]
    with pytest.raises(FileNotFoundError, match="test"):
        load_pieces(tmp_path, "test", ("semantic",))


def test_bigram_beats_unigram_on_a_cycle():
    cycle = [np.arange(400) % 8]
    assert unigram_bits(cycle, cycle, 8) == pytest.approx(3.0, abs=0.01)
    assert bigram_bits(cycle, cycle, cycle, 8) < 0.2


def test_copies_without_semantic_tokens_take_those_of_their_original(tmp_path):
    save(tmp_path / "semantic" / "train" / "a.npy", np.arange(4, dtype=np.uint16))
    save(tmp_path / "semantic" / "train" / "a+2.npy", np.arange(5, dtype=np.uint16))
    for name in ("a", "a+1", "a+2", "b+1"):
        save(tmp_path / "acoustic" / "train" / f"{name}.npy", np.zeros((8, 2), np.uint16))
    pieces = load_pieces(tmp_path, "train", ("semantic", "acoustic"))
    assert [piece.identifier for piece in pieces] == ["a", "a+1", "a+2"]
    assert [len(piece.semantic) for piece in pieces] == [4, 4, 5]


def test_a_folder_keeps_to_what_made_its_tokens(tmp_path):
    weights = {"a": torch.ones(3), "b": torch.zeros(2)}
    claim(tmp_path, {"tokenizer": digest(weights)})
    claim(tmp_path, {"tokenizer": digest(dict(reversed(weights.items()))), "tuning of the copies": 300.0})
    with pytest.raises(SystemExit, match="another tokenizer"):
        claim(tmp_path, {"tokenizer": digest(weights | {"b": torch.ones(2)})})
    with pytest.raises(SystemExit, match="another tuning"):
        claim(tmp_path, {"tuning of the copies": 0.0})
    save(tmp_path / "old" / "train" / "a.npy", np.zeros(3, np.uint16))
    with pytest.raises(SystemExit, match="do not say"):
        claim(tmp_path / "old", {"tokenizer": "x"})
