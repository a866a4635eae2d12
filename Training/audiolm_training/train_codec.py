"""Step `train-codec`: an autoencoder first, then k-means codebooks, then encoder, codes and decoder together."""

import argparse
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import torch
import yaml

from .codec import Codec, CodecConfig
from .codec_metrics import mel_distance
from .crops import Crops
from .losses import SpectrumLoss
from .precision import mixed_precision
from .run_folder import RunFolder


@dataclass
class CodecTraining:
    model: dict = field(default_factory=dict)
    data: dict[str, float] = field(default_factory=lambda: {"piano": 0.65, "speech": 0.35})  # weights of data sets
    validation: dict[str, int] = field(default_factory=lambda: {"piano": 6, "speech": 4})  # excerpts of each
    seconds: float = 1.0
    batch: int = 6
    learning_rate: float = 5e-4
    final_learning_rate: float = 3e-5
    warm_up: int = 100
    autoencoder_minutes: float = 6
    minutes: float = 60  # in all
    mel_weight: float = 5.0  # of the mel loss, beside the bins' of weight 1
    sound_weight: float = 5.0  # of the loss on the sound, likewise, where the decoder is trained alone
    commitment: float = 0.5
    evaluate_every: int = 2000
    seed: int = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="codec", help="name of the run's folder")
    parser.add_argument("--minutes", type=float, help="train this long in all, in place of the configuration's")


def run(args: argparse.Namespace) -> None:
    settings = yaml.safe_load(args.config.read_text())["codec"] if args.config else {}
    training = CodecTraining(**settings)
    if args.minutes:
        training.minutes = args.minutes
    CodecTrainer(training, args.runs, args.name).train()


class CodecTrainer:
    def __init__(self, training: CodecTraining, runs: Path, name: str):
        self.training = training
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.run = RunFolder(runs / name)
        self.codec = Codec(CodecConfig(**training.model)).to(self.device)
        self.loss = SpectrumLoss(self.codec.config.fft).to(self.device)
        self.step, self.elapsed, self.quantised = 0, 0.0, False
        folders = {runs / "data" / name / "train": weight for name, weight in training.data.items()}
        state = self.run.load()
        seed = training.seed + (state["step"] if state else 0)
        torch.manual_seed(seed)
        self.samples = round(training.seconds * 24_000 / self.codec.config.hop) * self.codec.config.hop
        self.crops = iter(Crops(folders, self.samples, training.batch, seed))
        self.optimizer = torch.optim.AdamW(self._groups(), lr=training.learning_rate, betas=(0.8, 0.99), fused=True)
        if state:
            self.codec.load_state_dict(state["codec"])
            self.codec.quantizer.usage.copy_(state["usage"])
            self.codec.quantizer.sums.copy_(state["sums"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.elapsed, self.quantised = state["step"], state["elapsed"], state["quantised"]
        else:
            self._start()
        self.excerpts = self._excerpts(runs)

    def _groups(self) -> list[dict]:
        decayed = [p for p in self.codec.parameters() if p.ndim > 1]
        plain = [p for p in self.codec.parameters() if p.ndim <= 1]
        return [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]

    @torch.no_grad()
    def _start(self) -> None:
        frames = [self.codec.frames(next(self.crops)[0].to(self.device)).flatten(0, 1) for _ in range(40)]
        self.codec.start_from_components(torch.cat(frames), self.loss.weight)

    def _excerpts(self, runs: Path) -> dict[str, list[torch.Tensor]]:
        """10 s from the middle of held-out recordings, per data set."""
        excerpts = {}
        for name, count in self.training.validation.items():
            files = sorted((runs / "data" / name / "valid").glob("*.wav"))
            files = files[:: max(1, len(files) // count)][:count]
            excerpts[name] = []
            for file in files:
                frames = soundfile.info(file).frames
                sound, _ = soundfile.read(file, 240_000, max(0, frames // 2 - 120_000), dtype="float32")
                excerpts[name].append(torch.from_numpy(sound)[None].to(self.device))
        return excerpts

    def train(self) -> None:
        started, before = time.monotonic(), self.elapsed
        budget = self.training.minutes * 60
        while self.elapsed < budget:
            if not self.quantised and self.elapsed > self.training.autoencoder_minutes * 60:
                self._start_quantising()
            values = self._train_step()
            self.step += 1
            self.elapsed = before + time.monotonic() - started
            if self.step % 100 == 0:
                self.run.log(self.step, {"minutes": self.elapsed / 60, **values})
            if self.step % self.training.evaluate_every == 0:
                self.evaluate()
            if self.run.due():
                self.save()
        self.save()
        self.evaluate()

    def save(self) -> None:
        self.run.save(self._state())

    def _state(self) -> dict:
        return {
            "config": asdict(self.codec.config),
            "codec": self.codec.state_dict(),
            "usage": self.codec.quantizer.usage,
            "sums": self.codec.quantizer.sums,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
            "quantised": self.quantised,
        }

    def _learning_rate(self) -> float:
        t = self.training
        if not self.quantised:
            return t.learning_rate * min(1, (self.step + 1) / t.warm_up)
        progress = (self.elapsed / 60 - t.autoencoder_minutes) / max(1e-6, t.minutes - t.autoencoder_minutes)
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(1, progress))
        return t.final_learning_rate + (t.learning_rate - t.final_learning_rate) * cosine

    def _train_step(self) -> dict[str, float]:
        t, codec = self.training, self.codec
        codec.train()
        rate = self._learning_rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        frames = codec.frames(next(self.crops)[0].to(self.device))
        with mixed_precision(self.device):
            latents = codec.encoder(frames).float()
        commitment = latents.new_zeros(())
        quantised = latents
        if self.quantised:
            quantised, commitment = codec.quantizer(latents.flatten(0, 1), self._levels(latents))
            quantised = quantised.view_as(latents)
        with mixed_precision(self.device):
            output = codec.decoder(quantised).float()
        losses = self.loss(*(x.unflatten(-1, (-1, codec.config.bins)) for x in (output, frames)))
        self.optimizer.zero_grad(set_to_none=True)
        (losses["bins"] + t.mel_weight * losses["mel"] + t.commitment * commitment).backward()
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
        self.optimizer.step()
        return {
            "bins": losses["bins"].item(),
            "mel": losses["mel"].item(),
            "commitment": commitment.item(),
            "variance": latents.var((0, 1)).mean().item(),
            "rate": rate,
        }

    def _levels(self, latents: torch.Tensor) -> torch.Tensor:
        """Quantiser dropout: half of the crops use all levels, the others a random number. [frames]"""
        batch, frames, _ = latents.shape
        levels = self.codec.config.levels
        drawn = torch.randint(1, levels + 1, (batch, 1), device=self.device)
        whole = torch.rand((batch, 1), device=self.device) < 0.5
        return torch.where(whole, levels, drawn).expand(batch, frames).flatten()

    @torch.no_grad()
    def _start_quantising(self) -> None:
        self.codec.eval()
        frames = []
        while sum(map(len, frames)) < 30_000:
            sound = self.codec.frames(next(self.crops)[0].to(self.device))
            frames.append(self.codec.encoder(sound).flatten(0, 1))
        left = self.codec.quantizer.initialise(torch.cat(frames))
        print("variance left after each level: " + " ".join(f"{share:.3f}" for share in left), flush=True)
        self.quantised = True

    @torch.no_grad()
    def evaluate(self) -> None:
        self.codec.eval()
        most = self.codec.config.levels
        for name, excerpts in self.excerpts.items():
            for levels in (most, most // 2, most // 4) if self.quantised else (0,):
                outputs = [self._through(wave, levels) for wave in excerpts]
                distance = np.mean([mel_distance(o.cpu(), w.cpu()) for o, w in zip(outputs, excerpts)])
                print(f"  {name} {levels or 'unquantised'}: mel distance {distance:.3f}", flush=True)

    def _through(self, wave: torch.Tensor, levels: int) -> torch.Tensor:
        if levels:
            return self.codec.reconstruct(wave, levels)
        frames = self.codec.encoder(self.codec.frames(self.codec.padded(wave)))
        return self.codec.sound(self.codec.decoder(frames))[:, : wave.shape[1]]
