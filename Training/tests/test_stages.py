import math
from dataclasses import replace

import pytest
import torch

from audiolm_training.code_geometry import projected, start_from_codebooks
from audiolm_training.coarse_stage import CoarseStage, CoarseStageConfiguration, delay, drawn_spans
from audiolm_training.fine_stage import FineStage, FineStageConfiguration
from audiolm_training.fixed_point import attend_in_bytes
from audiolm_training.semantic_stage import SemanticStage, SemanticStageConfiguration
from audiolm_training.transformer import SharedDropout, TransformerConfiguration, rounded_attention, sliding_attention

CAUSAL = TransformerConfiguration(layers=2, width=16, heads=2, feed_forward=24, attention_window=5, dropout=0.0)
FULL = TransformerConfiguration(layers=2, width=16, heads=2, feed_forward=24, dropout=0.0)


@pytest.mark.parametrize(("frames", "window"), [(3, 5), (128, 128), (300, 1), (300, 5), (300, 140), (257, 400)])
def test_sliding_attention_is_attention_under_a_mask(frames, window):
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 2, frames, 8)
    distance = torch.arange(frames)[:, None] - torch.arange(frames)
    mask = (distance >= 0) & (distance < window)
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    torch.testing.assert_close(sliding_attention(query, key, value, window), expected)


@pytest.mark.parametrize("window", [0, 1, 5, 200])
def test_attention_from_bytes_is_nearly_that_in_floats(window):
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 2, 150, 32) * torch.tensor([1.0, 1.0, 100.0])[:, None, None, None, None]
    exact = sliding_attention(query, key, value, window)
    rounded = rounded_attention(query, key, value, window)
    assert 0.001 < (rounded - exact).square().mean().sqrt() / exact.square().mean().sqrt() < 0.03


def test_trained_stages_attend_from_bytes_where_they_keep_the_past():
    torch.manual_seed(0)
    semantic = SemanticStage(SemanticStageConfiguration(CAUSAL, vocabulary=10)).eval()
    tokens = torch.randint(0, 10, (1, 12))
    kept = semantic(tokens)
    attend_in_bytes(semantic, False)
    in_floats = semantic(tokens)
    assert not torch.equal(kept, in_floats) and torch.equal(in_floats, semantic.train()(tokens))
    attend_in_bytes(semantic.eval(), None)
    assert torch.equal(kept, semantic(tokens))


def test_dropout_is_shared_by_the_frames_of_a_sequence():
    dropout, x = SharedDropout(0.5), torch.ones(3, 7, 64)
    torch.manual_seed(0)
    dropped = dropout(x)
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped, dropped[:, :1].expand_as(x))
    assert not torch.equal(dropped[0], dropped[1])
    assert torch.equal(dropout.eval()(x), x)


def test_semantic_stage_sees_only_the_past():
    model = SemanticStage(SemanticStageConfiguration(CAUSAL, vocabulary=10)).eval()
    tokens = torch.randint(0, 10, (1, 12))
    changed = tokens.clone()
    changed[0, 7] = (changed[0, 7] + 1) % 10
    difference = (model(tokens) - model(changed)).abs().amax(-1)[0]
    assert difference[:8].max() == 0
    assert difference[8] > 0


def test_delay_shifts_each_level():
    steps = delay(torch.arange(6).view(1, 3, 2), blank=9)
    assert steps[0].tolist() == [[0, 9], [2, 1], [4, 3], [9, 5]]


def coarse_model() -> CoarseStage:
    torch.manual_seed(0)
    return CoarseStage(CoarseStageConfiguration(
        CAUSAL, levels=3, codes=8, semantic_vocabulary=6, semantic_width=4, look_ahead=2)).eval()


@pytest.mark.parametrize("level", [0, 1, 2])
def test_coarse_level_sees_lower_levels_of_its_frame(level):
    model = coarse_model()
    codes, semantic = torch.randint(0, 8, (1, 10, 3)), torch.randint(0, 6, (1, 5))
    changed = codes.clone()
    changed[0, 6, level] = (changed[0, 6, level] + 1) % 8
    difference = (model(codes, semantic) - model(changed, semantic)).abs().amax(-1)[0]
    assert difference[6, : level + 1].max() == 0
    assert difference[:6, 0].max() == 0
    if level < 2:
        assert difference[6, level + 1] > 0


def test_spans_have_their_share_and_length():
    spans = drawn_spans(200, 500, share=0.3, length=20, generator=torch.Generator().manual_seed(1))
    assert spans.float().mean() == pytest.approx(0.3, abs=0.03)
    ends = (spans[:, :-1] & ~spans[:, 1:]).sum()
    assert spans.sum() / ends == pytest.approx(20, rel=0.15)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_coarse_stage_learns_to_go_on_from_what_it_draws(share):
    model = coarse_model()
    model.configuration = replace(
        model.configuration, level_weights=(1.0, 1.0, 1.0), conditioning_dropout=0.0, drawn_past=share, drawn_spans=4)
    batch = {"acoustic": torch.randint(0, 8, (2, 10, 3)), "semantic": torch.randint(0, 6, (2, 5)),
             "reference": torch.randint(0, 8, (2, 4, 3))}
    loss = model.loss(batch, torch.Generator().manual_seed(2))
    of_the_recording = model.negative_log_likelihood(batch).mean()
    assert (abs(loss.item() - of_the_recording.item()) < 1e-5) == (share == 0)
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.heads.parameters())


def test_only_the_first_level_is_learned_where_the_past_is_drawn(monkeypatch):
    model = coarse_model()
    model.configuration = replace(
        model.configuration, level_weights=(1.0, 1.0, 1.0), conditioning_dropout=0.0, drawn_past=0.5)
    everywhere = lambda batch, frames, *_: torch.ones(batch, frames, dtype=torch.bool)  # noqa: E731
    monkeypatch.setattr("audiolm_training.coarse_stage.drawn_spans", everywhere)
    batch = {"acoustic": torch.randint(0, 8, (2, 10, 3)), "semantic": torch.randint(0, 6, (2, 5)),
             "reference": torch.randint(0, 8, (2, 4, 3))}
    model.loss(batch, torch.Generator()).backward()
    assert model.heads[0].weight.grad.abs().sum() > 0
    assert all(head.weight.grad.abs().sum() == 0 for head in model.heads[1:])


def test_coarse_stage_looks_ahead_by_so_many_semantic_tokens():
    model = coarse_model()
    codes, semantic = torch.randint(0, 8, (1, 20, 3)), torch.randint(0, 6, (1, 10))
    changed = semantic.clone()
    changed[0, 6] = (changed[0, 6] + 1) % 6
    difference = (model(codes, semantic) - model(codes, changed)).abs().amax(-1)[0, :, 0]
    assert difference[: 2 * (6 - 2)].max() == 0
    assert difference[2 * (6 - 2)] > 0


def test_reference_matters_to_every_frame_and_its_order_to_none():
    model = coarse_model()
    torch.nn.init.normal_(model.reference_projection.weight)
    codes, semantic, heard = torch.randint(0, 8, (1, 20, 3)), torch.randint(0, 6, (1, 10)), torch.randint(0, 8, (1, 30, 3))
    reference = model.reference(heard)
    assert torch.allclose(reference, model.reference(heard.flip(1)), atol=1e-5)
    difference = (model(codes, semantic) - model(codes, semantic, reference)).abs().amax(-1)
    assert difference.min() > 0


def test_fine_stage_ignores_codes_it_must_not_know():
    torch.manual_seed(0)
    model = FineStage(FineStageConfiguration(FULL, coarse_levels=2, levels=5, codes=8)).eval()
    codes, prompt = torch.randint(0, 8, (1, 12, 5)), torch.tensor([4])
    hidden, given = codes.clone(), codes.clone()
    hidden[0, 4:, 3:] = (hidden[0, 4:, 3:] + 1) % 8
    given[0, 2, 4] = (given[0, 2, 4] + 1) % 8
    reference = model(codes, 3, prompt)
    assert torch.equal(reference, model(hidden, 3, prompt))
    assert not torch.equal(reference, model(given, 3, prompt))


def test_losses_start_near_a_uniform_guess():
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    batch = {"semantic": torch.randint(0, 64, (2, 20)), "acoustic": torch.randint(0, 64, (2, 40, 5)),
             "reference": torch.randint(0, 64, (2, 30, 5))}
    models = [SemanticStage(SemanticStageConfiguration(CAUSAL, vocabulary=64)),
              CoarseStage(CoarseStageConfiguration(CAUSAL, levels=4, codes=64, semantic_vocabulary=64)),
              FineStage(FineStageConfiguration(FULL, coarse_levels=2, levels=5, codes=64))]
    for model in models:
        assert model.loss(batch, generator).item() == pytest.approx(math.log(64), rel=0.1)


def test_projected_codes_keep_their_distances():
    codebooks = torch.randn(2, 8, 5, generator=torch.Generator().manual_seed(1))
    points = projected(codebooks, 16, torch.Generator().manual_seed(2))
    ratio = torch.cdist(points[1], points[1]) / torch.cdist(codebooks[1], codebooks[1]).clamp_min(1e-9)
    assert points.shape == (2, 8, 16) and points[0].std() == pytest.approx(1)
    assert torch.allclose(ratio[0, 1:], ratio[0, 1].expand(7), rtol=1e-3)


def test_embeddings_and_heads_start_from_the_codebooks():
    model, codebooks = coarse_model(), torch.randn(12, 8, 5, generator=torch.Generator().manual_seed(1))
    blank = model.embeddings[1].weight[8].clone()
    start_from_codebooks(model.embeddings, model.heads, codebooks)
    assert torch.equal(model.embeddings[1].weight[8], blank)
    for level in range(3):
        embedding, head = model.embeddings[level].weight[:8], model.heads[level].weight
        assert torch.allclose(torch.cosine_similarity(embedding, head), torch.ones(8), atol=1e-4)
