"""The training loop of the token transformers, the same for all three stages."""

import argparse
import contextlib
import csv
import math
import os
import signal
import time
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.tensorboard import SummaryWriter

from .activation_augmentation import augmented
from .byte_products import learn_in_bytes
from .code_geometry import start_from_codebooks
from .memory import keep_freed_memory
from .precision import let_muon_compute_in_floats, mixed_precision, multiplies_bfloat16, multiplies_bytes
from .stage_settings import StageSettings, read_settings, stage_folder, token_folder
from .stage_start import start_from_bundle
from .token_data import RandomCrops, batch_of, consecutive_crops, load_codebooks, load_pieces

LOG_EVERY_STEPS = 20
EVALUATE_EVERY_SECONDS = 240.0
CHECKPOINT_EVERY_SECONDS = 120.0
VALIDATION_CROPS = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, help="time budget, all resumed runs together")
    parser.add_argument("--start-from", type=Path, metavar="BUNDLE",
                        help="begin with the weights of this bundle's stage, e.g. of ../Models/piano")
    parser.add_argument("--compile", action="store_true", help="compile the model: a tenth faster after its first minute")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def train(args: argparse.Namespace, stage: str) -> None:
    keep_freed_memory()
    settings = read_settings(args.config, stage)
    training = StageTraining(
        settings, args.runs, args.device, args.minutes or settings.minutes, args.start_from, args.compile)
    signal.signal(signal.SIGTERM, lambda *_: training.stop())
    training.run()
    training.close()


class StageTraining:
    """One training run. Everything that a checkpoint holds is restored from the last one in its folder."""

    def __init__(
        self, settings: StageSettings, runs: Path, device: str, minutes: float, start_from: Path | None = None,
        compiled: bool = False,
    ):
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.world > 1:
            torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo")
            device = f"cuda:{os.environ['LOCAL_RANK']}" if device == "cuda" else device
        self.settings, self.device, self.budget = settings, torch.device(device), minutes * 60
        self.compiled = compiled
        self.folder = stage_folder(runs, settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(settings.seed)
        tokens = token_folder(runs, settings)
        self.model, self.began = settings.make_model(), "starts anew"
        codebooks = load_codebooks(tokens, settings.token_kinds)
        if start_from is not None and not (self.folder / "checkpoint.pt").exists():
            self.began = start_from_bundle(self.model, settings.stage, start_from, tokens / "semantic", runs / "semantic")
        elif codebooks is not None:
            start_from_codebooks(self.model.embeddings, self.model.heads, codebooks)
        self.model.to(self.device)
        self.average = deepcopy(self.model).eval()
        if not multiplies_bfloat16(self.device):
            let_muon_compute_in_floats()
        if self.device.type == "cpu" and multiplies_bytes():
            learn_in_bytes(self.model)
        self.optimizers = make_optimizers(self.model, settings)
        pieces = load_pieces(tokens, "train", settings.token_kinds)
        if settings.augmented_share:
            pieces = augmented(pieces, tokens, settings.augmented_share)
        self.crops = RandomCrops(
            pieces, settings.crop_frames, settings.batch_size,
            settings.seed, settings.reference_frames, self.rank, self.world)
        self.validation = consecutive_crops(
            load_pieces(tokens, "valid", settings.token_kinds), settings.crop_frames, VALIDATION_CROPS, settings.reference_frames)
        self.step, self.elapsed, self.stopped = 0, 0.0, False
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.restore()
        if self.step:
            self.began = f"goes on from step {self.step} in {self.folder}"

    def run(self) -> None:
        """Trains until the time budget or the number of steps is used up or `stop` is called; leaves a checkpoint."""
        step_model: nn.Module = self.model
        if self.world > 1:
            step_model = DistributedDataParallel(_LossModule(self.model), find_unused_parameters=True)
        else:
            step_model = _LossModule(self.model)
        if self.compiled:
            step_model = torch.compile(step_model)
        log = _Log(self.folder) if self.rank == 0 else None
        first = self.step
        if log is not None:
            print(f"{self.settings.stage} {self.began}", flush=True)
        started, before = time.monotonic(), self.elapsed
        last_evaluation = last_checkpoint = started
        while not self.finished:
            losses = self.train_step(step_model)
            now = time.monotonic()
            self.elapsed = before + now - started
            if log is None:
                continue
            log.add_step(self, losses)
            if now - last_evaluation > EVALUATE_EVERY_SECONDS:
                log.add_validation(self, self.validate())
                last_evaluation = now
            if now - last_checkpoint > CHECKPOINT_EVERY_SECONDS:
                self.save()
                last_checkpoint = now
        if log is not None:
            if self.step == first:
                print(f"{self.folder} has had its minutes or steps; give more, or remove it to train anew")
            self.save()
            log.add_validation(self, self.validate())

    def close(self) -> None:
        """Parts from the other processes, once all are done."""
        if self.world > 1:
            torch.distributed.barrier()
            torch.distributed.destroy_process_group()

    def stop(self) -> None:
        """Ends `run` after the current step; a later run goes on from there."""
        self.stopped = True

    @property
    def finished(self) -> bool:
        if self.world > 1:  # or rates differ, and with them what the processes learn
            clock = torch.tensor([self.elapsed, float(self.stopped)], dtype=torch.float64, device=self.device)
            torch.distributed.all_reduce(clock, torch.distributed.ReduceOp.MAX)
            self.elapsed, self.stopped = clock[0].item(), bool(clock[1].item())
        out_of_time = self.stopped or self.elapsed >= self.budget
        return out_of_time or (self.settings.steps is not None and self.step >= self.settings.steps)

    @property
    def learning_rate(self) -> float:
        """Linear warm-up, then a cosine over the time budget down to a twentieth."""
        progress = self.elapsed / self.budget
        if self.settings.steps is not None:
            progress = max(progress, self.step / self.settings.steps)
        warmup = min(1.0, (self.step + 1) / self.settings.warmup_steps)
        cosine = 0.525 + 0.475 * math.cos(math.pi * min(progress, 1.0))
        return self.settings.learning_rate * warmup * cosine

    def train_step(self, step_model: nn.Module) -> float:
        self.model.train()
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.learning_rate
        batch = to_device(self.crops.next(), self.device)
        with mixed_precision(self.device):
            loss = step_model(batch, self.generator)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        update_average(self.average, self.model, min(self.settings.ema_decay, (1 + self.step) / (10 + self.step)))
        return float(loss.detach())

    def validate(self) -> np.ndarray:
        """Bits per token of the averaged weights on held-out crops, by level."""
        return bits_per_token(self.average, self.validation, self.settings.batch_size, self.device)

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(), "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers], "step": self.step, "elapsed": self.elapsed,
            "generator": self.generator.get_state(),
        }
        temporary = self.folder / "checkpoint.pt.part"
        torch.save(state, temporary)
        temporary.replace(self.folder / "checkpoint.pt")

    def restore(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            state = torch.load(self.folder / "checkpoint.pt", map_location=self.device, weights_only=False)
            own = self.model.state_dict()
            if {name: tensor.shape for name, tensor in state["model"].items()} != {name: own[name].shape for name in own}:
                raise ValueError(f"{self.folder} holds a stage of other sizes than the configuration's; "
                                 "remove it or give other --runs")
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(saved)
            self.step, self.elapsed = state["step"], state["elapsed"]
            self.generator.set_state(state["generator"].cpu())
            self.crops.step = self.step
            torch.manual_seed(self.settings.seed + 1000 * self.rank + self.step)


class _LossModule(nn.Module):
    """Makes a stage's loss the forward pass, as data-parallel training needs it."""

    def __init__(self, stage: nn.Module):
        super().__init__()
        self.stage = stage

    def forward(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        return self.stage.loss(batch, generator)


class _Log:
    """Writes progress to the terminal, to log.csv and to TensorBoard."""

    def __init__(self, folder: Path):
        self.path = folder / "log.csv"
        self.board = SummaryWriter(folder / "tensorboard")
        self.losses: list[float] = []

    def add_step(self, training: StageTraining, loss: float) -> None:
        self.losses.append(loss / math.log(2))
        if training.step % LOG_EVERY_STEPS == 0:
            self._write(training, "train", float(np.mean(self.losses)), "")
            self.losses.clear()

    def add_validation(self, training: StageTraining, bits: np.ndarray) -> None:
        self._write(training, "valid", float(bits.mean()), " ".join(f"{value:.3f}" for value in bits))

    def _write(self, training: StageTraining, kind: str, bits: float, levels: str) -> None:
        new = not self.path.exists()
        with open(self.path, "a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", "seconds", "kind", "bits_per_token", "levels"])
            writer.writerow([training.step, round(training.elapsed, 1), kind, round(bits, 4), levels])
        self.board.add_scalar(f"bits_per_token/{kind}", bits, training.step)
        share = training.elapsed / training.budget
        print(f"{training.settings.stage} {share:4.0%} step {training.step} {kind} {bits:.3f} bits {levels}", flush=True)


def make_optimizers(model: nn.Module, settings: StageSettings) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the transformer's blocks, AdamW for embeddings, heads and norm gains.

    After the first 300,000 tokens Muon stands at 4.9 bits per token where AdamW alone stands at 6.6.
    """
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        (matrices if ".blocks." in name and parameter.ndim == 2 else others).append(parameter)
    return [
        torch.optim.Muon(matrices, lr=settings.learning_rate, weight_decay=settings.weight_decay,
                         adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=settings.learning_rate, betas=(0.9, 0.95),
                          weight_decay=settings.embedding_weight_decay),
    ]


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)


def to_device(batch: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    return {key: value.to(device, non_blocking=True) for key, value in batch.items()}


@torch.no_grad()
def bits_per_token(
    model: nn.Module, crops: list[dict[str, np.ndarray]], batch_size: int, device: torch.device
) -> np.ndarray:
    """Mean bits of the tokens of all crops, by level [levels]."""
    model.eval()
    totals, count = 0.0, 0
    for start in range(0, len(crops), batch_size):
        batch = to_device(batch_of(crops[start : start + batch_size]), device)
        with mixed_precision(device):
            losses = model.negative_log_likelihood(batch)
        totals = totals + losses.double().sum(dim=(0, 1)).cpu().numpy()
        count += losses.shape[0] * losses.shape[1]
    return totals / count / math.log(2)
