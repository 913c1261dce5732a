"""What the trainings of predictor and balancer have in common, before and after the steps."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from accelerate import PartialState

from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.vae import Vae
from colorfix_core.networks.weights import save_network, sha256
from colorfix_training.data.pool import Pool
from colorfix_training.data.world import World
from colorfix_training.data.world_pairs import Batch, WorldPairs, fill_pool, prefetched
from colorfix_training.loop import Training
from colorfix_training.students.quick_encoder import QuickEncoder, quick_encoder


def prepare(options: argparse.Namespace) -> tuple[Pool, QuickEncoder]:
    """The pool and the student of the encoder, made first where they are missing."""
    with PartialState().main_process_first():
        whole = partial(world, options, short_side=256)
        fill_pool(options.pool, whole, options.vae, options.shards, options.seed)
        pool = Pool(options.pool)
        return pool, quick_encoder(pool, options.student, options.student_steps)


def batches(
    options: argparse.Namespace, pool: Pool, student: QuickEncoder, training: Training
) -> Iterator[tuple[Batch, Batch]]:
    """Pictures made for one step alone, and some of the pool; never the same after a resumption."""
    seed = options.seed, training.seed
    fresh = prefetched(WorldPairs(world(options), student, options.fresh, seed), training.device)
    rng = np.random.default_rng(seed)
    stored = pool.batches(rng, options.batch, Batch._fields, training.device)
    for new, old in zip(fresh, stored, strict=False):
        yield new, Batch(*old)


def joined(new: Batch, old: Batch) -> Batch:
    """Two batches as one."""
    return Batch(*(torch.cat(pair) for pair in zip(new, old, strict=True)))


def world(options: argparse.Namespace, images: Path | None = None, **more: object) -> World:
    """The source of pictures that the options name; `images` instead of theirs."""
    folders = options.cameras, options.looks, options.water
    return World(images or options.images, *folders, **more)  # type: ignore[arg-type]


def read_cell_colors(features: CastFeatures, vae: Path, pool: Pool) -> None:
    """Fit the reading of colors to the VAE in use, whichever it is."""
    latent, _ = next(pool.batches(np.random.default_rng(0), 64, ("latent", "source")))
    decoded = Vae.load(vae, torch.device("cpu")).decode(latent[:, :4])
    features.fit_cell_colors(latent[:, :4], decoded)


def export(training: Training, vae: Path, folder: Path) -> None:
    """Ship the averaged weights, tied to the VAE they were trained with."""
    if training.accelerator.is_main_process:
        digest = sha256(vae / "diffusion_pytorch_model.safetensors")
        facts = {"steps": training.step, "minutes": round(training.seconds / 60)}
        save_network(folder, training.averaged, training.arguments, digest, training=facts)


def data_options(parser: argparse.ArgumentParser, export: str) -> None:
    """Add what both trainings can be told about their pictures."""
    parser.add_argument("--images", type=Path, required=True, help="folder of good photographs")
    parser.add_argument("--cameras", type=Path, help="arrays of emulated camera settings")
    parser.add_argument("--looks", type=Path, help="tables of looks")
    parser.add_argument("--water", type=Path, help="pairs of pictures under water")
    parser.add_argument("--validation", type=Path, help="folder of other photographs")
    parser.add_argument("--pool", type=Path, default=Path("runs/pool"))
    parser.add_argument("--shards", type=int, default=24, help="of 128 full-size pictures")
    parser.add_argument("--student", type=Path, default=Path("runs/quick_encoder.pt"))
    parser.add_argument("--student-steps", type=int, default=1500, help="to fit it, once")
    parser.add_argument("--fresh", type=int, default=48, help="new pictures in each batch")
    parser.add_argument("--vae", type=Path, default=Path("models/vae"))
    parser.add_argument("--export", type=Path, default=Path(export))
