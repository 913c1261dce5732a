"""Distorted pictures that no training sees twice.

They are made small (56 x 56) and encoded by a student of the VAE's encoder, in a process beside
the training.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from colorfix_core.color.lab import srgb_to_linear
from colorfix_core.luts.lut import Lut3D
from colorfix_core.networks.predictor import Predictor
from colorfix_training.data.distortions import quantise, ruin
from colorfix_training.data.photos import load_photos, random_crop
from colorfix_training.data.pool import SMALL, draw_pixels
from colorfix_training.students.quick_encoder import QuickEncoder

# Part of the pictures that the current predictor has corrected once.
SECOND_PASS = 0.2


class Pairs(NamedTuple):
    """A batch: what the networks see, and what they should make of it."""

    ruined: Tensor  # (B, 56, 56, 3) the distorted pictures, in [0, 1]
    latent: Tensor  # (B, 8, 28, 28) of the distorted pictures
    clean: Tensor  # (C, 8, 28, 28) of the first of them, undistorted
    source: Tensor  # (B, P, 3) pixels of the distorted pictures, in [0, 1]
    target: Tensor  # (B, P, 3) the same pixels, undistorted


class FreshPairs(IterableDataset):
    """Endless batches.

    Parameters
    ----------
    folder : of photographs
    encoder : gives the latents
    size, clean : B and C of `Pairs`
    seed : of everything random; workers of a DataLoader draw different pictures
    luts : grades from files, see `distort`
    """

    def __init__(
        self,
        folder: Path,
        encoder: QuickEncoder,
        size: int,
        clean: int,
        seed: tuple[int, ...],
        luts: Sequence[Lut3D] = (),
    ):
        self._photos = load_photos(folder, short_side=96)
        self._encoder, self._size, self._clean = encoder, size, clean
        self._seed, self._luts = seed, luts

    def __iter__(self) -> Iterator[Pairs]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        rng = np.random.default_rng((*self._seed, worker.id if worker else 0))
        while True:
            pictures = [self._picture(rng) for _ in range(self._size)]
            clean, ruined, where = (
                torch.from_numpy(np.stack(p)) for p in zip(*pictures, strict=True)
            )
            yield self._pairs(clean.float() / 255, ruined.float() / 255, where)

    def _picture(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Clean and ruined, (56, 56, 3) uint8 each, and the indices of pixels."""
        clean = random_crop(self._photos[rng.integers(len(self._photos))], rng, SMALL)
        scene = srgb_to_linear(torch.from_numpy(clean).float() / 255)
        return clean, quantise(ruin(scene, rng, luts=self._luts)), draw_pixels(clean, rng)

    @torch.no_grad()
    def _pairs(self, clean: Tensor, ruined: Tensor, where: Tensor) -> Pairs:
        where = where[..., None].expand(-1, -1, 3)
        source, target = (p.flatten(1, 2).gather(1, where) for p in (ruined, clean))
        latents = self._encoder(ruined), self._encoder(clean[: self._clean])
        return Pairs(ruined, *latents, source, target)


def in_background(pairs: FreshPairs, device: torch.device) -> Iterator[Pairs]:
    """The same batches, made by another process, on `device`."""
    for batch in DataLoader(pairs, batch_size=None, num_workers=1, prefetch_factor=4):
        yield Pairs(*(tensor.to(device) for tensor in batch))


@torch.no_grad()
def correct_part(predictor: Predictor, encoder: QuickEncoder, pairs: Pairs) -> None:
    """Replace the last pictures, in place, by what the predictor makes of them.

    It then learns what to do with its own result.
    """
    part = slice(round(len(pairs.latent) * (1 - SECOND_PASS)), None)
    maps = predictor(pairs.latent[part])
    fixed = maps(pairs.ruined[part].flatten(1, 2)).clamp(0, 1).view_as(pairs.ruined[part])
    pairs.source[part] = maps(pairs.source[part]).clamp(0, 1)
    pairs.latent[part] = encoder(fixed)
