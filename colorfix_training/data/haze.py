"""Too little light, or a tinted veil in front of everything."""

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import linear_to_srgb
from colorfix_training.data.lights import sample_light

Rng = np.random.Generator


def veiled(scene: Tensor, rng: Rng) -> Tensor:
    """Haze, smoke or flare of a colour of its own over a scene of that light: linear, encoded."""
    light = _pale(sample_light(rng), rng)
    veil = rng.uniform(0.02, 0.35)
    seen = (1 - veil) * scene * light + veil * light * float(rng.uniform(0.3, 1.0))
    return linear_to_srgb((seen * float(rng.uniform(0.5, 1.1))).clamp(0, 1))


def dark(scene: Tensor, rng: Rng) -> Tensor:
    """A night picture: one to four stops less light, a colored lamp, blacks that are crushed."""
    light = _pale(sample_light(rng), rng)
    seen = scene * light * float(2 ** -rng.uniform(1, 4)) - float(rng.uniform(0, 0.004))
    return linear_to_srgb(seen.clamp(0, 1))


def _pale(light: np.ndarray, rng: Rng) -> Tensor:
    """The light mixed with white, brightest channel 1."""
    share = rng.uniform(0.2, 1.0)
    mixed = share * light / light.max() + (1 - share)
    return torch.from_numpy(mixed.astype(np.float32))
