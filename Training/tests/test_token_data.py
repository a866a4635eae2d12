import numpy as np
import pytest

from audiolm_training.bigram import bigram_bits, unigram_bits
from audiolm_training.token_data import RandomCrops, TokenPiece, consecutive_crops, load_pieces, save


def piece(tokens: int = 30, extra: int = 1) -> TokenPiece:
    acoustic = np.arange(2 * tokens + extra)[:, None].repeat(2, axis=1)
    return TokenPiece("a", np.arange(tokens).astype(np.uint16), acoustic.astype(np.uint16))


def test_crops_keep_both_kinds_aligned():
    crops = RandomCrops([piece()], frames=10, batch_size=16, seed=0)
    batch = crops.next()
    assert batch["semantic"].shape == (16, 5)
    assert (batch["acoustic"][:, ::2, 0] == 2 * batch["semantic"]).all()


def test_consecutive_crops_cover_a_piece_once():
    crops = consecutive_crops([piece()], frames=20)
    assert [crop["semantic"][0] for crop in crops] == [0, 10, 20]
    assert len(consecutive_crops([piece()], frames=4, limit=5)) == 5


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


def test_copies_take_the_semantic_tokens_of_their_original(tmp_path):
    save(tmp_path / "semantic" / "train" / "a.npy", np.arange(4, dtype=np.uint16))
    for name in ("a", "a+1", "b+1"):
        save(tmp_path / "acoustic" / "train" / f"{name}.npy", np.zeros((8, 2), np.uint16))
    pieces = load_pieces(tmp_path, "train", ("semantic", "acoustic"))
    assert [piece.identifier for piece in pieces] == ["a", "a+1"]
    assert np.array_equal(pieces[1].semantic, np.arange(4))
