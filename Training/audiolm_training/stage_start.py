"""A stage's first weights out of a bundle, whose semantic tokens may be others."""

from pathlib import Path

import torch
from torch import Tensor, nn

from . import kmeans, weight_file
from .semantic_tokenizer import SemanticTokenizer
from .token_data import digest, made_with

# Parameters with a row for each semantic token, and behind these perhaps a row for none.
SEMANTIC_ROWS = {
    "semantic_stage": ("embedding.weight", "head.weight"),
    "coarse_stage": ("semantic_embedding.weight",),
    "fine_stage": (),
}
ROUNDING = 0.01  # of weights that are stored again, in another form


def start_from_bundle(model: nn.Module, stage: str, bundle: Path, tokens: Path, tokenizer: Path) -> str:
    """Gives `model` the weights of the bundle's stage, and says in a line what became of those of semantic tokens.

    Where these, in the folder `tokens`, were made by the tokenizer in the folder `tokenizer`, and that clusters otherwise
    what the bundle's encoder hears, each begins as the mean of the bundle's tokens whose centres are nearest to its own;
    where it has another encoder, as `model` has it. Throws ValueError where the bundle's stage is not for its own tokens.
    """
    weights, own = weight_file.read(bundle / f"{stage}.safetensors"), model.state_dict()
    names = SEMANTIC_ROWS[stage]
    old, new = _tokenizer(SemanticTokenizer.load_exported, bundle), _tokenizer(SemanticTokenizer.load, tokenizer)
    if old is not None and made_with(tokens).get("tokenizer") == digest(old.state_dict()):
        new = old
    known = old is not None and new is not None
    same_shapes = all(weights[name].shape == own[name].shape for name in names)
    if known and _equal(old.state_dict(), new.state_dict()):
        if not same_shapes:
            raise ValueError(f"{bundle} has a {stage} for other tokens than its tokenizer makes, or than the configuration "
                             "says; export the tokenizer after the stages are trained")
        said = ""
    elif not known and same_shapes:
        said = ", as if its semantic tokens were the same" if names else ""
    elif known and _equal(*({**t.state_dict(), "centroids": torch.zeros(0)} for t in (old, new))):
        members = regrouped(old.centroids, new.centroids)
        weights |= {name: with_rows(members, weights[name], own[name]) for name in names}
        said = f", {len(new.centroids)} semantic tokens as means of its {len(old.centroids)}"
    else:
        weights |= {name: own[name] for name in names}
        said = ", but for its semantic tokens, which are others"
    model.load_state_dict(weights)
    return f"starts from {bundle}{said}"


def regrouped(old: Tensor, new: Tensor) -> Tensor:
    """The shares of old centres [old, width] in each of the new [new, width]: [new, old], rows summing to 1."""
    members = nn.functional.one_hot(kmeans.assign(old, new), len(new)).T.float()
    alone = members.sum(1) == 0
    members[alone] = nn.functional.one_hot(kmeans.assign(new[alone], old), len(old)).float()
    return members / members.sum(1, keepdim=True)


def with_rows(members: Tensor, old: Tensor, own: Tensor) -> Tensor:
    """Rows [old tokens (+ 1), width] as means [new tokens (+ 1), width]; the row for no token stays."""
    none = len(own) - len(members)
    return torch.cat([members @ old[: len(old) - none], old[len(old) - none :]])


def _tokenizer(load, folder: Path) -> SemanticTokenizer | None:
    """None where the folder has none."""
    return load(folder) if (folder / "semantic_tokenizer.safetensors").exists() else None


def _equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    """Whether all tensors are the same but for rounding."""
    return a.keys() == b.keys() and all(
        a[name].shape == b[name].shape and (a[name] - b[name]).norm() <= ROUNDING * a[name].norm() for name in a)
