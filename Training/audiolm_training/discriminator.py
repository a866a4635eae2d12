"""Discriminator of sounds on short-time spectra of several resolutions (EnCodec, arXiv 2210.13438, section 3.4).

It sees compressed magnitudes and no phases, as UnivNet's (arXiv 2106.07889): windows shorter than the codec's tell
whether phases fit together by what the frames add up to.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

COMPRESSION = 0.3  # exponent of magnitudes, about that of loudness


class SpectrumDiscriminator(nn.Module):
    """Wave [batch, samples] -> a map of scores, high for real sound, and the features of its layers."""

    def __init__(self, window: int, channels: int):
        super().__init__()
        self.window = window
        self.register_buffer("hann", torch.hann_window(window), persistent=False)
        inputs = (1, channels, channels, channels)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(count, channels, (3, 9), stride=(1, 2), padding=(1, 4))) for count in inputs
        )
        self.score = weight_norm(nn.Conv2d(channels, 1, (3, 3), padding=(1, 1)))

    def forward(self, wave: Tensor) -> tuple[Tensor, list[Tensor]]:
        spectrum = torch.stft(wave, self.window, self.window // 4, window=self.hann, return_complex=True)
        power = spectrum.real.square() + spectrum.imag.square()
        x = (power + 1e-7).pow(COMPRESSION / 2).transpose(1, 2)[:, None]  # [batch, 1, frames, bins]
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.score(x), features


class Discriminator(nn.Module):
    def __init__(self, windows: tuple[int, ...] = (1024, 512, 256), channels: int = 16):
        super().__init__()
        self.scales = nn.ModuleList(SpectrumDiscriminator(window, channels) for window in windows)

    def forward(self, wave: Tensor) -> list[tuple[Tensor, list[Tensor]]]:
        return [scale(wave) for scale in self.scales]

    def loss(self, real: Tensor, made: Tensor) -> Tensor:
        """Hinge loss of telling real sound from made sound."""
        pairs = zip(self(real), self(made.detach()), strict=True)
        return sum(F.relu(1 - right).mean() + F.relu(1 + wrong).mean() for (right, _), (wrong, _) in pairs) / len(self.scales)

    def losses_of(self, made: Tensor, real: Tensor) -> dict[str, Tensor]:
        """What the maker of `made` is to lower: `adversarial`, and `features`, the distance of the layers' features."""
        with torch.no_grad():
            wanted = self(real)
        found = self(made)
        adversarial = sum(F.relu(1 - score).mean() for score, _ in found) / len(found)
        distances = [
            (mine - theirs).abs().mean() / theirs.abs().mean().clamp_min(1e-3)
            for (_, features), (_, targets) in zip(found, wanted, strict=True)
            for mine, theirs in zip(features, targets, strict=True)
        ]
        return {"adversarial": adversarial, "features": sum(distances) / len(distances)}


class Balancer:
    """Weighs losses by the norms of their gradients in place of their values (EnCodec, section 3.4)."""

    def __init__(self, decay: float = 0.99):
        self.decay = decay
        self.norms: dict[str, float] = {}

    def gradient(self, losses: dict[str, Tensor], output: Tensor, first: str, shares: dict[str, float]) -> Tensor:
        """The gradient at `output`: that of the loss `first` as it is, of the others as large as their shares of it."""
        gradients = {name: torch.autograd.grad(loss, output, retain_graph=True)[0] for name, loss in losses.items()}
        for name, gradient in gradients.items():
            norm = gradient.norm().item()
            self.norms[name] = self.decay * self.norms.get(name, norm) + (1 - self.decay) * norm
        return gradients.pop(first) + sum(
            shares[name] * self.norms[first] / max(self.norms[name], 1e-12) * gradient
            for name, gradient in gradients.items()
        )
