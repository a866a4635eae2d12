"""The three stages by name: their configuration out of the YAML file, their model, their data."""

from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from torch import nn

from . import weight_file
from .coarse_stage import CoarseStage, CoarseStageConfiguration
from .fine_stage import FineStage, FineStageConfiguration
from .semantic_stage import SemanticStage, SemanticStageConfiguration
from .transformer import TransformerConfiguration

KINDS = {
    "semantic_stage": (SemanticStageConfiguration, SemanticStage, ("semantic",)),
    "coarse_stage": (CoarseStageConfiguration, CoarseStage, ("semantic", "acoustic")),
    "fine_stage": (FineStageConfiguration, FineStage, ("acoustic",)),
}


@dataclass(frozen=True)
class StageSettings:
    """What a YAML section says: sizes of the model, and how it is trained.

    `crop_frames` counts codec frames (50 Hz), as does `reference_frames`, of which the coarse stage hears so many at most
    to know how the recording sounds. `steps`, where given, ends the training before its time budget does. Of the semantic
    stage's crops the share `augmented_share` is as of other renderings, which `activation_augmentation` makes.
    """

    stage: str
    corpus: str
    transformer: dict
    crop_frames: int
    batch_size: int
    learning_rate: float
    model: dict
    reference_frames: int = 0
    augmented_share: float = 0.0
    minutes: float = 30.0
    steps: int | None = None
    warmup_steps: int = 100
    weight_decay: float = 0.1
    embedding_weight_decay: float = 0.01
    ema_decay: float = 0.998
    seed: int = 1

    @property
    def token_kinds(self) -> tuple[str, ...]:
        return KINDS[self.stage][2]

    def make_model(self) -> nn.Module:
        configuration, model, _ = KINDS[self.stage]
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in self.model.items()}
        return model(configuration(transformer=TransformerConfiguration(**self.transformer), **fields))


def read_settings(config: Path, stage: str) -> StageSettings:
    """Section `stage` of a YAML file whose `corpus` names the tokens' folder."""
    document = yaml.safe_load(config.read_text())
    section = dict(document[stage])
    return StageSettings(
        stage=stage, corpus=document["corpus"], model=section.pop("model", {}), **section)


def token_folder(runs: Path, settings: StageSettings) -> Path:
    return runs / "tokens" / settings.corpus


def stage_folder(runs: Path, settings: StageSettings) -> Path:
    return runs / "stages" / settings.corpus / settings.stage


def load_trained(settings: StageSettings, runs: Path, device: torch.device) -> nn.Module:
    """The stage with the averaged weights of its last checkpoint."""
    model = settings.make_model().to(device).eval()
    state = torch.load(stage_folder(runs, settings) / "checkpoint.pt", map_location=device, weights_only=False)
    model.load_state_dict(state["average"])
    return model


def load_exported(settings: StageSettings, bundle: Path, device: torch.device) -> nn.Module:
    """The stage with the weights of a bundle's folder."""
    model = settings.make_model().to(device).eval()
    model.load_state_dict(weight_file.read(bundle / f"{settings.stage}.safetensors"))
    return model
