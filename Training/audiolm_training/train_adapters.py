"""Step `train-adapters`: low-rank adapters that make encoder and decoder others for codes of few levels.

All else stands still, so that codes of all levels and the stages that predict them stay what they are, while codes of
few levels and their sound are found anew, by what listeners are asked about such sound.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from torch import Tensor

from .train_decoder import DecoderTrainer, DecoderTraining, weights_of_bundle


@dataclass
class AdapterTraining(DecoderTraining):
    encoder: bool = True
    adapted_levels: int = 6
    adapter_rank: int = 64
    most_levels: float = 0.7  # share of crops of `adapted_levels`; the others have fewer

    def __post_init__(self) -> None:
        self.model = self.model | {"adapted_levels": self.adapted_levels, "adapter_rank": self.adapter_rank}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the exported codec, e.g. ../Models/codec")
    parser.add_argument("--name", default="codec-adapters", help="name of this run's folder")
    parser.add_argument("--minutes", type=float, help="train this long in all, in place of the configuration's")


def run(args: argparse.Namespace) -> None:
    settings = yaml.safe_load(args.config.read_text()) if args.config else {}
    training = AdapterTraining(**settings.get("codec", {}) | settings.get("adapters", {}))
    if args.minutes:
        training.minutes = args.minutes
    AdapterTrainer(training, args.runs, args.name, weights_of_bundle(args.bundle)).train()


class AdapterTrainer(DecoderTrainer):
    def __init__(self, training: AdapterTraining, runs: Path, name: str, start: dict[str, Tensor]):
        super().__init__(training, runs, name, start)
        self.codec.requires_grad_(False)
        self.codec.adapters.requires_grad_(True)

    def _start(self) -> None:
        fresh = {name: tensor for name, tensor in self.codec.state_dict().items() if name.startswith("adapters.")}
        self.codec.load_state_dict(fresh | self._weights)
        self.quantised = True

    def _latents(self, frames: Tensor) -> Tensor:
        return self.codec.latents(frames, self.codec.config.adapted_levels)

    def _decoded(self, quantised: Tensor) -> Tensor:
        return self.codec.decoded(quantised, self.codec.config.adapted_levels)

    def _crop_levels(self, latents: Tensor) -> list[int]:
        most = self.codec.config.adapted_levels
        fewer = torch.rand(len(latents)) >= self.training.most_levels
        drawn = torch.randint(1, most + 1, (len(latents),))
        return torch.where(fewer, drawn, most).tolist()
