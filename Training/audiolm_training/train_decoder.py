"""Step `train-decoder`: the codec's decoder alone, by the sound that it makes; codes and their meaning stand still.

The magnitudes of noise and of everything coded coarsely do not fit together in neighbouring frames, and what phase
integration makes of them is some 2 dB too quiet. Through phases and overlap-add, the decoder learns magnitudes whose
sound is right (the split of AudioDec, arXiv 2305.16608, in two trainings).
"""

import argparse
import math
from pathlib import Path

import torch
import yaml

from .export_codec import load_bundle
from .losses import SoundLoss
from .run_folder import RunFolder
from .train_codec import CodecTrainer, CodecTraining


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--codec", default="codec", help="name of the codec's run, to start from")
    parser.add_argument("--bundle", type=Path, help="start from this exported codec instead, e.g. ../Models/codec")
    parser.add_argument("--name", default="codec-decoder", help="name of this run's folder")
    parser.add_argument("--minutes", type=float, help="train this long in all, in place of the configuration's")


def run(args: argparse.Namespace) -> None:
    settings = yaml.safe_load(args.config.read_text()) if args.config else {}
    training = CodecTraining(**settings.get("codec", {}) | settings.get("decoder", {}))
    if args.minutes:
        training.minutes = args.minutes
    start = weights_of_bundle(args.bundle) if args.bundle else weights_of_run(args.runs / args.codec)
    DecoderTrainer(training, args.runs, args.name, start).train()


def weights_of_bundle(folder: Path) -> dict[str, torch.Tensor]:
    return load_bundle(folder).state_dict()


def weights_of_run(folder: Path) -> dict[str, torch.Tensor]:
    run = RunFolder(folder)
    state = run.load()
    if state is None:
        raise SystemExit(f"{run.checkpoint}: not found; run `train-codec` first, or name a codec by --bundle")
    return state["codec"]


class DecoderTrainer(CodecTrainer):
    """Trains as the codec was trained, but for its loss and for what stands still."""

    def __init__(self, training: CodecTraining, runs: Path, name: str, start: dict[str, torch.Tensor]):
        self._weights = start
        super().__init__(training, runs, name)
        self.sound_loss = SoundLoss().to(self.device)
        for part in (self.codec.encoder, self.codec.quantizer):
            part.requires_grad_(False)

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
        wave = next(self.crops).to(self.device)
        with torch.no_grad():
            frames = codec.frames(wave)
            latents = codec.encoder(frames)
            quantised = self._quantised(latents)
        with torch.autocast(self.device, torch.bfloat16):
            output = codec.decoder(quantised).float()
        sound = codec.sound(output)
        losses = self.loss(*(x.unflatten(-1, (-1, codec.config.bins)) for x in (output, frames)))
        losses["sound"] = self.sound_loss(sound, wave[:, : sound.shape[1]])
        self.optimizer.zero_grad(set_to_none=True)
        (t.sound_weight * losses["sound"] + losses["bins"]).backward()
        torch.nn.utils.clip_grad_norm_(codec.decoder.parameters(), 1.0)
        self.optimizer.step()
        return {**{name: loss.item() for name, loss in losses.items()}, "rate": rate}

    def _quantised(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents as their codes give them back, each crop's of a random number of levels. [batch, frames, dim]"""
        quantizer, vectors = self.codec.quantizer, latents.flatten(0, 1)
        codes = quantizer.encode(vectors, self.codec.config.beams)
        used = self._levels(latents)[:, None] > torch.arange(codes.shape[1], device=self.device)
        chosen = torch.stack([book[codes[:, level]] for level, book in enumerate(quantizer.codebooks)], 1)
        return (chosen * used[..., None]).sum(1).view_as(latents)
