"""Runs a step as the command line does."""

import argparse
from pathlib import Path


def call(module, runs: Path, *words: str) -> None:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    module.run(argparse.Namespace(config=None, runs=runs, **vars(parser.parse_args([*words]))))
