"""Step `train-decoder`: the codec's decoder, by the sound that it makes. What codes mean stands still, and which are
chosen, too, unless the encoder learns along.

The magnitudes of noise and of everything coded coarsely do not fit together in neighbouring frames, and what phase
integration makes of them is some 2 dB too quiet. Through phases and overlap-add, the decoder learns magnitudes whose
sound is right (the split of AudioDec, arXiv 2305.16608, in two trainings). With an adversarial weight, a discriminator
of the sound has a say as well: what it hears and no distance does is that noise is too smooth.
"""

import argparse
import math
from dataclasses import dataclass, field
from pathlib import Path

import torch
import yaml
from torch import Tensor

from .discriminator import Balancer, Discriminator
from .export_codec import load_bundle
from .losses import SoundLoss
from .perceptual_losses import LOSSES
from .precision import mixed_precision
from .run_folder import RunFolder
from .train_codec import CodecTrainer, CodecTraining


@dataclass
class DecoderTraining(CodecTraining):
    adversarial_weight: float = 0.0  # of the discriminator's gradients beside those of the loss on the sound; 0: none
    features_weight: float = 0.0
    discriminator_learning_rate: float = 3e-4
    discriminator_warm_up: int = 200  # steps until the decoder heeds it in full
    perceptual: dict[str, dict[str, float]] = field(default_factory=dict)  # by data set the weights of such losses, likewise
    encoder: bool = False  # train the encoder, too; codebooks stand still
    half_levels: float = 0.0  # share of crops that use half of the levels, beside those that drew as many


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--codec", default="codec", help="name of the codec's run, to start from")
    parser.add_argument("--bundle", type=Path, help="start from this exported codec instead, e.g. ../Models/codec")
    parser.add_argument("--name", default="codec-decoder", help="name of this run's folder")
    parser.add_argument("--minutes", type=float, help="train this long in all, in place of the configuration's")


def run(args: argparse.Namespace) -> None:
    settings = yaml.safe_load(args.config.read_text()) if args.config else {}
    training = DecoderTraining(**settings.get("codec", {}) | settings.get("decoder", {}))
    if args.minutes:
        training.minutes = args.minutes
    start = weights_of_bundle(args.bundle) if args.bundle else weights_of_run(args.runs / args.codec)
    DecoderTrainer(training, args.runs, args.name, start).train()


def weights_of_bundle(folder: Path) -> dict[str, Tensor]:
    """Without adapters, which fit the decoder that they were trained beside: `train-adapters` makes new ones."""
    weights = load_bundle(folder).state_dict()
    return {name: tensor for name, tensor in weights.items() if not name.startswith("adapters.")}


def weights_of_run(folder: Path) -> dict[str, Tensor]:
    run = RunFolder(folder)
    state = run.load()
    if state is None:
        raise SystemExit(f"{run.checkpoint}: not found; run `train-codec` first, or name a codec by --bundle")
    return state["codec"]


class DecoderTrainer(CodecTrainer):
    """Trains as the codec was trained, but for its loss and for what stands still."""

    def __init__(self, training: DecoderTraining, runs: Path, name: str, start: dict[str, Tensor]):
        self._weights = start
        super().__init__(training, runs, name)
        self.sound_loss = SoundLoss().to(self.device)
        self.codec.encoder.requires_grad_(training.encoder)
        self.perceptual = [
            (f"{data}_{name}", list(training.data).index(data), LOSSES[name]().to(self.device), weight)
            for data, weights in training.perceptual.items()
            for name, weight in weights.items()
        ]
        self.balancer = Balancer()
        self.discriminator = None
        if training.adversarial_weight + training.features_weight > 0:
            self.discriminator = Discriminator().to(self.device)
            self.discriminator_optimizer = torch.optim.Adam(
                self.discriminator.parameters(), training.discriminator_learning_rate, betas=(0.5, 0.9))
            if state := self.run.load():
                self.discriminator.load_state_dict(state["discriminator"])
                self.discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])

    def _state(self) -> dict:
        if self.discriminator is None:
            return super()._state()
        return super()._state() | {
            "discriminator": self.discriminator.state_dict(),
            "discriminator_optimizer": self.discriminator_optimizer.state_dict(),
        }

    def _start(self) -> None:
        self.codec.load_state_dict(self._weights)
        self.quantised = True

    def _learning_rate(self) -> float:
        t = self.training
        progress = min(1, self.elapsed / 60 / t.minutes)
        cosine = 0.5 + 0.5 * math.cos(math.pi * progress)
        warm_up = min(1, (self.step + 1) / t.warm_up)
        return warm_up * (t.final_learning_rate + (t.learning_rate - t.final_learning_rate) * cosine)

    def _train_step(self) -> dict[str, float]:
        t, codec = self.training, self.codec
        codec.eval()
        rate = self._learning_rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        wave, folders = next(self.crops)
        wave, folders = wave.to(self.device), torch.tensor(folders, device=self.device)
        with torch.no_grad():
            frames = codec.frames(wave)
        with mixed_precision(self.device), torch.set_grad_enabled(t.encoder):
            latents = self._latents(frames).float()
        quantised = self._quantised(latents)
        commitment = (latents - quantised).square().mean()
        quantised = quantised + latents - latents.detach()
        with mixed_precision(self.device):
            output = self._decoded(quantised).float()
        sound = codec.sound(output)
        losses = self.loss(*(x.unflatten(-1, (-1, codec.config.bins)) for x in (output, frames)))
        target = wave[:, : sound.shape[1]]
        losses["sound"] = self.sound_loss(sound, target)
        self.optimizer.zero_grad(set_to_none=True)
        losses["commitment"] = commitment
        (losses["bins"] + t.commitment * commitment).backward(retain_graph=True)
        sound.backward(self._gradient(sound, target, folders, losses))
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
        self.optimizer.step()
        none = dict.fromkeys((name for name, *_ in self.perceptual), math.nan)
        return none | {name: loss.item() for name, loss in losses.items()} | {"rate": rate}

    def _gradient(self, sound: Tensor, target: Tensor, folders: Tensor, losses: dict[str, Tensor]) -> Tensor:
        """That of all losses on the sound; those of the discriminator, which takes a step, come to `losses`."""
        t = self.training
        weighted, shares = {"sound": t.sound_weight * losses["sound"]}, {}
        for name, folder, loss, weight in self.perceptual:
            chosen = folders == folder
            if chosen.any():
                losses[name] = weighted[name] = loss(sound[chosen], target[chosen])
                shares[name] = weight
        if self.discriminator:
            self.discriminator_optimizer.zero_grad(set_to_none=True)
            with mixed_precision(self.device):
                losses["discriminator"] = self.discriminator.loss(target, sound)
            losses["discriminator"].backward()
            self.discriminator_optimizer.step()
            with mixed_precision(self.device):
                heard = self.discriminator.losses_of(sound, target)
            losses |= heard
            weighted |= heard
            trust = min(1, self.step / t.discriminator_warm_up)
            shares |= {"adversarial": trust * t.adversarial_weight, "features": trust * t.features_weight}
        return self.balancer.gradient(weighted, sound, "sound", shares)

    def _quantised(self, latents: Tensor) -> Tensor:
        """Latents as their codes give them back, each crop's of a random number of levels. [batch, frames, dim]"""
        quantizer, beams = self.codec.quantizer, self.codec.config.beams
        return torch.stack([
            quantizer.decode(quantizer.encode(crop.detach(), beams, levels))
            for crop, levels in zip(latents, self._crop_levels(latents), strict=True)
        ])  # fmt: skip

    def _crop_levels(self, latents: Tensor) -> list[int]:
        """How many levels each crop's codes have."""
        levels = self._levels(latents).view(latents.shape[:2])[:, 0].tolist()
        half = self.codec.config.levels // 2
        halved = torch.rand(len(levels)) < self.training.half_levels
        return [half if fewer else count for fewer, count in zip(halved, levels, strict=True)]

    def _latents(self, frames: Tensor) -> Tensor:
        return self.codec.encoder(frames)

    def _decoded(self, quantised: Tensor) -> Tensor:
        return self.codec.decoder(quantised)
