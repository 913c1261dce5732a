"""A change of illuminant as color science puts it: von Kries adaptation in Bradford space."""

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import RGB_TO_XYZ, linear_to_srgb

Rng = np.random.Generator

# Lam, "Metamerism and Colour Constancy", University of Bradford, 1985.
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_RGB_TO_XYZ = RGB_TO_XYZ.double().numpy()


def adaptation(white: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Linear sRGB under D65 to what the same surfaces send out under another white.

    Parameters
    ----------
    white : (2,) chromaticity x, y; the luminance stays that of D65
    strength : 0 none of the change, 1 all of it, in the logarithm of the gains

    Returns
    -------
    (3, 3) matrix for column vectors
    """
    cones = _BRADFORD @ _RGB_TO_XYZ
    x, y = white
    there = _BRADFORD @ np.array([x / y, 1, (1 - x - y) / y])
    gains = np.maximum(there, 1e-3) / cones.sum(1)
    return np.linalg.inv(cones) @ np.diag(gains**strength) @ cones


def daylight_or_lamp(rng: Rng) -> np.ndarray:
    """Chromaticity from blue sky to candle light, evenly in mired, with a tint off the locus."""
    mired = rng.uniform(45, 540)
    x, y = black_body(1e6 / mired)
    return np.array([x + rng.normal(0, 0.006), y + rng.normal(0, 0.014)])


def golden_hour(rng: Rng) -> np.ndarray:
    """Chromaticity of a low sun."""
    x, y = black_body(rng.uniform(2600, 4600))
    return np.array([x, y + rng.normal(0, 0.006)])


def black_body(kelvin: float) -> tuple[float, float]:
    """Chromaticity x, y of the Planckian locus; Kim et al., US patent 7024034, 1667 to 25000 K."""
    t = 1e3 / np.clip(kelvin, 1667, 25000)
    if t > 0.25:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    if t > 1 / 2.222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t > 0.25:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return float(x), float(y)


def relight(scene: Tensor, matrix: np.ndarray, exposure: float = 1.0) -> Tensor:
    """Apply a matrix to (H, W, 3) linear light; encoded result in [0, 1]."""
    lit = scene @ torch.from_numpy((exposure * matrix.T).astype(np.float32))
    return linear_to_srgb(lit.clamp(0, 1))
