"""Train the predictor: python -m colorfix_training.train_predictor --images DIR."""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from colorfix_core.color.lab import ciede2000, srgb_to_lab
from colorfix_core.networks.classical_estimates import CLUES
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.weights import CONFIG, WEIGHTS
from colorfix_training.candidate_loss import candidate_loss
from colorfix_training.data.pool import Pool
from colorfix_training.data.world_pairs import Batch, correct_part, unseen_batches
from colorfix_training.loop import Training, training_options
from colorfix_training.preparation import (
    batches,
    data_options,
    export,
    joined,
    prepare,
    read_cell_colors,
    world,
)
from colorfix_training.students.quick_encoder import QuickEncoder


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pool, student = prepare(options)
    network, arguments = build(options, pool)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    pictures = batches(options, pool, student, training)

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        new, old = next(pictures)
        correct_part(training.averaged, student, new)
        batch = joined(new, old)
        candidates = training.network(batch.latent, batch.clues(), all_candidates=True)
        return candidate_loss(candidates, batch.source, batch.target, batch.weight)

    training.run(next_loss, validation(options, student))
    export(training, options.vae, options.export)


def build(options: argparse.Namespace, pool: Pool) -> tuple[Predictor, dict[str, Any]]:
    """A new predictor, or one that goes on from trained weights."""
    if options.start:
        return started_from(options.start, options.candidates)
    arguments = {name: getattr(options, name) for name in _SIZES} | {"clues": CLUES}
    network = Predictor(**arguments)
    read_cell_colors(network.features, options.vae, pool)
    return network, arguments


def started_from(folder: Path, candidates: int) -> tuple[Predictor, dict[str, Any]]:
    """A predictor with the weights in `folder`; what these do not know starts silent."""
    from safetensors.torch import load_file

    arguments = json.loads((folder / CONFIG).read_text())["network"]
    arguments |= {"candidates": candidates, "clues": CLUES}
    network = Predictor(**arguments)
    state = {name: value.float() for name, value in load_file(folder / WEIGHTS).items()}
    missing, unknown = network.load_state_dict(state, strict=False)
    new = ("hint.", "departures.", "logits.")
    if unknown or not all(name.startswith(new) for name in missing):
        raise ValueError(f"{folder} does not hold a predictor of this kind")
    return network, arguments


def validation(options: argparse.Namespace, student: QuickEncoder) -> Any:
    """Function network -> errors on photographs, looks and water that no training sees."""
    if not options.validation:
        return lambda network: {}
    others = world(options, options.validation, held_out=True)
    return partial(errors, batches=unseen_batches(others, student))


@torch.no_grad()
def errors(network: nn.Module, batches: dict[str, Batch]) -> dict[str, Any]:
    """Mean CIEDE2000 over casts of the likeliest and the best candidate, and on good photos."""
    likeliest, best, right = {}, {}, []
    for family, batch in batches.items():
        distances, first = _distances(network, batch)
        likeliest[family] = float(distances.gather(1, first).mean())
        best[family] = float(distances.amin(1).mean())
        right.append(float((distances.argmin(1, keepdim=True) == first).float().mean()))
    casts = [family for family in batches if family != "none"]
    return {
        "validation_casts": float(np.mean([likeliest[f] for f in casts])),
        "validation_best": float(np.mean([best[f] for f in casts])),
        "validation_none": likeliest["none"],
        "validation_right": float(np.mean(right)),
        "families": {name: round(value, 2) for name, value in likeliest.items()},
    }


def _distances(network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """CIEDE2000 of each candidate, (B, C), and which is the likeliest, (B, 1)."""
    candidates = network(batch.latent, batch.clues(), all_candidates=True)
    count = candidates.logits.shape[1]
    fixed = candidates.maps(batch.source.repeat_interleave(count, 0)).clamp(0, 1)
    target = srgb_to_lab(batch.target).repeat_interleave(count, 0)
    distances = ciede2000(srgb_to_lab(fixed), target).mean(1).unflatten(0, (-1, count))
    return distances, candidates.logits.argmax(1, keepdim=True)


_SIZES = ("width", "blocks", "chroma", "hidden", "candidates")


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__ or "", "runs/predictor", batch=8, rate=6e-4)
    data_options(parser, "models/predictor")
    parser.add_argument("--start", type=Path, help="trained weights to go on from")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--chroma", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=1280)
    parser.add_argument("--candidates", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    main()
