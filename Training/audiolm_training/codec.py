"""SoundStream on MDCT frames: causal encoder, residual vector quantiser, causal decoder (arXiv 2107.03312).

The networks see one frame of 480 MDCT coefficients each 20 ms in place of SoundStream's strided convolutions of the
wave: the transform is exact, costs two small matrix products, and leaves the whole network at the frame rate. A linear
path beside each network carries the wave's signs from the first step on.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .mdct import MDCT
from .quantizer import ResidualVectorQuantizer


@dataclass(frozen=True)
class CodecConfig:
    sample_rate: int = 24_000
    hop: int = 480
    latent_dim: int = 64
    encoder_dim: int = 320
    encoder_blocks: int = 5
    decoder_dim: int = 384
    decoder_blocks: int = 6
    expansion: int = 3
    kernel: int = 7
    levels: int = 12
    codebook_size: int = 1024
    beams: int = 8


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

    def forward(self, x: Tensor) -> Tensor:
        y = self.depthwise(F.pad(x.transpose(1, 2), (self.kernel - 1, 0))).transpose(1, 2)
        y = self.contract(F.gelu(self.expand(self.norm(y)), approximate="tanh"))
        return x + self.scale * y


class Encoder(nn.Module):
    """MDCT and MDST coefficients [batch, frames, hop] each -> latents [batch, frames, latent_dim]."""

    def __init__(self, c: CodecConfig):
        super().__init__()
        self.register_buffer("deviation", torch.ones(c.hop))  # per coefficient, over the training data
        self.input = nn.Linear(2 * c.hop, c.encoder_dim)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(c.encoder_dim, c.expansion, c.kernel) for _ in range(c.encoder_blocks)
        )
        self.norm = nn.LayerNorm(c.encoder_dim)
        self.output = nn.Linear(c.encoder_dim, c.latent_dim)
        self.linear_path = nn.Linear(c.hop, c.latent_dim, bias=False)
        with torch.no_grad():
            self.output.weight.mul_(0.1)
            self.linear_path.weight.copy_(torch.eye(c.latent_dim, c.hop))

    def forward(self, cosine: Tensor, sine: Tensor) -> Tensor:
        signed = torch.asinh(cosine / self.deviation)
        magnitude = torch.sqrt(cosine.square() + sine.square()) / self.deviation
        # Full scale to 80 dB below the usual level of each coefficient, as about 1 to -1.
        loudness = torch.log(magnitude + 1e-4) / 5 + 1
        x = self.input(torch.cat([signed, loudness], -1))
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x)) + self.linear_path(signed)


class Decoder(nn.Module):
    """Latents [batch, frames, latent_dim] -> MDCT coefficients [batch, frames, hop]."""

    def __init__(self, c: CodecConfig):
        super().__init__()
        self.register_buffer("deviation", torch.ones(c.hop))
        self.input = nn.Linear(c.latent_dim, c.decoder_dim)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(c.decoder_dim, c.expansion, c.kernel) for _ in range(c.decoder_blocks)
        )
        self.norm = nn.LayerNorm(c.decoder_dim)
        self.shape = nn.Linear(c.decoder_dim, c.hop)  # sign and fine structure
        self.gain = nn.Linear(c.decoder_dim, c.hop)  # logarithm of the level
        self.linear_path = nn.Linear(c.latent_dim, c.hop, bias=False)
        with torch.no_grad():
            self.shape.weight.mul_(0.1)
            self.gain.weight.mul_(0.1)
            self.gain.bias.zero_()
            self.linear_path.weight.copy_(torch.eye(c.hop, c.latent_dim))

    def forward(self, latents: Tensor) -> Tensor:
        x = self.input(latents)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        shape = (self.shape(x) + self.linear_path(latents)).float().clamp(-6, 6)
        return self.deviation * torch.exp(self.gain(x).float().clamp(-8, 4)) * torch.sinh(shape)


class Codec(nn.Module):
    """Wave [batch, samples] to codes [batch, frames, levels] and back."""

    def __init__(self, config: CodecConfig):
        super().__init__()
        self.config = config
        self.mdct = MDCT(config.hop)
        self.encoder = Encoder(config)
        self.quantizer = ResidualVectorQuantizer(config.levels, config.codebook_size, config.latent_dim)
        self.decoder = Decoder(config)

    def set_deviation(self, deviation: Tensor) -> None:
        self.encoder.deviation.copy_(deviation)
        self.decoder.deviation.copy_(deviation)

    def latents(self, wave: Tensor) -> Tensor:
        return self.encoder(*self.mdct.analyse(wave))

    @torch.no_grad()
    def encode(self, wave: Tensor) -> Tensor:
        """[batch, samples], a multiple of the hop -> codes [batch, frames, levels]."""
        latents = self.latents(wave).float()
        codes = self.quantizer.encode(latents.flatten(0, 1), self.config.beams)
        return codes.unflatten(0, latents.shape[:2])

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Tensor:
        """codes [batch, frames, levels used] -> wave [batch, hop (frames - 1)]."""
        return self.mdct.synthesise(self.decoder(self.quantizer.decode(codes)))

    @torch.no_grad()
    def reconstruct(self, wave: Tensor, levels: int | None = None) -> Tensor:
        """[batch, samples] through codes of `levels` levels and back, the same length."""
        hop = self.config.hop
        length = wave.shape[1]
        padded = F.pad(wave, (0, -length % hop + hop))
        return self.decode(self.encode(padded)[..., :levels])[:, :length]


def load_codec(checkpoint: Path) -> Codec:
    """The codec of a training run, for use."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    codec = Codec(CodecConfig(**state["config"]))
    codec.load_state_dict(state["codec"])
    return codec.eval()
