"""Step `train-semantic`: train the w2v-BERT-style encoder on recordings and their labels."""

import argparse
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .labelled_crops import CropSampler, TrainingConfiguration
from .precision import mixed_precision
from .run_folder import RunFolder
from .w2v_bert import EncoderConfiguration, W2vBert

LOSS_WEIGHTS = {"contrastive": 0.3, "prediction": 0.3, "diversity": 0.3}  # the label head says its own


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
    sampler = CropSampler(runs / "data" / c.data, model.configuration.labels, c, np.random.default_rng((c.seed, rank, step)))
    if step == 0:
        model.front_end.fit([sampler.batch(c.batch)[0].to(device) for _ in range(4)])
    network: nn.Module = model
    if world > 1:
        network = nn.parallel.DistributedDataParallel(model, broadcast_buffers=step == 0)
    weights = LOSS_WEIGHTS | model.label_head.LOSS_WEIGHTS
    averages = Averages()
    begun = time.monotonic() - elapsed
    autocast = mixed_precision(device)

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
        sound, labels = sampler.batch(c.batch)
        mask = sampler.mask(c.batch).to(device)
        with torch.no_grad():
            frames = model.front_end(sound.to(device))
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, share, c)
        with autocast:
            losses = network(
                frames, mask, {name: target.to(device) for name, target in labels.items()}, gumbel_temperature(share)
            )
        loss = sum(weights[name] * value for name, value in losses.items())
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
