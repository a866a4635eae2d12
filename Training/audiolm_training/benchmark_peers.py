"""Step `benchmark-peers`: the Swift engine beside PyTorch and llama.cpp, on the same weights and as many threads, in one run.

Medians: of processor time on one thread, in which other work on the machine counts little, of wall time on several.
PyTorch is timed eagerly and compiled, with 32-bit weights and with bfloat16 ones; the engine has the bundle's own, bytes
in the stages. llama.cpp gets the semantic stage as GGUF, its attention unbounded but its past as long as our window.
"""

import argparse
import datetime
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from . import gguf_file, tables, weight_file
from .cached_decoding import CoarseStep, SemanticStep, drawn
from .coarse_stage import CoarseStage, CoarseStageConfiguration
from .evaluate_speed import processor
from .export_codec import load_bundle
from .fine_stage import FineStage, FineStageConfiguration
from .fixed_point import attend_in_bytes
from .semantic_stage import SemanticStage, SemanticStageConfiguration
from .semantic_tokenizer import SemanticTokenizer
from .transformer import TransformerConfiguration

RATE = 24_000
STEPS = 50
MOST_FRAMES_AT_ONCE = 60
TRANSFORMER_FIELDS = ("layers", "width", "heads", "feed_forward", "attention_window")
# What the engine's benchmark calls the same work.
OURS = {
    "codec, encoding 10 s": "codec, encoding",
    "codec, decoding 10 s": "codec, decoding",
    "semantic tokenizer, 20 s": "semantic tokenizer, whole",
    "semantic stage, reading": "semantic stage, reading",
    "semantic stage, drawing": "semantic stage, drawing 1 at once",
    "coarse stage, reading": "coarse stage, reading",
    "coarse stage, drawing": "coarse stage, drawing 1 at once",
    "fine stage, one window": "fine stage, ",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bench", nargs="+", default=["audiolm-bench"], help="the built benchmark, with its path")
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder, as Models/piano")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--times", type=int, default=7, help="calls of each; the median counts")
    parser.add_argument("--compile", action="store_true", help="PyTorch compiled, too, which takes minutes to compile")
    parser.add_argument("--llama", action="store_true", help="llama.cpp, too; needs llama-cpp-python and gguf")


def run(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    words = [*args.bench, "codec", "tokenizer", "stages", "--bundle", str(args.bundle), "--threads", str(args.threads)]
    bench = json.loads(subprocess.run([*words, "--json"], check=True, capture_output=True, text=True).stdout)
    rows: dict[str, dict[str, float]] = {}
    for name, prefix in OURS.items():
        line = next(line for line in bench["measurements"] if line["name"].startswith(prefix))
        rows[name] = {"ours": line["microseconds"] * 1e-6}
    for kind, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        for name, work in torch_work(args.bundle, dtype).items():
            rows[name][f"PyTorch {kind}"] = median(work, args)
        if args.compile:
            for name, work in torch_work(args.bundle, dtype, compiled=True).items():
                rows[name][f"PyTorch {kind} compiled"] = median(work, args)
    if args.llama:
        rows["semantic stage, drawing"] |= llama_seconds(args)
    result = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "threads": args.threads,
        "instruction_set": bench["machine"]["instruction_set"], "torch": torch.__version__, "seconds": rows,
    }  # fmt: skip
    tables.write_result(args.runs, "peers", result)
    print(tables.peer_rows(result))


def median(work: Callable[[], object], args: argparse.Namespace) -> float:
    """Seconds of one call."""
    clock = time.process_time if args.threads == 1 else time.monotonic
    with torch.inference_mode():
        work()
        work()
        taken = []
        for _ in range(args.times):
            started = clock()
            work()
            taken.append(clock() - started)
    return statistics.median(taken)


def torch_work(bundle: Path, dtype: torch.dtype, compiled: bool = False) -> dict[str, Callable[[], object]]:
    """The calls that are timed, by name. Whole networks compute in `dtype` by autocast, signal processing in floats."""
    config = json.loads((bundle / "config.json").read_text())
    def prepared(module: Callable) -> Callable:
        module = Autocast(module, dtype)
        return torch.compile(module, dynamic=False) if compiled else module

    codec = load_bundle(bundle / config["codec"])
    codec.encoder, codec.decoder = prepared(codec.encoder), prepared(codec.decoder)
    wave = codec.padded(torch.randn(1, 10 * RATE) * 0.1)
    codes = codec.encode(wave)
    tokenizer = SemanticTokenizer.load_exported(bundle)
    tokenizer.activations = prepared(tokenizer.activations)
    noise = torch.randn(20 * RATE) * 0.1
    semantic, coarse, fine = (load_stage(bundle, config, stage) for stage in ("semantic", "coarse", "fine"))
    windows = [stage.transformer.configuration.attention_window for stage in (semantic, coarse)]
    tokens = torch.randint(semantic.configuration.vocabulary, (1, windows[0]))
    known = torch.randint(coarse.configuration.codes, (1, windows[1], coarse.configuration.levels))
    read_semantic, read_coarse, fine_pass = prepared(semantic), prepared(coarse), prepared(fine)
    work = {
        "codec, encoding 10 s": lambda: codec.encode(wave),
        "codec, decoding 10 s": lambda: codec.decode(codes),
        "semantic tokenizer, 20 s": lambda: tokenizer.tokenize(noise),
        "semantic stage, reading": lambda: read_semantic(tokens),
        "coarse stage, reading": lambda: read_coarse(known, tokens[:, : windows[1] // 2]),
        "fine stage, one window": lambda: complete(fine_pass, fine),
    }
    def compiled_step(step: nn.Module) -> Callable:
        return torch.compile(step, dynamic=False) if compiled else step

    # The steps have weights of their own, converted.
    own = [load_stage(bundle, config, stage) for stage in ("semantic", "coarse")]
    with torch.inference_mode():
        semantic_step, coarse_step = SemanticStep(own[0], dtype), CoarseStep(own[1], dtype)
    return work | {
        "semantic stage, drawing": steps(compiled_step(semantic_step), torch.zeros(1, dtype=torch.long)),
        "coarse stage, drawing": steps(compiled_step(coarse_step), torch.zeros(own[1].configuration.levels, dtype=torch.long)),
    }


class Autocast(nn.Module):
    """A network, or a method of one, that computes in `dtype` and gives 32-bit floats."""

    def __init__(self, network: Callable, dtype: torch.dtype):
        super().__init__()
        self.network, self.dtype = network, dtype

    def forward(self, *inputs: object) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            return self.network(*inputs).float()


def steps(step: Callable, first: Tensor) -> Callable[[], object]:
    """One step, each call the one after the call before."""
    state = {"tokens": first, "position": 0}

    def work() -> None:
        state["tokens"] = step(state["tokens"], torch.tensor([state["position"]]))
        state["position"] += 1
    return work


def complete(fine_pass: Callable, fine: FineStage) -> None:
    """The fine levels of the last frames of a window, as many as the command makes at a time."""
    settings = fine.configuration
    codes = torch.randint(settings.codes, (1, settings.window_frames, settings.levels))
    prompt = settings.window_frames - min(settings.window_frames * 4 // 5, MOST_FRAMES_AT_ONCE)
    for level in range(settings.coarse_levels, settings.levels):
        codes[0, prompt:, level] = drawn(fine_pass(codes, level, torch.tensor([prompt]))[0, prompt:])


def load_stage(bundle: Path, config: dict, name: str) -> nn.Module:
    """A stage with the bundle's weights, its sizes those of config.json, and PyTorch's own attention."""
    kind, configuration = {
        "semantic": (SemanticStage, SemanticStageConfiguration), "coarse": (CoarseStage, CoarseStageConfiguration),
        "fine": (FineStage, FineStageConfiguration),
    }[name]  # fmt: skip
    section = dict(config[f"{name}_stage"])
    sizes = {field: section.pop(field) for field in TRANSFORMER_FIELDS if field in section}
    model = kind(configuration(transformer=TransformerConfiguration(**sizes), **section)).eval()
    model.load_state_dict(weight_file.read(bundle / f"{name}_stage.safetensors"))
    attend_in_bytes(model, False)
    return model


def llama_seconds(args: argparse.Namespace) -> dict[str, float]:
    """Seconds for each token of the semantic stage by llama.cpp, its logits first compared with PyTorch's."""
    from .llama_peer import LlamaModel

    config = json.loads((args.bundle / "config.json").read_text())
    stage = load_stage(args.bundle, config, "semantic")
    window = stage.configuration.transformer.attention_window
    vocabulary = stage.configuration.vocabulary
    tokens = [vocabulary, *torch.randint(vocabulary, (window - 1,)).tolist()]
    with torch.inference_mode():
        expected = stage(torch.tensor([[*tokens[1:], 0]]))[0, -1]
    taken = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("F16", "Q8_0"):
            path = Path(folder) / f"{kind}.gguf"
            gguf_file.write(path, stage.configuration, stage.state_dict(), kind)
            model = LlamaModel(path, args.threads)
            logits = torch.from_numpy(model.read(tokens).copy())[:-1]
            difference = (logits - expected).abs().max().item()
            if difference > 0.05 * expected.std().item() + (0.2 if kind == "Q8_0" else 0.02):
                raise SystemExit(f"llama.cpp, {kind}: logits differ from PyTorch's by {difference:.3f}")

            def likeliest_tokens(model: LlamaModel = model) -> None:
                token = 1
                for _ in range(STEPS):
                    token = int(model.read([token])[:-1].argmax())
                model.forget(window)

            taken[f"llama.cpp {kind}"] = median(likeliest_tokens, args) / STEPS
    return taken
