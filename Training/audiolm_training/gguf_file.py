"""A semantic stage as a GGUF file of the architecture `llama`: the same blocks, but for the window of attention."""

from pathlib import Path

import numpy as np
from torch import Tensor

from .semantic_stage import SemanticStageConfiguration
from .transformer import ROTARY_BASE


def write(path: Path, configuration: SemanticStageConfiguration, weights: dict[str, Tensor], kind: str) -> None:
    """`kind`: F16 or Q8_0, of the matrices. The output has a row more than the stage's, for the token that starts a
    sequence, as the format has one vocabulary."""
    import gguf

    sizes = configuration.transformer
    vocabulary = configuration.vocabulary + 1
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(sizes.width)
    writer.add_block_count(sizes.layers)
    writer.add_feed_forward_length(sizes.feed_forward)
    writer.add_head_count(sizes.heads)
    writer.add_head_count_kv(sizes.heads)
    writer.add_rope_dimension_count(sizes.width // sizes.heads)
    writer.add_rope_freq_base(ROTARY_BASE)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(vocabulary)
    writer.add_tokenizer_model("none")
    matrix_type = gguf.GGMLQuantizationType[kind]
    for name, array in tensors(sizes.heads, sizes.layers, weights).items():
        if array.ndim == 2:
            writer.add_tensor(name, gguf.quants.quantize(array, matrix_type), raw_dtype=matrix_type)
        else:
            writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensors(heads: int, layers: int, weights: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """The stage's weights by the format's names."""
    own = {name: np.ascontiguousarray(tensor.float().numpy()) for name, tensor in weights.items()}
    output = own["head.weight"]
    named = {
        "token_embd.weight": own["embedding.weight"],
        "output_norm.weight": own["transformer.norm.weight"],
        "output.weight": np.concatenate([output, np.zeros_like(output[:1])]),
    }
    for layer in range(layers):
        block = f"transformer.blocks.{layer}"
        query, key, value = np.split(own[f"{block}.attention.qkv.weight"], 3)
        named |= {
            f"blk.{layer}.attn_norm.weight": own[f"{block}.attention_norm.weight"],
            f"blk.{layer}.attn_q.weight": interleaved(query, heads),
            f"blk.{layer}.attn_k.weight": interleaved(key, heads),
            f"blk.{layer}.attn_v.weight": value,
            f"blk.{layer}.attn_output.weight": own[f"{block}.attention.out.weight"],
            f"blk.{layer}.ffn_norm.weight": own[f"{block}.feed_forward_norm.weight"],
            f"blk.{layer}.ffn_gate.weight": own[f"{block}.feed_forward.gate.weight"],
            f"blk.{layer}.ffn_up.weight": own[f"{block}.feed_forward.up.weight"],
            f"blk.{layer}.ffn_down.weight": own[f"{block}.feed_forward.down.weight"],
        }
    return named


def interleaved(matrix: np.ndarray, heads: int) -> np.ndarray:
    """Rows of each head in the order that rotary positions of neighbouring pairs ask for, where ours pair halves."""
    rows, columns = matrix.shape
    pairs = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(rows, columns))
