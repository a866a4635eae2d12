"""Stage 1: a decoder-only transformer over semantic tokens (AudioLM, section III-C)."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .transformer import Transformer, TransformerConfiguration


@dataclass(frozen=True)
class SemanticStageConfiguration:
    transformer: TransformerConfiguration
    vocabulary: int = 1024

    def exported(self) -> dict:
        """This stage's section of the bundle's config.json."""
        sizes = asdict(self.transformer)
        sizes.pop("dropout")
        return {**sizes, "vocabulary": self.vocabulary}


class SemanticStage(nn.Module):
    """Predicts each token from those before it. The token `vocabulary` starts every sequence."""

    def __init__(self, configuration: SemanticStageConfiguration):
        super().__init__()
        self.configuration = configuration
        width = configuration.transformer.width
        self.embedding = nn.Embedding(configuration.vocabulary + 1, width)
        self.transformer = Transformer(configuration.transformer)
        self.head = nn.Linear(width, configuration.vocabulary, bias=False)
        nn.init.normal_(self.embedding.weight, std=0.02)
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [batch, frames] to the logits of the token at each frame [batch, frames, vocabulary]."""
        inputs = F.pad(tokens[:, :-1], (1, 0), value=self.configuration.vocabulary)
        return self.head(self.transformer(self.embedding(inputs)))

    def negative_log_likelihood(self, batch: dict[str, Tensor]) -> Tensor:
        """Of each of the `semantic` tokens, in nats: [batch, frames, 1]."""
        tokens = batch["semantic"]
        logits = self(tokens).float()
        return F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none")[..., None]

    def loss(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        return self.negative_log_likelihood(batch).mean()
