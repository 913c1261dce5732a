"""Batches out of `world`: small and new for each step, or in full size and encoded once.

Small ones are made in a process beside the training, and encoded by a student of the VAE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
from tqdm import tqdm

from colorfix_core.networks.classical_estimates import clues
from colorfix_core.networks.vae import Vae
from colorfix_core.pixels.thumbnail import SIDE
from colorfix_training.data.flat_pictures import recompressed
from colorfix_training.data.pool import SMALL, draw_pixels, reduce_by_area
from colorfix_training.data.world import Sample, World

# Pictures (B, 56, 56, 3) in [0, 1] to latents (B, 8, 28, 28).
Encoder = Callable[[Tensor], Tensor]
SHARD = 128
# Part of the new pictures that the current predictor has corrected once.
SECOND_PASS = 0.12


class Batch(NamedTuple):
    """What the networks see, and what they should make of it."""

    small: Tensor  # (B, 56, 56, 3) the spoiled pictures, in [0, 1]
    wanted: Tensor  # (B, 56, 56, 3) what these should become
    latent: Tensor  # (B, 8, 28, 28) of them
    source: Tensor  # (B, P, 3) pixels of them, in [0, 1]
    target: Tensor  # (B, P, 3) what these should become
    thoroughness: Tensor  # (B,)
    weight: Tensor  # (B,) in the loss

    def clues(self) -> Tensor:
        """(B, CLUES) for the predictor."""
        return clues(self.small.movedim(3, 1), self.thoroughness)


class WorldPairs(IterableDataset[Batch]):
    """Endless batches of `size` new pictures, encoded by the student of the VAE."""

    def __init__(self, world: World, encoder: Encoder, size: int, seed: tuple[int, ...]):
        self._world, self._encoder, self._size, self._seed = world, encoder, size, seed

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        rng = np.random.default_rng((*self._seed, worker.id if worker else 0))
        while True:
            yield small_batch([self._world.draw(rng, SMALL) for _ in range(self._size)],
                              self._encoder, rng)  # fmt: skip


@torch.no_grad()
def small_batch(samples: list[Sample], encoder: Encoder, rng: np.random.Generator) -> Batch:
    """Samples of 56 x 56 pixels as a batch."""
    spoiled, wanted = (
        torch.from_numpy(np.stack(pictures)).float() / 255
        for pictures in ([s.spoiled for s in samples], [s.target for s in samples])
    )
    columns = [torch.from_numpy(c).float() for c in _columns(samples, rng)]
    source, target, thoroughness, weight = columns
    return Batch(
        spoiled, wanted, encoder(spoiled), source / 255, target / 255, thoroughness, weight
    )


def unseen_batches(others: World, encoder: Encoder, count: int = 24) -> dict[str, Batch]:
    """The same pictures at each call, `count` of each family, for the usual thoroughness."""
    found = {}
    for number, family in enumerate(others.families):
        rng = np.random.default_rng((30_000_000, number, 0))
        samples = [others.draw(rng, SMALL, family)._replace(thoroughness=0.5) for _ in range(count)]
        found[family] = small_batch(samples, encoder, rng)
    return found


def fill_pool(
    folder: Path, make_world: Callable[[], World], vae: Path, shards: int, seed: int
) -> None:
    """Write shards of full-size pictures, as `pool.Pool` reads them, until there are so many.

    The world is made only if there is a shard to write: its photographs take a gigabyte.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [i for i in range(shards) if not (folder / f"{seed}-{i:05d}.npz").exists()]
    if not missing:
        return
    world, encoder = make_world(), Vae.load(vae, torch.device("cpu"))
    for index in tqdm(missing, desc="pool", unit="shard", disable=None):
        shard = full_size_shard(world, encoder, np.random.default_rng((seed, index)))
        partial = folder / f"{seed}-{index:05d}.partial"
        with open(partial, "wb") as stream:
            np.savez(stream, **shard)  # type: ignore[arg-type]
        partial.rename(partial.with_suffix(".npz"))


def full_size_shard(world: World, vae: Vae, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """`SHARD` pictures with the noise of files, encoded by the VAE itself: fields of `Batch`."""
    samples = [world.draw(rng, SIDE) for _ in range(SHARD)]
    samples = [s._replace(spoiled=recompressed(s.spoiled, rng)) for s in samples]
    pictures = np.stack([s.spoiled for s in samples])
    encoded = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    latent = torch.cat([vae.encode(part) for part in encoded.split(16)])
    wanted = reduce_by_area(np.stack([s.target for s in samples]))
    seen = reduce_by_area(pictures), wanted, latent.numpy().astype(np.float16)
    return dict(zip(Batch._fields, (*seen, *_columns(samples, rng)), strict=True))


def prefetched(pairs: WorldPairs, device: torch.device) -> Iterator[Batch]:
    """The same batches, made by another process, on `device`."""
    for batch in DataLoader(pairs, batch_size=None, num_workers=1, prefetch_factor=4):
        yield Batch(*(tensor.to(device) for tensor in batch))


@torch.no_grad()
def correct_part(predictor: Callable[..., Any], encoder: Encoder, batch: Batch) -> None:
    """Replace the last pictures, in place, by what the predictor makes of them.

    It then learns to come to rest on its own results.
    """
    part = slice(round(len(batch.latent) * (1 - SECOND_PASS)), None)
    maps = predictor(batch.latent[part], batch.clues()[part])
    fixed = maps(batch.small[part].flatten(1, 2)).clamp(0, 1).view_as(batch.small[part])
    batch.source[part] = maps(batch.source[part]).clamp(0, 1)
    batch.small[part], batch.latent[part] = fixed, encoder(fixed)


def _columns(samples: list[Sample], rng: np.random.Generator) -> list[np.ndarray]:
    """Pixels of what is seen and of what is wanted, the wishes, the weights."""
    where = np.stack([draw_pixels(s.target, rng) for s in samples])[..., None]
    shape = len(samples), -1, 3
    return [
        np.take_along_axis(np.stack([s.spoiled for s in samples]).reshape(shape), where, 1),
        np.take_along_axis(np.stack([s.target for s in samples]).reshape(shape), where, 1),
        np.array([s.thoroughness for s in samples], np.float32),
        np.array([s.weight for s in samples], np.float32),
    ]
