"""Train the predictor: python -m colorfix_training.train_predictor --images DIR."""

import argparse
import copy
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from accelerate import PartialState
from torch import Tensor, nn

from colorfix_core.color.lab import cie94, ciede2000, srgb_to_lab
from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.vae import Vae
from colorfix_core.networks.weights import save_network, sha256
from colorfix_training.data.fresh_pairs import FreshPairs, Pairs, correct_part, in_background
from colorfix_training.data.pool import Pool, fill, read_luts
from colorfix_training.loop import Training, training_options
from colorfix_training.students.quick_encoder import QuickEncoder, quick_encoder


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pool, student = prepare(options)
    arguments = {name: getattr(options, name) for name in ("width", "blocks", "chroma", "hidden")}
    network = Predictor(**arguments)
    read_cell_colors(network.features, options.vae, pool)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    seed = options.seed, training.seed
    fresh = new_pairs(options, student, options.clean, seed, training.device)
    student = student.to(training.device)
    names = "latent", "source", "target"
    stored = pool.batches(np.random.default_rng(seed), options.batch, names, training.device)

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        new = next(fresh)
        good = new.target[: len(new.clean)]  # good photos, to be left as they are
        correct_part(training.averaged, student, new)
        parts = (new.latent, new.source, new.target), next(stored), (new.clean, good, good)
        return predictor_loss(training.network, *map(torch.cat, zip(*parts, strict=True)))

    training.run(next_loss, validation(options.validation, training.device))
    export(training, options.vae, options.export)


def prepare(options: argparse.Namespace) -> tuple[Pool, QuickEncoder]:
    """The pool and the student of the encoder, made first where they are missing."""
    with PartialState().main_process_first():
        fill(options.pool, options.images, options.vae, options.shards, luts=options.luts)
        pool = Pool(options.pool)
        return pool, quick_encoder(pool, options.student, options.student_steps)


def new_pairs(
    options: argparse.Namespace,
    student: QuickEncoder,
    clean: int,
    seed: tuple[int, ...],
    device: torch.device,
) -> Iterator[Pairs]:
    """Pictures made for this training alone."""
    luts = read_luts(options.luts)
    pairs = FreshPairs(options.images, copy.deepcopy(student), options.fresh, clean, seed, luts)
    return in_background(pairs, device)


def predictor_loss(
    network: nn.Module, latent: Tensor, source: Tensor, target: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """CIE94 distance after the map, and a smoothness penalty on the lattice."""
    maps = network(latent)
    distance = cie94(srgb_to_lab(maps(source).clamp(-0.2, 1.2)), srgb_to_lab(target)).mean()
    return distance + 40 * maps.roughness(), {"cie94": distance.item()}


def read_cell_colors(features: CastFeatures, vae: Path, pool: Pool) -> None:
    """Fit the reading of colours to the VAE in use, whichever it is."""
    latent, _ = next(pool.batches(np.random.default_rng(0), 64, ("latent", "source")))
    decoded = Vae.load(vae, torch.device("cpu")).decode(latent[:, :4])
    features.fit_cell_colors(latent[:, :4], decoded)


def validation(folder: Path | None, device: torch.device):
    """Function network -> mean CIEDE2000 over a pool made from other photos."""
    if folder is None:
        return lambda network: {}
    parts = list(Pool(folder).in_order(("latent", "source", "target"), device))
    return partial(validation_error, parts=parts)


@torch.no_grad()
def validation_error(network: nn.Module, parts: list[list[Tensor]]) -> dict[str, float]:
    """Mean CIEDE2000 over batches of (latent, source, target)."""
    errors = [
        ciede2000(srgb_to_lab(network(latent)(source).clamp(0, 1)), srgb_to_lab(target)).mean()
        for latent, source, target in parts
    ]
    return {"validation_ciede2000": float(torch.stack(errors).mean())}


def export(training: Training, vae: Path, folder: Path) -> None:
    """Ship the averaged weights, tied to the VAE they were trained with."""
    if training.accelerator.is_main_process:
        digest = sha256(vae / "diffusion_pytorch_model.safetensors")
        facts = {"steps": training.step, "minutes": round(training.seconds / 60)}
        save_network(folder, training.averaged, training.arguments, digest, training=facts)


def pool_options(parser: argparse.ArgumentParser, export: str) -> argparse.ArgumentParser:
    """Add what every training on a pool can be told."""
    parser.add_argument("--images", type=Path, required=True, help="as for the pool")
    parser.add_argument("--luts", type=Path, help="folder of .cube files to use as grades")
    parser.add_argument("--pool", type=Path, default=Path("runs/pool"))
    parser.add_argument("--shards", type=int, default=100, help="that the pool must have")
    parser.add_argument("--validation", type=Path, help="a pool made from other photos")
    parser.add_argument("--vae", type=Path, default=Path("runs/vae/vae"))
    parser.add_argument("--student", type=Path, default=Path("runs/quick_encoder.pt"))
    parser.add_argument("--student-steps", type=int, default=1500, help="to fit it, once")
    parser.add_argument("--fresh", type=int, default=48, help="new pictures in each batch")
    parser.add_argument("--export", type=Path, default=Path(export))
    return parser


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__, "runs/predictor", batch=16, rate=1e-3)
    pool_options(parser, "models/predictor")
    parser.add_argument("--clean", type=int, default=16, help="of them, also given undistorted")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--chroma", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=1280)
    return parser.parse_args()


if __name__ == "__main__":
    main()
