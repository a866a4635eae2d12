"""w2v-BERT (Chung et al., 2021) over log-frequency frames, with a head that is told what is played or said.

The first Conformer blocks are trained contrastively: at masked frames they must tell the frame's own learned code
from those of other masked frames. The remaining blocks predict the codes' identities at masked frames. On a middle
block a narrow linear summary predicts labels: the notes of rendered piano, the phones of transcribed speech.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import features
from .conformer import ConformerBlock, rotary_tables
from .label_kinds import KINDS


@dataclass(frozen=True)
class EncoderConfiguration:
    labels: str = "notes"  # a kind of `label_kinds`
    bands: int = features.BANDS
    window: int = features.WINDOW
    width: int = 256
    heads: int = 4
    kernel: int = 15
    expansion: int = 4
    blocks: int = 6
    contrastive_blocks: int = 2
    summary_block: int = 4  # the summary reads the output of this block, counted from 1
    summary_width: int = 64
    code_groups: int = 2
    codes: int = 256
    code_width: int = 128
    dropout: float = 0.0

    def to_dictionary(self) -> dict:
        return asdict(self)


class Quantiser(nn.Module):
    """Product quantiser of the clean input frames, learned through straight-through Gumbel samples."""

    def __init__(self, configuration: EncoderConfiguration) -> None:
        super().__init__()
        c = configuration
        self.groups, self.codes = c.code_groups, c.codes
        inputs = c.bands * features.STACK
        self.logits = nn.Linear(inputs, c.code_groups * c.codes)
        nn.init.normal_(self.logits.weight, std=5 / inputs**0.5)  # well above the Gumbel noise from the start
        self.codebook = nn.Parameter(torch.randn(c.code_groups, c.codes, c.code_width // c.code_groups))
        self.project = nn.Linear(c.code_width, c.code_width)

    def forward(self, x: Tensor, temperature: float) -> tuple[Tensor, Tensor, Tensor]:
        """x [batch, frames, inputs] -> code vectors [batch, frames, code_width], their identities
        [batch, frames, groups] and the diversity loss: how far the mean use of codes is from even, 0 to 1."""
        logits = self.logits(x).float().unflatten(-1, (self.groups, self.codes))
        identities = logits.argmax(-1)
        chosen = F.gumbel_softmax(logits, tau=temperature, hard=True) if self.training else F.one_hot(
            identities, self.codes
        ).to(logits.dtype)
        vectors = torch.einsum("btgv,gvd->btgd", chosen, self.codebook).flatten(2)
        mean = logits.softmax(-1).mean((0, 1))
        perplexity = (-(mean * (mean + 1e-7).log()).sum(-1)).exp()
        return self.project(vectors), identities, 1 - perplexity.mean() / self.codes


class W2vBert(nn.Module):
    def __init__(self, configuration: EncoderConfiguration) -> None:
        super().__init__()
        c = self.configuration = configuration
        self.front_end = features.FrontEnd(c.bands, c.window)
        self.subsampling = nn.Linear(c.bands * features.STACK, c.width)
        self.subsampling_norm = nn.LayerNorm(c.width)
        self.blocks = nn.ModuleList(
            ConformerBlock(c.width, c.heads, c.kernel, c.expansion, c.dropout) for _ in range(c.blocks)
        )
        self.summary = nn.Linear(c.width, c.summary_width)
        self.label_head = KINDS[c.labels].head(c.summary_width)
        self.mask_vector = nn.Parameter(torch.randn(c.width) * 0.1)
        self.quantiser = Quantiser(c)
        self.context = nn.Linear(c.width, c.code_width)
        self.code_head = nn.Linear(c.width, c.code_groups * c.codes)

    def begin(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Front-end frames [batch, frames, inputs] -> input of the first block [batch, frames, width].

        Where mask [batch, frames] is true the frame is hidden behind one learned vector.
        """
        x = self.subsampling_norm(self.subsampling(x))
        return x if mask is None else torch.where(mask[..., None], self.mask_vector.to(x.dtype), x)

    def advance(self, x: Tensor, first: int, last: int) -> list[Tensor]:
        """Outputs of blocks first ... last - 1 (counted from 0) over x, [batch, frames, width] each."""
        c = self.configuration
        tables = tuple(table.to(x.device) for table in rotary_tables(x.shape[1], c.width // c.heads))
        outputs = []
        for block in self.blocks[first:last]:
            x = block(x, tables)
            outputs.append(x)
        return outputs

    def encode(self, x: Tensor) -> list[Tensor]:
        """Front-end frames [batch, frames, inputs] -> outputs of all blocks, [batch, frames, width] each."""
        return self.advance(self.begin(x), 0, self.configuration.blocks)

    def forward(self, frames: Tensor, mask: Tensor, targets: dict[str, Tensor], temperature: float) -> dict[str, Tensor]:
        """Losses of a batch of front-end frames with its mask [batch, frames] and its labels.

        Crops without any masked frame train the label head alone and stop at its block.
        """
        c = self.configuration
        outputs = self.advance(self.begin(frames, mask), 0, c.summary_block)
        summary = self.summary(outputs[-1])
        hidden = mask.any(1)
        mask_within = mask[hidden]
        last = self.advance(outputs[-1][hidden], c.summary_block, c.blocks)[-1]
        vectors, identities, diversity = self.quantiser(frames[hidden], temperature)
        context = self.context(outputs[c.contrastive_blocks - 1][hidden])
        codes = self.code_head(last).float().unflatten(-1, (c.code_groups, c.codes))
        return {
            "contrastive": contrastive_loss(context.float(), vectors.float(), identities, mask_within),
            "prediction": F.cross_entropy(codes[mask_within].flatten(0, 1), identities[mask_within].flatten()),
            "diversity": diversity,
            **self.label_head.losses(summary, targets, mask),
        }


def contrastive_loss(context: Tensor, vectors: Tensor, identities: Tensor, mask: Tensor) -> Tensor:
    """Tell each masked frame's code from those of the other masked frames of its crop, by cosine / 0.1.

    context and vectors [batch, frames, code_width]; frames of equal code are no distractors (wav2vec 2.0, 3.2).
    """
    similarity = F.normalize(context, dim=-1) @ F.normalize(vectors, dim=-1).transpose(1, 2) / 0.1
    same = (identities[:, :, None] == identities[:, None]).all(-1)
    own = torch.eye(mask.shape[1], dtype=torch.bool, device=mask.device)
    similarity = similarity.masked_fill((same | ~mask[:, None]) & ~own, -torch.inf)
    target = torch.arange(mask.shape[1], device=mask.device).expand_as(mask)
    return F.cross_entropy(similarity[mask], target[mask])

