"""Arithmetic that stands in for a library's or for the Swift side's."""

import pytest
import torch
from torch import nn
from torch.optim import _muon

from audiolm_training import precision, weight_file
from audiolm_training.fixed_point import SEVEN_BITS, rounded, rounded_inputs


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
