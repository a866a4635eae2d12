"""The steps of training, in the order in which they are run. Each module has `add_arguments` and `run`."""

STEPS = {
    "render": "render",
    "prepare-recordings": "recordings",
    "train-codec": "train_codec",
    "export-codec": "export_codec",
    "tokenize-acoustic": "tokenize_acoustic",
    "train-semantic": "train_semantic",
    "fit-kmeans": "fit_kmeans",
    "probe-semantic": "probe_semantic",
    "tokenize-semantic": "tokenize_semantic",
    "export-semantic": "export_semantic",
    "train-semantic-stage": "train_semantic_stage",
    "train-coarse-stage": "train_coarse_stage",
    "train-fine-stage": "train_fine_stage",
    "evaluate-codec": "evaluate_codec",
    "evaluate-stages": "evaluate_stages",
    "make-prompts": "make_prompts",
    "evaluate-continuations": "evaluate_continuations",
    "evaluate-speed": "evaluate_speed",
    "picture": "picture",
    "export-stages": "export_stages",
}
