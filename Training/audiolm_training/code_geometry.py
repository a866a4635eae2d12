"""Acoustic codes as points: embeddings and heads of a stage start as projections of the codec's vectors.

The sum of a frame's embeddings is then the projected latent, and codes that sound alike have like logits, which a
small corpus would take long to teach for each of thousands of codes.
"""

import torch
from torch import Tensor, nn

EMBEDDING_DEVIATION = 0.3
HEAD_DEVIATION = 0.02


def projected(codebooks: Tensor, width: int, generator: torch.Generator) -> Tensor:
    """[levels, codes, dim] -> [levels, codes, width], distances kept, the first level of unit variance."""
    dim = codebooks.shape[-1]
    basis, _ = torch.linalg.qr(torch.randn(max(width, dim), min(width, dim), generator=generator))
    points = (codebooks - codebooks.mean(1, keepdim=True)) @ (basis.T if width >= dim else basis)
    return points / points[0].std()


@torch.no_grad()
def start_from_codebooks(embeddings: nn.ModuleList, heads: nn.ModuleList, codebooks: Tensor) -> None:
    """Sets the embeddings of levels 0, 1, ... and the heads of the last levels of those embeddings.

    Codes of an embedding beyond the codebook's keep their values. Each head's deviation is that of a usual start,
    since a level's vectors shrink with its depth and its logits must not.
    """
    points = projected(codebooks, embeddings[0].weight.shape[1], torch.Generator().manual_seed(1))
    for embedding, level in zip(embeddings, points):
        embedding.weight[: len(level)] = EMBEDDING_DEVIATION * level
    first = len(embeddings) - len(heads)
    for head, level in zip(heads, points[first : len(embeddings)]):
        head.weight.copy_(HEAD_DEVIATION * level / level.std())
