"""The steps of training, in the order in which they are run. Each module has `add_arguments` and `run`."""

STEPS = {
    "render": "render",
    "prepare-recordings": "recordings",
    "train-codec": "train_codec",
}
