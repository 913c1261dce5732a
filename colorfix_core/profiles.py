"""ICC profiles: from a picture's own colours to sRGB-encoded ones, and back.

Everything is computed in floating point by Little CMS. For matrix profiles, which is what cameras
and editors embed, that is unbounded: a colour outside sRGB becomes a value outside [0, 1] and
finds its way back.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import imagecodecs
import numpy as np

from .errors import ImageError

# Below half of a 10-bit step: 8-bit pictures cannot show it.
_SAME = 1 / 2048
_STRIP_PIXELS = 1 << 18


def check(profile: bytes) -> None:
    """Raise an ImageError unless colours can be converted from and to a profile."""
    is_srgb(profile)
    _transform(_lattice(), _srgb(), profile)


@cache
def is_srgb(profile: bytes) -> bool:
    """Whether a profile's colours are those of sRGB, whatever it calls itself."""
    colours = _lattice()
    return bool(np.abs(_transform(colours, profile, _srgb()) - colours).max() < _SAME)


def to_srgb(colours: np.ndarray, profile: bytes) -> np.ndarray:
    """Convert to sRGB-encoded colours.

    Parameters
    ----------
    colours : (H, W, 3) uint8 or uint16, encoded as the profile says
    profile : an ICC profile of RGB colours

    Returns
    -------
    (H, W, 3) float32, outside [0, 1] where sRGB's gamut does not reach

    Raises
    ------
    ImageError
        If the profile is damaged or not one of RGB colours.
    """
    full = np.float32(np.iinfo(colours.dtype).max)
    out = np.empty(colours.shape, np.float32)

    def convert(rows: slice) -> None:
        out[rows] = _transform(colours[rows] / full, profile, _srgb())

    _in_strips(convert, colours.shape)
    return out


def from_srgb(colours: np.ndarray, profile: bytes, dtype: np.dtype) -> np.ndarray:
    """Convert sRGB-encoded colours to those of a profile.

    Parameters
    ----------
    colours : (H, W, 3) float32
    profile : an ICC profile of RGB colours
    dtype : uint8 or uint16

    Returns
    -------
    (H, W, 3) of `dtype`, rounded to nearest; colours that the profile cannot hold are clipped

    Raises
    ------
    ImageError
        If the profile can only be read from, as some scanners' can.
    """
    full = np.float32(np.iinfo(dtype).max)
    out = np.empty(colours.shape, dtype)

    def convert(rows: slice) -> None:
        values = _transform(colours[rows], _srgb(), profile)
        out[rows] = np.rint(values.clip(0, 1) * full)

    _in_strips(convert, colours.shape)
    return out


@cache
def _srgb() -> bytes:
    return imagecodecs.cms_profile("srgb")


def _lattice() -> np.ndarray:
    """Evenly spread colours, (1, 729, 3) float32."""
    axis = np.linspace(0, 1, 9, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis), -1).reshape(1, -1, 3)


def _transform(colours: np.ndarray, source: bytes, target: bytes) -> np.ndarray:
    try:
        return imagecodecs.cms_transform(
            colours,
            source,
            target,
            colorspace="rgb",
            outcolorspace="rgb",
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
        )
    except (imagecodecs.CmsError, ValueError) as error:
        raise ImageError(
            "its ICC profile is damaged, not for RGB colours, or cannot be written to; "
            "convert the picture to sRGB and try again"
        ) from error


def _in_strips(convert, shape: tuple[int, ...]) -> None:
    """Call `convert` with slices of rows, on all cores; Little CMS lets go of the GIL."""
    rows = max(1, _STRIP_PIXELS // shape[1])
    slices = [slice(top, top + rows) for top in range(0, shape[0], rows)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _done in pool.map(convert, slices):
            pass
