"""Lights that differ from place to place: a red lamp on one side, blue daylight on the other."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color.lab import LUMINANCE, linear_to_srgb
from colorfix_training.data.lights import sample_light

Rng = np.random.Generator


def lit_by_lamps(scene: Tensor, rng: Rng) -> tuple[Tensor, Tensor]:
    """A scene under two or three lamps.

    Parameters
    ----------
    scene : (H, W, 3) float32, linear, under neutral light

    Returns
    -------
    (encoded picture in [0, 1], the scene in linear light under neutral lamps of the same power)
    """
    count = 3 if rng.random() < 0.2 else 2
    shares = _shares(scene, rng, count)  # (H, W, count)
    colors = torch.from_numpy(np.stack([_lamp(rng) for _ in range(count)]).astype(np.float32))
    lit = scene * (shares @ colors)
    neutral = scene * (shares @ (colors @ LUMINANCE))[..., None]
    gain = _exposure(lit, rng)
    encoded = _tone(linear_to_srgb((lit * gain).clamp(0, 1)), rng)
    return encoded, neutral * gain


def _lamp(rng: Rng) -> np.ndarray:
    """Linear RGB of a lamp: white now and then, else colored with some white in it."""
    power = np.exp(rng.normal(0, 0.3))
    if rng.random() < 0.3:
        return power * np.exp(rng.normal(0, 0.06, 3))
    source = sample_light(rng)
    leak = rng.beta(0.9, 1.8)
    return power * ((1 - leak) * source / source.max() + leak * rng.uniform(0.5, 1.0))


def _shares(scene: Tensor, rng: Rng, count: int) -> Tensor:
    """How much of each lamp arrives at each place; sums to 1."""
    left = torch.ones(scene.shape[:2])
    parts = []
    for _ in range(count - 1):
        field = FIELDS[rng.integers(len(FIELDS))](scene, rng)
        depth = 1 - rng.beta(1, 4)  # most lamps leave hardly anything to the others
        parts.append(left * field * depth)
        left = left - parts[-1]
    return torch.stack([*parts, left], -1)


def _from_one_side(scene: Tensor, rng: Rng) -> Tensor:
    y, x = _places(scene)
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    return torch.sigmoid((np.cos(angle) * x + np.sin(angle) * y - offset) / rng.uniform(0.03, 0.5))


def _near(scene: Tensor, rng: Rng) -> Tensor:
    """A lamp in or beside the picture; its light falls off with the square of the distance."""
    y, x = _places(scene)
    across, down = rng.uniform(-1.3, 1.3, 2)
    squared = (x - across) ** 2 + (y - down) ** 2
    return 1 / (1 + squared / rng.uniform(0.3, 1.2) ** 2)


def _shaped(scene: Tensor, rng: Rng) -> Tensor:
    """Falls on what is turned towards it, as far as shading tells."""
    level = _blurred(linear_to_srgb(scene @ LUMINANCE), rng.uniform(0.02, 0.08))
    down, across = torch.gradient(level)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * across + np.sin(angle) * down
    side = _from_one_side(scene, rng) - 0.5
    return torch.sigmoid(2 * slope / slope.std().clamp_min(1e-5) + rng.uniform(0, 6) * side)


def _on_objects(scene: Tensor, rng: Rng) -> Tensor:
    """Falls on some things and not on others, with hard borders."""
    level = _blurred(linear_to_srgb(scene @ LUMINANCE), rng.uniform(0.005, 0.05))
    limit = float(torch.quantile(level.flatten(), rng.uniform(0.25, 0.75)))
    near = (level - limit) + rng.uniform(0, 0.4) * (_from_one_side(scene, rng) - 0.5)
    return torch.sigmoid(rng.choice([-1, 1]) * near / rng.uniform(0.01, 0.08))


def _window(scene: Tensor, rng: Rng) -> Tensor:
    """Falls into a rectangle or an ellipse."""
    y, x = _places(scene)
    across, down = rng.uniform(-0.6, 0.6, 2)
    wide, high = rng.uniform(0.2, 0.8, 2)
    u, v = (x - across) / wide, (y - down) / high
    distance = torch.maximum(u.abs(), v.abs()) if rng.random() < 0.5 else torch.hypot(u, v)
    return torch.sigmoid((1 - distance) / rng.uniform(0.02, 0.2))


FIELDS = (_from_one_side, _near, _shaped, _on_objects, _window)


def _places(scene: Tensor) -> tuple[Tensor, Tensor]:
    height, width = scene.shape[:2]
    return torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)[None]


def _blurred(level: Tensor, reach: float) -> Tensor:
    """Three box filters; `reach` as a share of the shorter side."""
    radius = max(1, round(reach * min(level.shape)))
    padded = F.pad(level[None, None], (3 * radius,) * 4, mode="replicate")
    for _ in range(3):
        padded = F.avg_pool2d(padded, 2 * radius + 1, stride=1)
    return padded[0, 0]


def _exposure(lit: Tensor, rng: Rng) -> float:
    brightest = float(torch.quantile(lit.amax(-1)[::4, ::4].flatten(), 0.97)) + 1e-4
    return float(rng.uniform(0.55, 1.3)) / brightest


def _tone(encoded: Tensor, rng: Rng) -> Tensor:
    if rng.random() < 0.5:
        return encoded
    contrast = rng.uniform(-0.25, 0.4)
    return (encoded + contrast * encoded * (1 - encoded) * (2 * encoded - 1)).clamp(0, 1)
