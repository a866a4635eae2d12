"""The detector of a bundle: is a second of sound a continuation of the bundle's, or real and coded (AudioLM, section IV-F)?

Trained as a `CropClassifier` on 64-band log-mel spectra; what is exported has the norms folded into the convolutions.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import weight_file
from .bundle import merge_config, merge_golden
from .crop_classifier import BANDS, CROP, HOP, SAMPLE_RATE, TAPS, WINDOW, ChangeConvolution, CropClassifier
from .features import FLOOR, FrontEnd
from .losses import mel_filters

REAL, SYNTHETIC = 0, 1


@dataclass(frozen=True)
class DetectorConfiguration:
    """Section `detector` of config.json."""

    bands: int = BANDS
    window: int = WINDOW
    hop: int = HOP
    floor: float = FLOOR
    crop: int = CROP
    width: int = 64
    taps: int = TAPS
    strides: tuple[int, ...] = (2, 2, 2)


def untrained(configuration: DetectorConfiguration) -> CropClassifier:
    """It hears changes alone: what a piano or a room is like throughout would tell pieces, which it would learn by heart."""
    return CropClassifier(2, configuration.width, configuration.strides, ChangeConvolution)


class Detector(nn.Module):
    """A classifier's network for inference: the logarithm of the odds that a crop is synthetic."""

    def __init__(self, configuration: DetectorConfiguration) -> None:
        super().__init__()
        c = self.configuration = configuration
        self.front_end = FrontEnd(c.bands, c.window, c.hop, 1)
        self.front_end.filterbank.copy_(mel_filters(c.bands, c.window, SAMPLE_RATE).T)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(c.width if number else c.bands, c.width, c.taps, stride, padding=c.taps // 2)
            for number, stride in enumerate(c.strides))  # fmt: skip
        self.head = nn.Linear(c.width, 1)

    def forward(self, crops: Tensor) -> Tensor:
        """Sound [batch, crop] -> [batch]"""
        bands = self.front_end.log_bands(crops)
        x = (bands - bands.mean((1, 2), keepdim=True)).transpose(1, 2)
        for convolution in self.convolutions:
            x = convolution(x).relu()
        return self.head(x.mean(2))[:, 0]

    def tensors(self) -> dict[str, Tensor]:
        """What the file holds."""
        normalisation = ("front_end.mean", "front_end.deviation")
        return {name: tensor for name, tensor in self.state_dict().items() if name not in normalisation}


@torch.no_grad()
def folded(classifier: CropClassifier, configuration: DetectorConfiguration) -> Detector:
    """The same in fewer layers: norms, the spectra's scale and the difference of the two logits go into weights."""
    detector = Detector(configuration)
    layers = list(classifier.convolutions)
    for number, convolution in enumerate(detector.convolutions):
        source, norm = layers[4 * number], layers[4 * number + 1]
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        weight = source.weight if number else source.kernel / 3
        convolution.weight.copy_(weight * scale[:, None, None])
        convolution.bias.copy_((source.bias - norm.running_mean) * scale + norm.bias)
    detector.head.weight.copy_((classifier.head.weight[SYNTHETIC] - classifier.head.weight[REAL])[None])
    detector.head.bias.copy_((classifier.head.bias[SYNTHETIC] - classifier.head.bias[REAL])[None])
    return detector.eval()


@torch.no_grad()
def export(detector: Detector, crop: Tensor, bundle: Path) -> None:
    """Writes detector.safetensors, its section of config.json and golden logits: those of the weights as stored."""
    stored = weight_file.encode(
        detector.tensors(), lambda _, tensor: "bfloat16" if tensor.numel() >= 4096 else "float32")
    detector.load_state_dict(weight_file.decode(stored), strict=False)
    weight_file.write(bundle / "detector.safetensors", stored)
    merge_config(bundle, {"detector": asdict(detector.configuration)})
    merge_golden(bundle, "detector", {"samples": crop, "logits": detector(crop[None])})
