"""Stage 3: coarse to fine acoustic tokens, one level per pass, all frames of a window at once.

AudioLM's section III-E with the parallel prediction of VALL-E's second stage: a bidirectional transformer sees the
sum of the embeddings of all lower levels and, over the prompt, of all levels.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .transformer import Transformer, TransformerConfiguration


@dataclass(frozen=True)
class FineStageConfiguration:
    transformer: TransformerConfiguration
    coarse_levels: int = 4
    levels: int = 12
    codes: int = 1024
    window_frames: int = 150

    def exported(self) -> dict:
        """This stage's section of the bundle's config.json."""
        sizes = asdict(self.transformer)
        for name in ("dropout", "attention_window"):
            sizes.pop(name)
        names = ("coarse_levels", "levels", "codes", "window_frames")
        return {**sizes, **{name: getattr(self, name) for name in names}}


class FineStage(nn.Module):
    """Predicts one fine level of a window of frames from the levels below it and from a prompt's fine codes."""

    def __init__(self, configuration: FineStageConfiguration):
        super().__init__()
        self.configuration = configuration
        width = configuration.transformer.width
        fine_levels = configuration.levels - configuration.coarse_levels
        self.embeddings = nn.ModuleList(
            nn.Embedding(configuration.codes, width) for _ in range(configuration.levels))
        self.level_embedding = nn.Embedding(fine_levels, width)
        self.transformer = Transformer(configuration.transformer)
        self.heads = nn.ModuleList(
            nn.Linear(width, configuration.codes, bias=False) for _ in range(fine_levels))
        for module in (*self.embeddings, self.level_embedding, *self.heads):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, codes: Tensor, level: int, prompt: Tensor) -> Tensor:
        """Codes [batch, frames, levels] (those at `level` and above count only inside the prompt), and the number
        of prompt frames of each window [batch], to the logits of `level` [batch, frames, codes]."""
        settings = self.configuration
        frame = torch.arange(codes.shape[1], device=codes.device)
        given = (frame[None, :] < prompt[:, None])[..., None]
        x = self.level_embedding.weight[level - settings.coarse_levels].expand(codes.shape[0], codes.shape[1], -1)
        for lower, embedding in enumerate(self.embeddings):
            part = embedding(codes[..., lower])
            x = x + (part if lower < level else part * given)
        return self.heads[level - settings.coarse_levels](self.transformer(x))

    def level_negative_log_likelihood(self, codes: Tensor, level: int, prompt: Tensor) -> Tensor:
        """Of the codes of `level`, in nats: [batch, frames], 0 in the prompt."""
        losses = F.cross_entropy(
            self(codes, level, prompt).float().transpose(1, 2), codes[..., level], reduction="none")
        frame = torch.arange(codes.shape[1], device=codes.device)
        return losses * (frame[None, :] >= prompt[:, None])

    def negative_log_likelihood(self, batch: dict[str, Tensor]) -> Tensor:
        """Of each fine code after a prompt of half the window, in nats: [batch, frames / 2, fine levels]."""
        codes, settings = batch["acoustic"], self.configuration
        half = codes.shape[1] // 2
        prompt = torch.full((codes.shape[0],), half, device=codes.device)
        losses = [self.level_negative_log_likelihood(codes, level, prompt)[:, half:]
                  for level in range(settings.coarse_levels, settings.levels)]
        return torch.stack(losses, dim=-1)

    def loss(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """One random level, prompts of random length up to nine tenths of the window, a tenth of them empty."""
        codes, settings = batch["acoustic"], self.configuration
        level = int(torch.randint(settings.coarse_levels, settings.levels, (1,), generator=generator))
        share = (torch.rand(codes.shape[0], generator=generator) - 0.1).clamp(min=0)
        prompt = (share * codes.shape[1]).long().to(codes.device)
        losses = self.level_negative_log_likelihood(codes, level, prompt)
        return losses.sum() / (codes.shape[1] - prompt).sum()
