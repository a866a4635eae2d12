"""Arithmetic that stands in for a library's or for the Swift side's, and what makes it fast."""

import platform
import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.optim import _muon

from audiolm_training import byte_products, precision, weight_file
from audiolm_training.byte_products import ByteLinear, learn_in_bytes
from audiolm_training.fixed_point import SEVEN_BITS, rounded, rounded_inputs
from audiolm_training.semantic_stage import SemanticStage, SemanticStageConfiguration
from audiolm_training.transformer import TransformerConfiguration


def test_rows_are_rounded_to_seven_bits_of_their_greatest_magnitude():
    x = torch.randn(5, 33) * torch.tensor([1e-6, 1.0, 1e6, 1.0, 0.0])[:, None]
    steps = x.abs().amax(-1, keepdim=True) / 63
    assert (rounded(x, SEVEN_BITS) - x).abs().le(steps * 0.501).all()
    whole = rounded(x, SEVEN_BITS)[:4] / steps[:4]
    assert (whole - whole.round()).abs().max() < 0.01
    assert rounded(x, SEVEN_BITS)[4].eq(0).all()


def test_only_layers_that_are_stored_as_bytes_have_their_inputs_rounded():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(64, 64), nn.Linear(64, 2))
    stored = weight_file.encode(model.state_dict(), weight_file.matrix_kind("int8"))
    assert stored["0.weight"].dtype == torch.int8 and stored["1.weight"].dtype == torch.float32
    x = torch.randn(3, 64)
    exact = model(x)
    with rounded_inputs(model, stored):
        within = model(x)
    assert torch.equal(within, model[1](model[0](rounded(x, SEVEN_BITS)))) and not torch.equal(within, exact)
    assert torch.equal(model(x), exact)


@pytest.mark.parametrize("shape", [(20, 50), (50, 20)])
def test_muon_in_floats_is_muon(shape):
    gradient = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    arguments = (gradient, (3.4445, -4.7750, 2.0315), 5, 1e-7)
    ours, theirs = precision._orthogonalised(*arguments), _muon._zeropower_via_newtonschulz(*arguments).float()
    assert ours.shape == shape and (ours - theirs).abs().max() < 0.02


@pytest.mark.parametrize("has_instructions, seconds, expected", [(True, 0.5, True), (True, 2.0, False), (False, 0.5, False)])
def test_bfloat16_is_used_where_its_products_are_faster(monkeypatch, has_instructions, seconds, expected):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has_instructions)
    monkeypatch.setattr(precision, "_seconds_of_a_product", lambda kind: seconds if kind == torch.bfloat16 else 1.0)
    assert precision._processor_multiplies_bfloat16.__wrapped__() is expected


@pytest.mark.parametrize("seconds, expected", [(0.4, True), (0.6, False)])
def test_bytes_are_multiplied_where_that_takes_less_than_half_as_long(monkeypatch, seconds, expected):
    monkeypatch.setattr(precision, "_seconds_of_a_product", lambda kind: seconds if kind == torch.int8 else 1.0)
    assert precision.multiplies_bytes.__wrapped__() is expected


def test_bytes_are_not_multiplied_where_sums_overflow(monkeypatch):
    monkeypatch.setattr(precision, "_seconds_of_a_product", lambda kind: 0.1 if kind == torch.int8 else 1.0)
    monkeypatch.setattr(torch, "_int_mm", lambda left, right: (left.int() @ right.int()).clamp(max=2**15 - 1))
    assert precision.multiplies_bytes.__wrapped__() is False


def test_a_measured_product_leaves_the_threads_as_they_were():
    threads = torch.get_num_threads()
    assert precision._seconds_of_a_product(torch.int8) > 0 and torch.get_num_threads() == threads


@pytest.mark.parametrize("most_terms", [byte_products.MOST_TERMS, 64])
def test_products_of_bytes_are_nearly_those_of_floats(monkeypatch, most_terms):
    monkeypatch.setattr(byte_products, "MOST_TERMS", most_terms)
    torch.manual_seed(4)
    layer, sizes = ByteLinear(96, 40), torch.tensor([1e-3, 1.0, 1e3])[:, None, None]
    x, gradient = (torch.randn(3, 50, 96) * sizes).requires_grad_(), torch.randn(3, 50, 40)
    results = []
    for learns_in_bytes in (False, True):
        layer.learns_in_bytes = learns_in_bytes
        y = layer(x)
        results.append((y, *torch.autograd.grad(y, (x, layer.weight), gradient)))
    for exact, ours in zip(*results, strict=True):
        assert not torch.equal(exact, ours)
        for of_exact, of_ours in zip(exact, ours, strict=True):  # each sequence, however quiet, and each output
            assert (of_exact - of_ours).norm() < 0.02 * of_exact.norm()
    assert torch.equal(layer.eval()(x), results[0][0])


def test_a_stage_learns_the_same_from_products_of_bytes():
    torch.manual_seed(5)
    sizes = TransformerConfiguration(layers=2, width=64, heads=2, feed_forward=96, attention_window=20, dropout=0.0)
    stage, tokens = SemanticStage(SemanticStageConfiguration(sizes, 50)), {"semantic": torch.randint(50, (3, 60))}
    gradients = []
    for learn in (lambda _: None, learn_in_bytes):
        learn(stage)
        gradients.append(torch.autograd.grad(stage.loss(tokens, torch.Generator()), stage.parameters()))
    for (name, _), exact, ours in zip(stage.named_parameters(), *gradients, strict=True):
        assert torch.cosine_similarity(exact.flatten(), ours.flatten(), dim=0) > 0.99, name
        assert not torch.equal(exact, ours), name


TAKEN_AGAIN = """
import resource, torch
from audiolm_training.train_stage import keep_freed_memory
keep_freed_memory()
for _ in range(20):
    torch.ones(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
torch.ones(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's malloc")
def test_memory_that_was_freed_is_taken_again():
    """Of the 64 MB of a tensor, which are 16,384 pages of 4 KB."""
    run = subprocess.run([sys.executable, "-c", TAKEN_AGAIN], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 100
