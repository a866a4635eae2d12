"""Step `train-coarse-stage`: the coarse acoustic transformer (stage 2) on token files."""

import argparse

from . import train_stage

add_arguments = train_stage.add_arguments


def run(args: argparse.Namespace) -> None:
    train_stage.train(args, "coarse_stage")
