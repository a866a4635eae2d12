"""Entry point: `python -m audiolm_training <step> --config configs/piano.yaml --runs RUNS`."""

import argparse
import importlib
from pathlib import Path

from .steps import STEPS


def main() -> None:
    parser = argparse.ArgumentParser(prog="audiolm_training", description=__doc__)
    commands = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for step, name in STEPS.items():
        module = importlib.import_module(f".{name}", __package__)
        command = commands.add_parser(step, help=(module.__doc__ or "").splitlines()[0])
        command.add_argument("--config", type=Path, help="YAML file with this run's settings")
        command.add_argument("--runs", type=Path, required=True, help="folder for data, checkpoints and logs")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
