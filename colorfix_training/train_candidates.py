"""Train the predictor of several candidates on `world`.

python -m colorfix_training.train_candidates --images PHOTOS --cameras DIR --looks DIR
    --water DIR --start models/predictor
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from colorfix_core.color.lab import ciede2000, srgb_to_lab
from colorfix_core.networks.classical_estimates import CLUES
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.weights import CONFIG, WEIGHTS
from colorfix_training.candidate_loss import candidate_loss
from colorfix_training.data.pool import SMALL, Pool
from colorfix_training.data.world import MIX, World
from colorfix_training.loop import Training, training_options
from colorfix_training.preparation import (
    Batch,
    WorldPairs,
    correct_part,
    fill_pool,
    in_background,
    small_batch,
)
from colorfix_training.students.quick_encoder import QuickEncoder, quick_encoder
from colorfix_training.train_predictor import export


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    world = partial(World, cameras=options.cameras, look_tables=options.looks, water=options.water)
    if options.shards:
        whole = world(options.images, short_side=256)
        fill_pool(options.pool, whole, options.vae, options.shards, options.seed)
        del whole  # a gigabyte of photographs
    pool = Pool(options.pool)
    student = quick_encoder(pool, options.student, options.student_steps)
    network, arguments = started_from(options.start, options.candidates)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    seed = options.seed, training.seed
    pairs = WorldPairs(world(options.images), student, options.fresh, seed)
    fresh = in_background(pairs)
    stored = pool.batches(np.random.default_rng(seed), options.batch, Batch._fields)

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        new = next(fresh)
        correct_part(training.averaged, student, new)
        batch = Batch(*(torch.cat(pair) for pair in zip(new, next(stored), strict=True)))
        candidates = training.network.propose(batch.latent, batch.clues())
        return candidate_loss(candidates, batch.source, batch.target, batch.weight)

    validate = dict
    if options.validation:
        others = world(options.validation, held_out=True)
        validate = partial(errors, batches=unseen(others, student))
    training.run(next_loss, lambda averaged: validate(averaged))
    export(training, options.vae, options.export)


def started_from(folder: Path, candidates: int) -> tuple[Predictor, dict]:
    """A predictor with the weights in `folder`; what these do not know starts silent."""
    arguments = json.loads((folder / CONFIG).read_text())["network"]
    arguments |= {"candidates": candidates, "clues": CLUES}
    network = Predictor(**arguments)
    state = {name: value.float() for name, value in load_file(folder / WEIGHTS).items()}
    missing, unknown = network.load_state_dict(state, strict=False)
    new = ("hint.", "departures.", "logits.")
    if unknown or not all(name.startswith(new) for name in missing):
        raise ValueError(f"{folder} does not hold a predictor of this kind")
    return network, arguments


def unseen(world: World, student: QuickEncoder, count: int = 24) -> dict[str, Batch]:
    """The same pictures at each call, `count` of each family."""
    found = {}
    for number, family in enumerate(MIX):
        rng = np.random.default_rng((30_000_000, number, 0))
        samples = [world.draw(rng, SMALL, family) for _ in range(count)]
        samples = [s._replace(thoroughness=0.5) for s in samples if family != "golden_hour"] or [
            s._replace(thoroughness=max(s.thoroughness, 0.5)) for s in samples
        ]
        found[family] = small_batch(samples, student, rng)
    return found


@torch.no_grad()
def errors(network: Predictor, batches: dict[str, Batch]) -> dict[str, float]:
    """Mean CIEDE2000 over casts of the likeliest and the best candidate, and on good photos."""
    likeliest, best, right = {}, {}, []
    for family, batch in batches.items():
        candidates = network.propose(batch.latent, batch.clues())
        count = network.candidates
        fixed = candidates.maps(batch.source.repeat_interleave(count, 0)).clamp(0, 1)
        target = srgb_to_lab(batch.target).repeat_interleave(count, 0)
        distances = ciede2000(srgb_to_lab(fixed), target).mean(1).unflatten(0, (-1, count))
        first = candidates.logits.argmax(1, keepdim=True)
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


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__, "runs/candidates", batch=8, rate=6e-4)
    parser.add_argument("--images", type=Path, required=True, help="folder of good photographs")
    parser.add_argument("--cameras", type=Path, required=True, help="arrays for `cameras`")
    parser.add_argument("--looks", type=Path, required=True, help="tables for `looks`")
    parser.add_argument("--water", type=Path, required=True, help="pairs for `underwater`")
    parser.add_argument("--start", type=Path, default=Path("models/predictor"))
    parser.add_argument("--validation", type=Path, help="folder of other photographs")
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--fresh", type=int, default=48, help="new pictures in each batch")
    parser.add_argument("--pool", type=Path, default=Path("runs/world_pool"))
    parser.add_argument("--shards", type=int, default=24, help="of 128 full-size pictures")
    parser.add_argument("--student", type=Path, default=Path("runs/quick_encoder.pt"))
    parser.add_argument("--student-steps", type=int, default=1500, help="to fit it, once")
    parser.add_argument("--vae", type=Path, default=Path("models/vae"))
    parser.add_argument("--export", type=Path, default=Path("runs/candidates/predictor"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
