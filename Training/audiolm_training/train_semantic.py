"""Step `train-semantic`: train the w2v-BERT-style encoder on rendered piano and its notes."""

import argparse
import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import Tensor, nn

from . import augment, piano_recordings
from .note_targets import note_rolls
from .features import FRAME_SAMPLES
from .run_folder import RunFolder
from .w2v_bert import EncoderConfiguration, W2vBert

LOSS_WEIGHTS = {
    "contrastive": 0.3,
    "prediction": 0.3,
    "diversity": 0.3,
    "active": 12.0,
    "onset": 12.0,
    "pitch_class": 2.0,
    "any_onset": 1.0,
}


@dataclass(frozen=True)
class TrainingConfiguration:
    """Section `semantic` of the configuration file."""

    data: str = "piano"  # folder of recordings under RUNS/data
    encoder: dict = field(default_factory=dict)
    minutes: float | None = None  # of training, over all resumptions
    steps: int | None = None
    batch: int = 8
    crop_frames: int = 250
    masked_share: float = 0.5  # of the crops; the others are seen whole and train the note head alone
    mask_span: int = 10
    mask_chance: float = 0.065  # of a span to begin at a frame: about half of a masked crop is hidden
    learning_rate: float = 8e-4
    warmup: int = 100
    weight_decay: float = 0.02
    log_every: int = 25
    checkpoint_minutes: float = 2
    rescan_steps: int = 100  # look for new recordings
    seed: int = 0

    @staticmethod
    def read(path: Path) -> "TrainingConfiguration":
        return TrainingConfiguration(**yaml.safe_load(path.read_text())["semantic"]["training"])


class CropSampler:
    """Random augmented crops with their notes, every second of every recording being equally likely."""

    def __init__(self, folder: Path, configuration: TrainingConfiguration, rng: np.random.Generator) -> None:
        self.folder, self.configuration, self.rng = folder, configuration, rng
        self.augmentation = augment.Augmentation()
        self.notes: dict[str, np.ndarray] = {}
        self.rescan()

    def rescan(self) -> None:
        """Find the recordings rendered so far. Throws ValueError if there is none long enough."""
        shortest = self.configuration.crop_frames * FRAME_SAMPLES * 1.05
        self.recordings = [
            (recording, len(samples))
            for recording in piano_recordings.find(self.folder, ("train",), labelled=True)
            if len(samples := recording.samples()) > shortest
        ]
        if not self.recordings:
            raise ValueError(f"{self.folder} has no rendered training recordings yet")
        lengths = np.array([length for _, length in self.recordings], float)
        self.chances = lengths / lengths.sum()

    def crop(self) -> tuple[Tensor, dict[str, np.ndarray]]:
        """Sound [samples] and its note targets, [frames, outputs] each."""
        frames = self.configuration.crop_frames
        samples = frames * FRAME_SAMPLES
        recording, length = self.recordings[self.rng.choice(len(self.recordings), p=self.chances)]
        taken = augment.draw_length(samples, self.augmentation, self.rng)
        start = int(self.rng.integers(0, length - taken + 1))
        sound = torch.from_numpy(recording.samples()[start : start + taken].astype(np.float32) / 32768)
        if recording.identifier not in self.notes:
            self.notes[recording.identifier] = recording.notes()
        rolls = note_rolls(
            self.notes[recording.identifier], start / piano_recordings.SAMPLE_RATE, frames, samples / taken
        )
        return augment.apply(sound, samples, self.augmentation, self.rng), rolls

    def batch(self, size: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Sound [size, samples] and note targets [size, frames, outputs]."""
        crops = [self.crop() for _ in range(size)]
        notes = {name: torch.from_numpy(np.stack([rolls[name] for _, rolls in crops])) for name in crops[0][1]}
        return torch.stack([sound for sound, _ in crops]), notes

    def mask(self, size: int) -> Tensor:
        """Which frames to hide: spans in the first `masked_share` of the crops. [size, frames]"""
        c = self.configuration
        starts = self.rng.random((size, c.crop_frames)) < c.mask_chance
        starts[round(size * c.masked_share) :] = False
        starts[0, 0] |= not starts.any()
        mask = starts.copy()
        for offset in range(1, c.mask_span):
            mask[:, offset:] |= starts[:, :-offset]
        return torch.from_numpy(mask)


class Averages:
    """Means of metrics since they were last taken, and the pace of steps."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.sums: dict[str, float] = {}
        self.steps, self.since = 0, time.monotonic()

    def add(self, metrics: dict[str, Tensor]) -> None:
        for name, value in metrics.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value.detach())
        self.steps += 1

    def take(self) -> dict[str, float]:
        means = {name: value / self.steps for name, value in self.sums.items()}
        means["steps_per_second"] = self.steps / (time.monotonic() - self.since)
        self.reset()
        return means


def learning_rate(step: int, progress: float, c: TrainingConfiguration) -> float:
    """Linear warm-up, then a half cosine to a fiftieth."""
    falling = 0.51 + 0.49 * math.cos(math.pi * min(progress, 1.0))
    return c.learning_rate * min(1.0, (step + 1) / c.warmup) * falling


def gumbel_temperature(progress: float) -> float:
    return 2.0 * 0.25 ** min(progress, 1.0)


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict]:
    """Matrices decay; vectors do not."""
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    vectors = [p for p in model.parameters() if p.ndim < 2]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def run(args: argparse.Namespace) -> None:
    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    device = torch.device(args.device)
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
    if world > 1:
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        train(TrainingConfiguration.read(args.config), args.runs, device, rank, world)
    finally:
        if world > 1:
            torch.distributed.destroy_process_group()


def train(c: TrainingConfiguration, runs: Path, device: torch.device, rank: int = 0, world: int = 1) -> W2vBert:
    """Train from the last checkpoint of RUNS/semantic, or from the start; returns the encoder."""
    torch.manual_seed(c.seed)
    model = W2vBert(EncoderConfiguration(**c.encoder)).to(device)
    optimiser = torch.optim.AdamW(parameter_groups(model, c.weight_decay), lr=c.learning_rate, betas=(0.9, 0.98))
    folder = RunFolder(runs / "semantic", c.checkpoint_minutes) if rank == 0 else None
    step, elapsed = 0, 0.0
    if (state := load_checkpoint(runs)) is not None:
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step, elapsed = state["step"], state["elapsed"]
    torch.manual_seed(c.seed + 1000 * rank + step)
    sampler = CropSampler(runs / "data" / c.data, c, np.random.default_rng((c.seed, rank, step)))
    if step == 0:
        model.front_end.fit([sampler.batch(c.batch)[0].to(device) for _ in range(4)])
    network: nn.Module = model
    if world > 1:
        network = nn.parallel.DistributedDataParallel(model, broadcast_buffers=step == 0)
    averages = Averages()
    begun = time.monotonic() - elapsed
    autocast = torch.autocast(device.type, torch.bfloat16)

    def progress() -> float:
        shares = [step / c.steps] if c.steps else []
        shares += [elapsed / 60 / c.minutes] if c.minutes else []
        share = torch.tensor(max(shares))
        if world > 1:  # all must stop at the same step
            torch.distributed.broadcast(share := share.to(device), 0)
        return float(share)

    def save() -> None:
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
        folder.save(state | {"elapsed": elapsed, "encoder": model.configuration.to_dictionary()})

    model.train()
    while (share := progress()) < 1:
        if step % c.rescan_steps == c.rescan_steps - 1:
            sampler.rescan()
        sound, notes = sampler.batch(c.batch)
        mask = sampler.mask(c.batch).to(device)
        with torch.no_grad():
            frames = model.front_end(sound.to(device))
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, share, c)
        with autocast:
            losses = network(
                frames, mask, {name: target.to(device) for name, target in notes.items()}, gumbel_temperature(share)
            )
        loss = sum(LOSS_WEIGHTS[name] * value for name, value in losses.items())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step += 1
        elapsed = time.monotonic() - begun
        if folder is None:
            continue
        averages.add({"loss": loss, "gradient": norm} | losses)
        if step % c.log_every == 0:
            rate = {"learning_rate": learning_rate(step, share, c), "progress": share}
            folder.log(step, averages.take() | rate)
        if folder.due():
            save()
    if folder is not None:
        save()
    return model.eval()


def load_checkpoint(runs: Path) -> dict | None:
    """The state that RUNS/semantic was left in, or none."""
    path = runs / "semantic" / "checkpoint.pt"
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def load_encoder(runs: Path) -> W2vBert:
    """The encoder of RUNS/semantic's last checkpoint. Throws FileNotFoundError before it has been trained."""
    if (state := load_checkpoint(runs)) is None:
        raise FileNotFoundError(f"{runs}/semantic has no checkpoint; run the step train-semantic first")
    model = W2vBert(EncoderConfiguration(**state["encoder"]))
    model.load_state_dict(state["model"])
    return model.eval()
