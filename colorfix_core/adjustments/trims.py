"""What a photographer turns: the white, the exposure, the contrast of faded film, saturation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.adjustments.light import Floats, above_floor
from colorfix_core.color import srgb
from colorfix_core.color.daylight import relit
from colorfix_core.color.oklab import saturated

# What a hundred of temperature and of tint are: 64 to 244 mireds, and 0.04 beside the locus.
MIREDS, BESIDE = 90.0, 0.04
MOST_EXPOSURE = 3.0
# Shares of a picture that may become black and white, and the least that is stretched.
_ENDS, _NARROWEST = (0.005, 0.995), 0.35


@dataclass(frozen=True)
class Trims:
    """Changes of a corrected picture; all zero is none.

    Attributes
    ----------
    temperature : -100, as in blue light, to 100, as in yellow light; along the daylight locus
    tint : -100, green, to 100, magenta; across the locus
    exposure : -3 to 3, powers of two of linear light
    saturation : -100, gray, to 100, twice the OKLab chroma where the gamut has room for it
    """

    temperature: float = 0.0
    tint: float = 0.0
    exposure: float = 0.0
    saturation: float = 0.0

    def __post_init__(self) -> None:
        limits = {"temperature": 100, "tint": 100, "exposure": MOST_EXPOSURE, "saturation": 100}
        for name, most in limits.items():
            value = getattr(self, name)
            if not -most <= value <= most:
                raise ValueError(f"{name} is {-most} to {most}, not {value}")


def trimmed(light: Floats, trims: Trims, floor: float) -> Floats:
    """Change (3, M) linear light so.

    Light above white is kept as it is: pictures in float can hold it, others clip it.

    Parameters
    ----------
    floor : the least light that a channel may become
    """
    if trims.temperature or trims.tint or trims.exposure:
        light = above_floor(_matrix(trims) @ light, floor)
    return saturated(light, 1 + trims.saturation / 100, floor)


def _matrix(trims: Trims) -> Floats:
    white = np.eye(3)
    if trims.temperature or trims.tint:
        white = relit(MIREDS * trims.temperature / 100, -BESIDE * trims.tint / 100)
    return np.asarray(2**trims.exposure * white, np.float32)


def contrasted(light: Floats, low: float, high: float, floor: float) -> Floats:
    """Make one encoded level black and another white: a straight line for all channels alike."""
    encoded = (srgb.encode(light) - np.float32(low)) / np.float32(high - low)
    return np.asarray(np.maximum(srgb.decode(encoded), np.float32(floor)))


def levels(light: NDArray[np.floating]) -> tuple[float, float]:
    """What is to become black and white of a faded picture, encoded as sRGB.

    Parameters
    ----------
    light : (3, M) linear light of its pixels, or of some of them

    Returns
    -------
    Levels in 0..1; (0, 1), or nearly, of a picture that is not faded. The darkest and brightest
    half percent may be lost, and contrast grows threefold at most.
    """
    if not light.size:
        return 0.0, 1.0
    luminance = (srgb.LUMINANCE @ light).clip(0, 1)
    low, high = (float(srgb.encode(end)) for end in np.quantile(luminance, _ENDS))
    lacking = _NARROWEST - (high - low)
    if lacking > 0:
        low, high = low - lacking * low, high + lacking * (1 - high)
    return low, high
