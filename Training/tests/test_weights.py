import torch
from safetensors.torch import load_file
from torch import nn

from audiolm_training.weights import matrices, quantize_rows, stored, write_safetensors


def test_file_is_read_by_safetensors_and_aligned(tmp_path):
    model = nn.ModuleDict({"linear": nn.Linear(5, 3), "embedding": nn.Embedding(7, 4), "norm": nn.LayerNorm(4)})
    state = model.state_dict()
    assert matrices(model) == {"linear.weight", "embedding.weight"}
    path = tmp_path / "model.safetensors"
    write_safetensors(path, stored(state, int8=frozenset({"embedding.weight"}), bf16=frozenset({"linear.weight"})))
    assert (8 + int.from_bytes(path.read_bytes()[:8], "little")) % 64 == 0
    loaded = load_file(path)
    assert torch.equal(loaded["norm.weight"], state["norm.weight"])
    assert torch.equal(loaded["linear.weight"], state["linear.weight"].bfloat16())
    again = loaded["embedding.weight"].float() * loaded["embedding.weight_scale"][:, None]
    assert torch.allclose(again, state["embedding.weight"], atol=0.02)


def test_rows_of_zeros_stay_zero():
    quantized, scale = quantize_rows(torch.zeros(2, 3))
    assert torch.equal(quantized.float() * scale[:, None], torch.zeros(2, 3))
