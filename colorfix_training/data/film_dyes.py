"""Fading where it happens: in the densities of three dyes, the cyan one first."""

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import linear_to_srgb

Rng = np.random.Generator
_DENSEST = 2.2


def faded_dyes(scene: Tensor, rng: Rng) -> Tensor:
    """A slide or print that has lain in the light or the dark: linear in, encoded out.

    Density is minus the decadic logarithm of the transmitted light. Each dye keeps a share of its
    amount, which absorbs a little of the other channels' light, too; more is lost towards one side
    of the frame; stain adds a density of its own.
    """
    density = -scene.clamp(10**-_DENSEST, 1).log10()
    dyes = _absorptions(rng)
    severity = rng.beta(1.5, 1.5)
    kept = 1 - severity * rng.uniform([0.15, 0, 0], [0.75, 0.4, 0.4])
    if rng.random() < 0.25:  # prints in daylight may lose magenta or yellow first
        kept = rng.permutation(kept)
    stain = severity * rng.uniform(0, 1) * np.array([0.02, 0.06, 0.22])
    left = 1 - (1 - _rgb(kept)) * _uneven(scene, rng)
    amounts = (density @ _rgb(np.linalg.inv(dyes))).clamp_min(0)
    light = torch.pow(10, -((amounts * left) @ _rgb(dyes) + _rgb(stain)))
    if rng.random() < 0.5:  # the scanner's automatic exposure
        light = light / torch.quantile(light.amax(-1).flatten(), 0.98).clamp_min(0.05)
    encoded = linear_to_srgb(light.clamp(0, 1))
    return (encoded + (1 - encoded) * float(rng.uniform(0, 0.1) * severity)).clamp(0, 1)


def _absorptions(rng: Rng) -> np.ndarray:
    """Density of each dye (rows) in red, green and blue light; most dyes absorb a little beside."""
    share = rng.uniform(0, 0.3, (3, 3)) * (rng.random() < 0.7)
    return np.where(np.eye(3, dtype=bool), 1.0, share)


def _uneven(scene: Tensor, rng: Rng) -> Tensor:
    """Share of the loss at each place, (H, W, 1), 1 where it is worst."""
    height, width = scene.shape[:2]
    y, x = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)[None]
    turn, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.35) if rng.random() < 0.4 else 0.0
    slope = (np.cos(turn) * x + np.sin(turn) * y) / np.sqrt(2)
    return (1 - depth * (0.5 + 0.5 * slope))[..., None].float()


def _rgb(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
