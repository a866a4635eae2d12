"""Step `train-semantic-stage`: the semantic transformer (stage 1) on token files."""

import argparse

from . import train_stage

add_arguments = train_stage.add_arguments


def run(args: argparse.Namespace) -> None:
    train_stage.train(args, "semantic_stage")
