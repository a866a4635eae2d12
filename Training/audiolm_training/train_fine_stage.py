"""Step `train-fine-stage`: the fine acoustic transformer (stage 3) on token files."""

import argparse

from . import train_stage

add_arguments = train_stage.add_arguments


def run(args: argparse.Namespace) -> None:
    train_stage.train(args, "fine_stage")
