"""Stage 2: semantic tokens and past coarse acoustic tokens to the next coarse acoustic tokens.

One step per codec frame: level k is delayed by k steps (MusicGen's delay pattern), so that a level is predicted
from all lower levels of its frame. AudioLM's section III-D, without flattening. Beyond AudioLM, a reference encoder
(Skerry-Ryan et al. 2018) tells every step how the prompt sounds, however long ago it was heard.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .transformer import RMSNorm, Transformer, TransformerConfiguration


@dataclass(frozen=True)
class CoarseStageConfiguration:
    """Sizes of the stage, and how it is trained: of the past that it is shown, the share `drawn_past` is what it has drawn
    itself, in `drawn_passes` passes, in spans of `drawn_spans` frames on average."""

    transformer: TransformerConfiguration
    levels: int = 4
    codes: int = 1024
    semantic_vocabulary: int = 1024
    semantic_width: int = 128
    look_ahead: int = 3
    frames_per_semantic_token: int = 2
    conditioning_dropout: float = 0.1
    level_weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    drawn_past: float = 0.0
    drawn_spans: int = 25
    drawn_passes: int = 2

    def exported(self) -> dict:
        """This stage's section of the bundle's config.json."""
        sizes = asdict(self.transformer)
        sizes.pop("dropout")
        names = ("levels", "codes", "semantic_vocabulary", "semantic_width", "look_ahead",
                 "frames_per_semantic_token")
        return {**sizes, **{name: getattr(self, name) for name in names}}


def delay(codes: Tensor, blank: int) -> Tensor:
    """Codes [batch, frames, levels] to steps [batch, frames + levels - 1, levels]: level k starts k steps later,
    and `blank` stands where there is nothing."""
    batch, frames, levels = codes.shape
    steps = codes.new_full((batch, frames + levels - 1, levels), blank)
    for level in range(levels):
        steps[:, level : level + frames, level] = codes[:, :, level]
    return steps


class CoarseStage(nn.Module):
    """Predicts one code of each level per step. Code `codes` is the blank of the delay pattern, semantic token
    `semantic_vocabulary` stands for an unknown one."""

    def __init__(self, configuration: CoarseStageConfiguration):
        super().__init__()
        self.configuration = configuration
        width, semantic_width = configuration.transformer.width, configuration.semantic_width
        self.embeddings = nn.ModuleList(
            nn.Embedding(configuration.codes + 1, width) for _ in range(configuration.levels))
        self.semantic_embedding = nn.Embedding(configuration.semantic_vocabulary + 1, semantic_width)
        self.semantic_projection = nn.Linear((configuration.look_ahead + 1) * semantic_width, width, bias=False)
        self.phase_embedding = nn.Embedding(configuration.frames_per_semantic_token, width)
        self.reference_norm = RMSNorm(width)
        self.reference_hidden = nn.Linear(width, width, bias=False)
        self.reference_projection = nn.Linear(width, width, bias=False)
        self.transformer = Transformer(configuration.transformer)
        self.heads = nn.ModuleList(
            nn.Linear(width, configuration.codes, bias=False) for _ in range(configuration.levels))
        for module in (*self.embeddings, self.semantic_projection, self.phase_embedding, self.reference_hidden, *self.heads):
            nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(self.reference_projection.weight)

    def reference(self, codes: Tensor) -> Tensor:
        """How codes [batch, frames, levels] sound, in whatever order: [batch, width]."""
        frames = torch.stack([embedding(codes[..., level]) for level, embedding in enumerate(self.embeddings)]).sum(0)
        hidden = F.silu(self.reference_hidden(self.reference_norm(frames)))
        return self.reference_projection(hidden.mean(dim=1))

    def conditioning(self, semantic: Tensor, steps: int) -> Tensor:
        """Semantic tokens [batch, tokens] to [batch, steps, width]: each step sees the token of its frame and the
        next `look_ahead`."""
        settings = self.configuration
        needed = -(-steps // settings.frames_per_semantic_token) + settings.look_ahead
        padding = max(0, needed - semantic.shape[1])
        padded = F.pad(semantic, (0, padding), value=settings.semantic_vocabulary)[:, :needed]
        windows = self.semantic_embedding(padded).unfold(1, settings.look_ahead + 1, 1)
        projected = self.semantic_projection(windows.transpose(2, 3).flatten(2))
        phases = projected[:, :, None] + self.phase_embedding.weight
        return phases.flatten(1, 2)[:, :steps]

    def forward(self, codes: Tensor, semantic: Tensor, reference: Tensor | None = None) -> Tensor:
        """Codes [batch, frames, levels] that a step sees of the past, the semantic tokens from the same instant on and
        what `reference` gave, if anything, to the logits of every code [batch, frames, levels, codes]."""
        settings = self.configuration
        frames = codes.shape[1]
        steps = delay(codes, settings.codes)
        previous = F.pad(steps[:, :-1], (0, 0, 1, 0), value=settings.codes)
        x = self.conditioning(semantic, steps.shape[1])
        for level, embedding in enumerate(self.embeddings):
            x = x + embedding(previous[..., level])
        if reference is not None:
            x = x + reference[:, None]
        hidden = self.transformer(x)
        return torch.stack(
            [head(hidden[:, level : level + frames]) for level, head in enumerate(self.heads)], dim=2)

    def negative_log_likelihood(self, batch: dict[str, Tensor]) -> Tensor:
        """Of each of the `acoustic` codes given `semantic` and the codes of `reference`, in nats: [batch, frames, levels]."""
        return self._negative_log_likelihood(batch, self.reference(batch["reference"]))

    def loss(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """Level-weighted mean; a share of the batch loses its semantic tokens, a share its reference."""
        settings = self.configuration
        semantic = batch["semantic"]
        dropped = torch.rand(2, semantic.shape[0], 1, generator=generator).to(semantic.device) < settings.conditioning_dropout
        semantic = torch.where(dropped[0], settings.semantic_vocabulary, semantic)
        reference = torch.where(dropped[1], 0.0, self.reference(batch["reference"]))
        weights = torch.tensor(settings.level_weights, device=semantic.device)
        codes = self._coarse(batch)
        past, known = codes, torch.ones_like(codes, dtype=torch.bool)
        if settings.drawn_past:
            drawn = drawn_spans(*codes.shape[:2], settings.drawn_past, settings.drawn_spans, generator).to(codes.device)
            past = self._drawn(codes, semantic, reference.detach(), drawn)
            # What a recording's higher levels add to its first says nothing about what they would add to a drawn one.
            known[..., 1:] = ~drawn[..., None]
        losses = cross_entropy(self(past, semantic, reference), codes)
        means = (losses * known).sum(dim=(0, 1)) / known.sum(dim=(0, 1)).clamp_min(1)
        return (means * weights).sum() / weights.sum()

    @torch.no_grad()
    def _drawn(self, codes: Tensor, semantic: Tensor, reference: Tensor, drawn: Tensor) -> Tensor:
        """`codes` with what the stage itself draws where `drawn` [batch, frames] is true, as its past is when it continues.

        A few passes over all frames in place of drawing one by one (Mihaylova & Martins 2019), each from the last one's
        past.
        """
        past = codes
        for _ in range(self.configuration.drawn_passes):
            draws = torch.distributions.Categorical(logits=self(past, semantic, reference).float()).sample()
            past = torch.where(drawn[..., None], draws, codes)
        return past

    def _negative_log_likelihood(self, batch: dict[str, Tensor], reference: Tensor) -> Tensor:
        codes = self._coarse(batch)
        return cross_entropy(self(codes, batch["semantic"], reference), codes)

    def _coarse(self, batch: dict[str, Tensor]) -> Tensor:
        return batch["acoustic"][..., : self.configuration.levels]


def cross_entropy(logits: Tensor, codes: Tensor) -> Tensor:
    """Nats of each code, [batch, frames, levels]."""
    return F.cross_entropy(logits.float().permute(0, 3, 1, 2), codes, reduction="none")


def drawn_spans(batch: int, frames: int, share: float, length: int, generator: torch.Generator) -> Tensor:
    """[batch, frames], true in spans of `length` frames on average that make up `share` of all on average."""
    leave, enter = 1 / length, share / (1 - share) / length
    chances = torch.rand(batch, frames, generator=generator)
    inside = torch.rand(batch, generator=generator) < share
    spans = torch.empty(batch, frames, dtype=torch.bool)
    for frame in range(frames):
        inside = torch.where(inside, chances[:, frame] >= leave, chances[:, frame] < enter)
        spans[:, frame] = inside
    return spans
