"""SoundStream on short-time magnitudes: causal encoder, residual vector quantiser, causal decoder (arXiv 2107.03312).

The networks see the logarithmic magnitudes of two spectra each 20 ms in place of SoundStream's strided convolutions
of the wave, and no phase: it would take most of the bits, no language model could tell it ahead, and the ear asks
only that it fits the magnitudes. Phase gradient heap integration finds such phases when decoding. A linear path
beside each network starts as a principal component analysis. Low-rank adapters make both networks others for codes of
few levels, which so need not serve where all levels do.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import phase_integration
from .quantizer import ResidualVectorQuantizer
from .spectrum import SILENT, Spectrum, levels, magnitudes


@dataclass(frozen=True)
class CodecConfig:
    sample_rate: int = 24_000
    hop: int = 480
    window: int = 1440
    fft: int = 2048
    spectra: int = 2  # in a frame of codes
    latent_dim: int = 128
    encoder_dim: int = 320
    encoder_blocks: int = 4
    decoder_dim: int = 384
    decoder_blocks: int = 5
    expansion: int = 3
    kernel: int = 7
    levels: int = 12
    codebook_size: int = 1024
    beams: int = 4
    adapted_levels: int = 0  # codes of so many levels and fewer have adapters of encoder and decoder
    adapter_rank: int = 0

    @property
    def bins(self) -> int:
        return self.fft // 2 + 1

    @property
    def delay(self) -> int:
        """Frames of codes that must follow a sample before it can be decoded."""
        return -(-self.window // self.hop)


class LowRankAddition(nn.Module):
    """What an adapter adds to a linear layer (LoRA, arXiv 2106.09685): [..., inputs] -> [..., outputs]."""

    def __init__(self, layer: nn.Linear, rank: int):
        super().__init__()
        self.down = nn.Linear(layer.in_features, rank, bias=False)
        self.up = nn.Linear(rank, layer.out_features)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.up(self.down(x))


def adapted(layer: nn.Linear, x: Tensor, addition: LowRankAddition | None) -> Tensor:
    return layer(x) if addition is None else layer(x) + addition(x)


class ConvNeXtBlock(nn.Module):
    """Causal depthwise convolution over frames, then a two-layer network on each frame. [batch, frames, dim]"""

    def __init__(self, dim: int, expansion: int, kernel: int):
        super().__init__()
        self.kernel = kernel
        self.depthwise = nn.Conv1d(dim, dim, kernel, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.expand = nn.Linear(dim, expansion * dim)
        self.contract = nn.Linear(expansion * dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), 0.1))

    def forward(self, x: Tensor, adapter: "BlockAdapter | None" = None) -> Tensor:
        y = self.depthwise(F.pad(x.transpose(1, 2), (self.kernel - 1, 0))).transpose(1, 2)
        y = F.gelu(adapted(self.expand, self.norm(y), adapter and adapter.expand), approximate="tanh")
        return x + self.scale * adapted(self.contract, y, adapter and adapter.contract)


class BlockAdapter(nn.Module):
    """Additions to a block's linear layers."""

    def __init__(self, block: ConvNeXtBlock, rank: int):
        super().__init__()
        self.expand = LowRankAddition(block.expand, rank)
        self.contract = LowRankAddition(block.contract, rank)


class Coder(nn.Module):
    """ConvNeXt blocks and a linear path beside them: [batch, frames, inputs] -> [batch, frames, outputs]."""

    def __init__(self, inputs: int, dim: int, blocks: int, outputs: int, c: CodecConfig):
        super().__init__()
        self.input = nn.Linear(inputs, dim)
        self.blocks = nn.ModuleList(ConvNeXtBlock(dim, c.expansion, c.kernel) for _ in range(blocks))
        self.norm = nn.LayerNorm(dim)
        self.output = nn.Linear(dim, outputs)
        self.linear_path = nn.Linear(inputs, outputs, bias=False)
        with torch.no_grad():
            self.output.weight.mul_(0.05)

    def forward(self, inputs: Tensor, adapter: "CoderAdapter | None" = None) -> Tensor:
        x = adapted(self.input, inputs, adapter and adapter.input)
        for block, own in zip(self.blocks, adapter.blocks if adapter else [None] * len(self.blocks), strict=True):
            x = block(x, own)
        return adapted(self.output, self.norm(x), adapter and adapter.output) + self.linear_path(inputs)


class CoderAdapter(nn.Module):
    """Additions to a coder's linear layers, all but the linear path."""

    def __init__(self, coder: Coder, rank: int):
        super().__init__()
        self.input = LowRankAddition(coder.input, rank)
        self.blocks = nn.ModuleList(BlockAdapter(block, rank) for block in coder.blocks)
        self.output = LowRankAddition(coder.output, rank)


class Codec(nn.Module):
    """Wave [batch, samples] to codes [batch, frames, levels] and back."""

    def __init__(self, config: CodecConfig):
        super().__init__()
        self.config = c = config
        self.spectrum = Spectrum(c.window, c.hop // c.spectra, c.fft)
        self.encoder = Coder(c.spectra * c.bins, c.encoder_dim, c.encoder_blocks, c.latent_dim, c)
        self.quantizer = ResidualVectorQuantizer(c.levels, c.codebook_size, c.latent_dim)
        self.decoder = Coder(c.latent_dim, c.decoder_dim, c.decoder_blocks, c.spectra * c.bins, c)
        coders = {"encoder": self.encoder, "decoder": self.decoder} if c.adapted_levels else {}
        self.adapters = nn.ModuleDict({name: CoderAdapter(coder, c.adapter_rank) for name, coder in coders.items()})

    def latents(self, frames: Tensor, levels: int) -> Tensor:
        """Levels of magnitudes [batch, frames, spectra x bins] -> [batch, frames, latent_dim], for codes of `levels`."""
        return self.encoder(frames, self._adapter("encoder", levels))

    def decoded(self, quantised: Tensor, levels: int) -> Tensor:
        """[batch, frames, latent_dim], the sums of `levels` codes' vectors -> levels of magnitudes."""
        return self.decoder(quantised, self._adapter("decoder", levels))

    def _adapter(self, coder: str, levels: int) -> CoderAdapter | None:
        return self.adapters[coder] if levels <= self.config.adapted_levels else None

    @torch.no_grad()
    def start_from_components(self, frames: Tensor, weight: Tensor) -> None:
        """Makes the linear paths the principal components of `frames` [frames, spectra x bins], bins weighted."""
        scale = weight.sqrt().repeat(self.config.spectra)
        mean = frames.mean(0)
        centred = (frames - mean) * scale
        variances, vectors = torch.linalg.eigh(centred.T @ centred / len(frames))
        kept = vectors.flip(1)[:, : self.config.latent_dim].T  # [latent_dim, spectra x bins]
        unit = variances.flip(0)[: self.config.latent_dim].mean().sqrt()
        self.encoder.linear_path.weight.copy_(kept * scale / unit)
        self.encoder.output.bias.copy_(-(self.encoder.linear_path.weight @ mean))
        self.decoder.linear_path.weight.copy_((kept / scale * unit).T)
        self.decoder.output.bias.copy_(mean)

    def frames(self, wave: Tensor) -> Tensor:
        """[batch, samples], a multiple of the hop -> levels of magnitudes [batch, frames, spectra x bins]."""
        spectra = levels(self.spectrum.analyse(wave).abs())
        return spectra.unflatten(1, (-1, self.config.spectra)).flatten(2)

    @torch.no_grad()
    def encode(self, wave: Tensor, levels: int | None = None) -> Tensor:
        """[batch, samples], a multiple of the hop -> codes [batch, frames, levels], all levels unless given."""
        latents = self.latents(self.frames(wave), levels or self.config.levels)
        codes = self.quantizer.encode(latents.flatten(0, 1), self.config.beams, levels)
        return codes.unflatten(0, latents.shape[:2])

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Tensor:
        """codes [batch, frames, levels used] -> wave [batch, hop frames - window]."""
        return self.sound(self.decoded(self.quantizer.decode(codes), codes.shape[-1]))

    def sound(self, frames: Tensor) -> Tensor:
        """Levels of magnitudes [batch, frames, spectra x bins] -> wave [batch, hop frames - window]."""
        c = self.config
        levels = frames.float().unflatten(2, (c.spectra, c.bins)).flatten(1, 2)
        phases = phase_integration.Phases.apply(levels, c.window, self.spectrum.hop, c.fft)
        amplitude = magnitudes(levels[:, :-1])
        amplitude = torch.where(amplitude > SILENT, amplitude, 0)
        return self.spectrum.synthesise(torch.polar(amplitude, 2 * torch.pi * phases))

    @torch.no_grad()
    def reconstruct(self, wave: Tensor, levels: int | None = None) -> Tensor:
        """[batch, samples] through codes of `levels` levels and back, the same length."""
        return self.decode(self.encode(self.padded(wave), levels))[:, : wave.shape[1]]

    def padded(self, wave: Tensor) -> Tensor:
        """`wave` [batch, samples] and the silence after it that decoding all of it takes."""
        return F.pad(wave, (0, -wave.shape[1] % self.config.hop + self.config.delay * self.config.hop))


def load_codec(checkpoint: Path) -> Codec:
    """The codec of a training run, for use."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["codec"])
    return codec.eval()
