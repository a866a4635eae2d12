import json
from pathlib import Path

import numpy as np
import pytest
import torch

from audiolm_training import benchmark_peers, evaluate_quantisation, gguf_file, tables, weight_file
from audiolm_training.cached_decoding import CachedTransformer, CoarseStep, SemanticStep
from audiolm_training.coarse_stage import CoarseStage, CoarseStageConfiguration
from audiolm_training.fixed_point import attend_in_bytes
from audiolm_training.semantic_stage import SemanticStage, SemanticStageConfiguration
from audiolm_training.transformer import Transformer, TransformerConfiguration

SIZES = TransformerConfiguration(layers=2, width=32, heads=2, feed_forward=48, attention_window=6, dropout=0.0)


@torch.inference_mode()
def test_cached_steps_equal_the_pass_over_all():
    torch.manual_seed(0)
    transformer = Transformer(SIZES).eval()
    cached = CachedTransformer(transformer, torch.float32)
    x = torch.randn(20, 32)
    attend_in_bytes(transformer, False)
    whole = transformer(x[None])[0]
    steps = torch.cat([cached(x[i : i + 1], torch.tensor([i])) for i in range(20)])
    # The first steps see noise where the window is not yet full.
    assert torch.allclose(steps[10:], whole[10:], atol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_steps_draw_tokens(dtype: torch.dtype):
    semantic = SemanticStep(SemanticStage(SemanticStageConfiguration(SIZES, vocabulary=20)), dtype)
    assert 0 <= semantic(torch.tensor([3]), torch.tensor([0])).item() < 20
    coarse = CoarseStep(CoarseStage(CoarseStageConfiguration(
        SIZES, levels=3, codes=30, semantic_vocabulary=20, semantic_width=8, look_ahead=2)), dtype)  # fmt: skip
    codes = coarse(torch.tensor([1, 2, 3]), torch.tensor([7]))
    assert codes.shape == (3,) and ((0 <= codes) & (codes < 30)).all()


def test_interleaving_pairs_neighbours():
    rows = np.arange(8, dtype=np.float32)[:, None]
    assert gguf_file.interleaved(rows, heads=2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_gguf_holds_the_stage(tmp_path: Path):
    gguf = pytest.importorskip("gguf")
    stage = SemanticStage(SemanticStageConfiguration(SIZES, vocabulary=20))
    gguf_file.write(tmp_path / "stage.gguf", stage.configuration, stage.state_dict(), "F16")
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(tmp_path / "stage.gguf").tensors}
    assert len(tensors) == 3 + 9 * SIZES.layers
    assert tensors["output.weight"].data.shape == (21, 32)
    value = stage.state_dict()["transformer.blocks.1.attention.qkv.weight"][64:]
    assert np.allclose(tensors["blk.1.attn_v.weight"].data, value.numpy(), atol=1e-3)


def test_quantisation_is_compared_on_the_same_tokens():
    torch.manual_seed(0)
    stage = SemanticStage(SemanticStageConfiguration(SIZES, vocabulary=20)).eval()
    floats = weight_file.encode(stage.state_dict(), lambda *_: "float32")
    encoded = weight_file.encode(stage.state_dict(), weight_file.matrix_kind("int8", 1))
    shipped = SemanticStage(stage.configuration).eval()
    shipped.load_state_dict(weight_file.decode(encoded))
    crops = [{"semantic": np.random.default_rng(seed).integers(0, 20, 30)} for seed in range(4)]
    same = evaluate_quantisation.compare("semantic_stage", {"bundle": stage}, floats, crops)
    assert same["agreement"] == 1 and same["bundle"] == pytest.approx(np.log2(20), abs=0.2)
    # Weights that are floats have no rounded inputs; attention is from bytes all the same.
    assert 0 < abs(same["rounded"] - same["bundle"]) < 1e-3
    models = {"trained": stage, "bundle": shipped}
    row = evaluate_quantisation.compare("semantic_stage", models, encoded, crops)
    assert 0.8 < row["agreement"] <= 1
    assert row["trained"] != row["bundle"] == pytest.approx(row["trained"], abs=0.01)
    assert row["bundle"] != row["rounded"] == pytest.approx(row["bundle"], abs=0.03)
    table = tables.quantisation_rows({"semantic_stage": row})
    assert "8-bit weights, inputs of 7 bits" in table and f"{row['rounded']:.3f}" in table


def test_a_bundle_s_stages_are_loaded_by_its_configuration(tmp_path: Path):
    stage = SemanticStage(SemanticStageConfiguration(SIZES, vocabulary=20))
    weight_file.write(tmp_path / "semantic_stage.safetensors", weight_file.encode(stage.state_dict(), lambda *_: "float32"))
    config = json.loads(json.dumps({"semantic_stage": stage.configuration.exported()}))
    loaded = benchmark_peers.load_stage(tmp_path, config, "semantic")
    assert loaded.configuration.transformer.attention_window == 6
    assert torch.equal(loaded.head.weight, stage.head.weight)
