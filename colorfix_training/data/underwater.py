"""Water: pairs of real pictures and their enhanced versions, and water made by its optics."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import linear_to_srgb
from colorfix_training.data.photos import load_photo

# Diffuse attenuation of red, green and blue per metre, from clear ocean to green coast: rough
# values after Jerlov's water types as tabulated by Solonenko and Mobley, Applied Optics 54 (2015).
_OCEAN = np.array([0.35, 0.06, 0.03])
_COAST = np.array([0.50, 0.14, 0.30])
# Collections kept for the benchmark: all of these, and every fourth pair of the others.
_HELD_OUT = ("dm_", "sh_")


def load_pairs(folder: Path, held_out: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """(picture under water, reference) of one side of the division, (H, W, 3) uint8 each."""
    names = sorted(p.name.removesuffix("_input.jpg") for p in folder.glob("*_input.jpg"))
    tested = {n for i, n in enumerate(names) if n.startswith(_HELD_OUT) or i % 4 == 0}
    return [
        (load_photo(folder / f"{name}_input.jpg"), load_photo(folder / f"{name}_reference.jpg"))
        for name in names
        if (name in tested) == held_out
    ]


def under_water(scene: Tensor, rng: np.random.Generator) -> Tensor:
    """Light lost on its way through water, and the water's own glow: linear in, encoded out.

    I = J exp(-k (depth + z)) + B (1 - exp(-k z)) for each channel: the simplified image
    formation of Akkaynak and Treibitz, CVPR 2018, with one coefficient for both ways.
    """
    attenuation = np.exp(
        np.log(_OCEAN) + rng.uniform(0, 1) * np.log(_COAST / _OCEAN) + rng.normal(0, 0.15, 3)
    )
    distance = _distances(scene, rng)[..., None]
    lost = _rgb(attenuation)
    light = torch.exp(-lost * float(rng.uniform(0.3, 6)))
    glow = light * float(rng.uniform(0.1, 0.6))
    passed = torch.exp(-lost * distance)
    seen = scene * light * passed + glow * (1 - passed)
    peak = torch.quantile(seen.amax(-1).flatten(), 0.97).clamp_min(1e-3)
    return linear_to_srgb((seen / peak * float(rng.uniform(0.4, 1.0))).clamp(0, 1))


def _distances(scene: Tensor, rng: np.random.Generator) -> Tensor:
    """Metres to the camera: far at one side, with some of it uneven."""
    height, width = scene.shape[:2]
    knots = torch.from_numpy(rng.uniform(0, 1, (1, 1, 3, 3)).astype(np.float32))
    smooth = torch.nn.functional.interpolate(knots, (height, width), mode="bicubic")[0, 0]
    tilt = torch.linspace(1, 0, height)[:, None]
    return (rng.uniform(0.2, 1.5) + rng.uniform(0, 4) * (tilt + smooth).clamp_min(0)).float()


def _rgb(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
