import argparse
import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from audiolm_training import (
    evaluate_likelihood,
    evaluate_stages,
    export_stages,
    fit_kmeans,
    stage_start,
    train_stage,
    weight_file,
)
from audiolm_training.semantic_tokenizer import SemanticTokenizer, TokenizerConfiguration
from audiolm_training.stage_settings import KINDS, read_settings
from audiolm_training.token_data import batch_of, claim, digest, load_pieces
from audiolm_training.token_statistics import without_repeats
from audiolm_training.whole_file import write_whole

CONFIG = Path(__file__).parents[1] / "configs" / "debug.yaml"
VOCABULARY = {"semantic_stage": "vocabulary", "coarse_stage": "semantic_vocabulary"}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for split in ("train", "valid", "test"):
        for kind, shape in (("semantic", (120,)), ("acoustic", (240, 12))):
            folder = tmp_path / "tokens" / "piano" / kind / split
            folder.mkdir(parents=True)
            for name in "ab":
                np.save(folder / f"{name}.npy", random.integers(0, 1024, shape).astype(np.uint16))
    return tmp_path


def arguments(module, runs: Path, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return argparse.Namespace(config=CONFIG, runs=runs, **vars(parser.parse_args([*words])))


def test_train_evaluate_and_export(runs: Path, capsys):
    for stage in KINDS:
        train_stage.train(arguments(train_stage, runs, "--device", "cpu"), stage)
    evaluate_stages.run(arguments(evaluate_stages, runs, "--device", "cpu"))
    assert "other piece's semantic tokens" in capsys.readouterr().out
    evaluate_likelihood.run(arguments(evaluate_likelihood, runs, "--prompt-seconds", "1", "--seconds", "1"))
    assert "of 2 pairs" in capsys.readouterr().out
    export_stages.run(arguments(export_stages, runs, "--bundle", str(runs / "bundle"), "--sampling"))
    config = json.loads((runs / "bundle" / "config.json").read_text())
    assert {"semantic_stage", "coarse_stage", "fine_stage", "sampling"} <= set(config)
    assert config["room_tone"] is False
    weights = weight_file.read(runs / "bundle" / "fine_stage.safetensors")
    assert weights["heads.7.weight"].shape == (1024, 64)
    before = json.loads((runs / "results" / "stages.json").read_text())
    evaluate_stages.run(arguments(evaluate_stages, runs, "--device", "cpu", "--bundle", str(runs / "bundle")))
    after = json.loads((runs / "results" / "stages.json").read_text())
    assert after["fine_stage"]["model"] == pytest.approx(before["fine_stage"]["model"], rel=0.01)


class RepeatingStage(torch.nn.Module):
    """Draws a half of the time among four tokens and otherwise repeats the last."""

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        even = torch.full((*tokens.shape, 4), 0.125)
        before = torch.nn.functional.pad(tokens[:, :-1], (1, 0))
        return even.scatter_add(-1, before[..., None], torch.full((*tokens.shape, 1), 0.5)).log()


def test_bits_per_change_leave_repeats_out():
    tokens = np.array([0, 0, 0, 3, 3, 1, 2, 2, 2])
    bits = evaluate_stages.bits_per_change(RepeatingStage(), [{"semantic": tokens}], 1, torch.device("cpu"))
    assert bits == pytest.approx(math.log2(3), abs=1e-3)
    assert without_repeats(tokens).tolist() == [0, 3, 1, 2]


@pytest.mark.parametrize("stage", list(KINDS))
def test_training_goes_on_from_its_checkpoint_as_if_never_stopped(runs: Path, stage: str):
    settings = read_settings(CONFIG, stage)
    settings = replace(settings, transformer={**settings.transformer, "dropout": 0.0}, steps=6)

    def training() -> train_stage.StageTraining:
        return train_stage.StageTraining(settings, runs, "cpu", minutes=1000)

    first = training()
    for _ in range(3):
        first.train_step(train_stage._LossModule(first.model))
    first.save()
    second = training()
    assert second.step == 3
    second.run()
    assert second.step == 6 and second.finished and training().step == 6
    shutil.rmtree(second.folder)
    whole = training()
    whole.run()
    for a, b in zip(second.average.parameters(), whole.average.parameters(), strict=True):
        assert torch.equal(a, b)


def test_training_wants_something_to_validate_with(runs: Path):
    settings = replace(read_settings(CONFIG, "semantic_stage"), crop_frames=240)
    for path in (runs / "tokens" / "piano" / "semantic" / "valid").glob("*.npy"):
        np.save(path, np.load(path)[:100])
    with pytest.raises(ValueError, match="crop_frames"):
        train_stage.StageTraining(settings, runs, "cpu", minutes=1)


@pytest.mark.parametrize("stage", list(KINDS))
def test_training_starts_from_a_bundle(runs: Path, stage: str):
    settings = read_settings(CONFIG, stage)
    trained = settings.make_model()
    batch = batch_of([load_pieces(runs / "tokens" / "piano", "valid", settings.token_kinds)[0].crop(0, 16)])
    export_stages.export(trained, stage, batch, runs / "bundle")
    training = train_stage.StageTraining(settings, runs, "cpu", minutes=1, start_from=runs / "bundle")
    assert training.step == 0
    for name, tensor in trained.state_dict().items():
        assert torch.equal(training.model.state_dict()[name], tensor)


def bundle_with_clusters(folder: Path, centroids: list[float], stages: dict[str, torch.nn.Module]) -> SemanticTokenizer:
    sizes = TokenizerConfiguration(
        width=8, heads=2, kernel=3, expansion=2, blocks=1, summary_width=1, clusters=len(centroids))
    tokenizer = SemanticTokenizer(sizes)
    tokenizer.centroids.copy_(torch.tensor(centroids)[:, None])
    weight_file.write(folder / "semantic_tokenizer.safetensors", fit_kmeans.stored(tokenizer, "float32"))
    write_whole(folder / "config.json", json.dumps({"semantic_tokenizer": sizes.to_dictionary()}))
    for name, stage in stages.items():
        weight_file.write(folder / f"{name}.safetensors", weight_file.encode(stage.state_dict(), lambda *_: "float32"))
    return tokenizer


@pytest.mark.parametrize("case", ["fewer", "as many", "other encoder", "the same"])
def test_training_starts_from_other_clusters(tmp_path: Path, case: str):
    """Tokens 2 and 3 lie by the new token 1, 0 and 1 by the new 0; the new 2 takes the nearest, 3."""
    def make(stage: str, tokens: int) -> torch.nn.Module:
        settings = read_settings(CONFIG, stage)
        return replace(settings, model=settings.model | {VOCABULARY[stage]: tokens}).make_model()

    centres = {"fewer": [0.5, 11, 20], "the same": [0, 1, 10, 12.001]}.get(case, [0.5, 11, 20, 30])
    stages = {stage: make(stage, 4) for stage in VOCABULARY}
    old = bundle_with_clusters(tmp_path / "bundle", [0, 1, 10, 12], stages)
    new = fit_kmeans.with_clusters(old, len(centres))
    new.centroids.copy_(torch.tensor(centres)[:, None])
    if case == "other encoder":
        new.activation_mean += 1
    fit_kmeans.write(tmp_path / "semantic", new, "float32")
    for stage, before in stages.items():
        model = make(stage, len(centres))
        own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        said = stage_start.start_from_bundle(
            model, stage, tmp_path / "bundle", tmp_path / "tokens", tmp_path / "semantic")
        for name, tensor in model.state_dict().items():
            rows = before.state_dict()[name]
            if name in stage_start.SEMANTIC_ROWS[stage]:
                last = [rows[3]] * (len(centres) - 2)
                means = torch.stack([(rows[0] + rows[1]) / 2, (rows[2] + rows[3]) / 2, *last, *rows[4:]])
                rows = {"other encoder": own[name], "the same": rows}.get(case, means)
            torch.testing.assert_close(tensor, rows)
        assert ("means of its 4" in said, "which are others" in said) == (case in ("fewer", "as many"), case == "other encoder")


def test_tokens_say_whose_they_are(tmp_path: Path):
    """The bundle's own, whatever tokenizer lies in the folder beside; not those of a stage of other sizes."""
    settings = read_settings(CONFIG, "semantic_stage")
    stages = {size: replace(settings, model={"vocabulary": size}).make_model() for size in (4, 3)}
    old = bundle_with_clusters(tmp_path / "bundle", [0, 1, 10, 12], {"semantic_stage": stages[4]})
    fit_kmeans.write(tmp_path / "semantic", fit_kmeans.with_clusters(old, 3), "float32")
    claim(tmp_path / "tokens", {"tokenizer": digest(old.state_dict())})
    places = (tmp_path / "bundle", tmp_path / "tokens", tmp_path / "semantic")
    model = replace(settings, model={"vocabulary": 4}).make_model()
    stage_start.start_from_bundle(model, "semantic_stage", *places)
    assert torch.equal(model.embedding.weight, stages[4].embedding.weight)
    with pytest.raises(ValueError, match="after the stages are trained"):
        stage_start.start_from_bundle(stages[3], "semantic_stage", *places)


def test_a_finished_or_other_training_says_so(runs: Path, capsys):
    train_stage.train(arguments(train_stage, runs, "--device", "cpu"), "semantic_stage")
    assert "starts anew" in capsys.readouterr().out
    train_stage.train(arguments(train_stage, runs, "--device", "cpu"), "semantic_stage")
    said = capsys.readouterr().out
    assert "goes on from step 20" in said and "remove it to train anew" in said
    settings = replace(read_settings(CONFIG, "semantic_stage"), model={"vocabulary": 2000})
    with pytest.raises(ValueError, match="other sizes"):
        train_stage.StageTraining(settings, runs, "cpu", minutes=1)


def test_two_processes_train_together(runs: Path):
    """And go on together, to find that they are finished."""
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "audiolm_training",
             "train-semantic-stage", "--config", str(CONFIG), "--runs", str(runs), "--device", "cpu"]  # fmt: skip
    for said in ("semantic_stage starts anew", "semantic_stage goes on from step 20"):
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(said) == 1
    log = (runs / "stages" / "piano" / "semantic_stage" / "log.csv").read_text().splitlines()
    assert [line.split(",")[2] for line in log[1:]] == ["train", "valid", "valid"]


def test_another_pieces_tokens_are_never_its_own():
    crops = [{"semantic": i} for i in range(11)]
    pieces = ["long"] * 10 + ["short"]
    found = [crop["semantic"] for crop in evaluate_stages.of_another(crops, pieces, "semantic")]
    assert all(pieces[i] != pieces[j] for i, j in enumerate(found))
    with pytest.raises(ValueError, match="one recording"):
        evaluate_stages.of_another(crops[:10], pieces[:10], "semantic")


@pytest.mark.parametrize("name", ["piano", "speech", "debug", "debug-speech"])
def test_every_configuration_describes_three_stages(name: str):
    for stage in KINDS:
        settings = read_settings(CONFIG.with_name(f"{name}.yaml"), stage)
        assert settings.corpus == ("speech" if "speech" in name else "piano")
        assert settings.crop_frames % 2 == 0
