"""Two lights in one picture, the light known at each pixel: families that no training uses.

Each is a function (linear scene, random generator) -> `Mixture`. Every pixel is the scene times its
own light, as in synthetic sets for several illuminants (Hao and Funt, "A Multi-illuminant
Synthetic Image Test Set", Color Research and Application 45, 2020). Both lights are equally
strong, so that the photo itself is the truth. Training divides pictures by half-planes and by
brightness; here shares follow random fields, regions with edges, or the distance to a lamp.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color.lab import LUMINANCE
from colorfix_training.evaluation import unseen_cases

Rng = np.random.Generator


class Mixture(NamedTuple):
    """A picture under two lights."""

    picture: Tensor  # (H, W, 3) encoded
    share: Tensor  # (H, W), how much of the light at a pixel is the first one's

    def band(self) -> np.ndarray:
        """Where both lights matter, (H, W) bool: a share of 0.2 to 0.8, and 2 pixels around."""
        both = ((self.share > 0.2) & (self.share < 0.8)).float()[None, None]
        return np.asarray(F.max_pool2d(both, 5, 1, 2)[0, 0].numpy() > 0)


def soft_lights(scene: Tensor, rng: Rng) -> Mixture:
    """Two lights that run into each other: the share is a smooth random field."""
    field = _random_field(scene.shape[:2], rng.uniform(2.0, 3.0), rng)
    return _mixed(scene, torch.sigmoid(field * float(rng.uniform(1.5, 5))), rng)


def hard_lights(scene: Tensor, rng: Rng) -> Mixture:
    """Two lights behind edges: some cells of a Voronoi diagram get the second one."""
    height, width = scene.shape[:2]
    count = int(rng.integers(3, 8))
    centers = rng.uniform(0, 1, (count, 2))
    y, x = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    wavy = 0.05 * _random_field((height, width), 2.5, rng).numpy()
    away = [np.hypot(y - cy + wavy, x - cx - wavy) for cy, cx in centers]
    first = np.arange(count) < rng.integers(1, count)
    share = torch.from_numpy(first[np.argmin(away, 0)].astype(np.float32))
    return _mixed(scene, _blurred(share, rng.uniform(0.6, 4)), rng)


def lamp_and_window(scene: Tensor, rng: Rng) -> Mixture:
    """A lamp in the picture whose light falls off with the square of the distance."""
    height, width = scene.shape[:2]
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    center, reach = rng.uniform(-0.2, 1.2, 2), rng.uniform(0.2, 0.7)
    squared = (x - center[0]) ** 2 + (y - center[1]) ** 2
    return _mixed(scene, (1 / (1 + squared / reach**2)).float(), rng)


def _mixed(scene: Tensor, share: Tensor, rng: Rng) -> Mixture:
    """One colored light and another, which is white in 40 % of the pictures."""
    first = unseen_cases.any_light(scene, rng)
    second = scene if rng.random() < 0.4 else unseen_cases.any_light(scene, rng)
    lit = torch.lerp(_as_strong(second, scene), _as_strong(first, scene), share[..., None])
    return Mixture(unseen_cases.exposed(lit, scene), share)


def _as_strong(lit: Tensor, scene: Tensor) -> Tensor:
    """As light as the scene on average, so that neither light shades it."""
    ratio = (scene @ LUMINANCE).mean() / (lit.clamp_min(0) @ LUMINANCE).mean().clamp_min(1e-4)
    return lit * ratio


def _random_field(size: tuple[int, ...] | torch.Size, slope: float, rng: Rng) -> Tensor:
    """Gaussian noise whose amplitude falls with a power of the frequency; variance 1."""
    height, width = size
    frequency = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width) * width)
    amplitude = np.where(frequency > 0, np.maximum(frequency, 1) ** -slope, 0)
    field = np.fft.irfft2(
        np.fft.rfft2(rng.normal(size=(height, width))) * amplitude, (height, width)
    )
    return torch.from_numpy((field / max(field.std(), 1e-9)).astype(np.float32))


def _blurred(share: Tensor, sigma: float) -> Tensor:
    reach = int(3 * sigma) + 1
    offsets = torch.arange(-reach, reach + 1).float()
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    padded = F.pad(share[None, None], (reach,) * 4, mode="replicate")
    across = F.conv2d(padded, kernel.view(1, 1, 1, -1))
    return F.conv2d(across, kernel.view(1, 1, -1, 1))[0, 0]
