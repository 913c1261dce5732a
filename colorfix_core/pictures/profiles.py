"""ICC profiles: from a picture's own colors to sRGB-encoded ones, and back.

Everything is computed in floating point by Little CMS. For matrix profiles, which is what cameras
and editors embed, that is unbounded: a color outside sRGB becomes a value outside [0, 1] and
finds its way back.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache

import imagecodecs
import numpy as np

from colorfix_core.errors import ImageError
from colorfix_core.parallel import spread

# Below half of a 10-bit step: 8-bit pictures cannot show it.
_SAME = 1 / 2048
_STRIP_PIXELS = 1 << 18


def check(profile: bytes) -> None:
    """Raise an ImageError unless colors can be converted from and to a profile."""
    is_srgb(profile)
    _transform(_lattice(), of_srgb(), profile)


@cache
def is_srgb(profile: bytes) -> bool:
    """Whether a profile's colors are those of sRGB, whatever it calls itself."""
    colors = _lattice()
    return bool(np.abs(_transform(colors, profile, of_srgb()) - colors).max() < _SAME)


def to_srgb(colors: np.ndarray, profile: bytes) -> np.ndarray:
    """Convert to sRGB-encoded colors.

    Parameters
    ----------
    colors : (H, W, 3) uint8 or uint16, encoded as the profile says
    profile : an ICC profile of RGB colors

    Returns
    -------
    (H, W, 3) float32, outside [0, 1] where sRGB's gamut does not reach

    Raises
    ------
    ImageError
        If the profile is damaged or not one of RGB colors.
    """
    full = np.float32(full_of(colors.dtype))
    flat = colors.reshape(-1, 3)
    out = np.empty(flat.shape, np.float32)

    def convert(part: slice) -> None:
        out[part] = _transform(flat[part] / full, profile, of_srgb())

    _in_strips(convert, len(flat))
    return out.reshape(colors.shape)


def from_srgb(colors: np.ndarray, profile: bytes, dtype: np.dtype) -> np.ndarray:
    """Convert sRGB-encoded colors to those of a profile.

    Parameters
    ----------
    colors : (H, W, 3) float32
    profile : an ICC profile of RGB colors
    dtype : uint8 or uint16

    Returns
    -------
    (H, W, 3) of `dtype`, rounded to nearest; colors that the profile cannot hold are clipped

    Raises
    ------
    ImageError
        If the profile can only be read from, as some scanners' can.
    """
    full, whole = np.float32(full_of(dtype)), np.dtype(dtype).kind == "u"
    flat = colors.reshape(-1, 3)
    out = np.empty(flat.shape, dtype)

    def convert(part: slice) -> None:
        values = _transform(flat[part], of_srgb(), profile)
        out[part] = np.rint(values.clip(0, 1) * full) if whole else values

    _in_strips(convert, len(flat))
    return out.reshape(colors.shape)


def full_of(dtype: np.dtype) -> float:
    """The number that means a full channel: the largest one, or 1 for floats."""
    return float(np.iinfo(dtype).max) if np.dtype(dtype).kind == "u" else 1.0


def once_per_color(convert: Callable[[np.ndarray], np.ndarray], colors: np.ndarray) -> np.ndarray:
    """Convert every distinct color once; a photograph has a tenth as many as pixels.

    Parameters
    ----------
    convert : from (1, M, 3) uint8 to (1, M, 3) of any dtype, color by color
    colors : (H, W, 3) uint8

    Returns
    -------
    (H, W, 3) of the dtype that `convert` returns
    """
    red, green, blue = (colors[..., channel].astype(np.uint32) for channel in range(3))
    packed = (red << 16) | (green << 8) | blue
    seen = np.zeros(1 << 24, bool)
    seen[packed] = True
    distinct = np.flatnonzero(seen)
    rank = np.empty(1 << 24, np.int32)
    rank[distinct] = np.arange(len(distinct))
    unpacked = np.stack([distinct >> 16, (distinct >> 8) & 255, distinct & 255], -1)
    return np.asarray(convert(unpacked.astype(np.uint8)[None])[0][rank[packed]])


def essential(profile: bytes) -> bytes:
    """A profile with only those tags that colors, their names and rights need (ICC.1, 7.3)."""
    (count,) = struct.unpack_from(">I", profile, 128)
    rows = [struct.unpack_from(">4sII", profile, 132 + 12 * row) for row in range(count)]
    rows = [row for row in rows if row[0] in _ESSENTIAL]
    table, data = struct.pack(">I", len(rows)), b""
    start = 132 + 12 * len(rows)
    for tag, place, size in rows:
        table += struct.pack(">4sII", tag, start + len(data), size)
        data += profile[place : place + size] + bytes(-size % 4)
    length = struct.pack(">I", start + len(data))
    return length + profile[4:84] + bytes(16) + profile[100:128] + table + data


_ESSENTIAL = frozenset(
    (b"desc", b"cprt", b"wtpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC",
     b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2")
)  # fmt: skip


def adobe_rgb() -> bytes:
    """The profile of Adobe RGB (1998)."""
    return bytes(imagecodecs.cms_profile("adobergb"))


def is_linear(profile: bytes) -> bool:
    """Whether values are proportional to light, so that 8 bits are too few for the dark."""
    return bool(_transform(np.full((1, 3), 0.5, np.float32), profile, of_srgb()).mean() > 0.66)


@cache
def of_srgb() -> bytes:
    """The profile of sRGB."""
    return bytes(imagecodecs.cms_profile("srgb"))


def _lattice() -> np.ndarray:
    """Evenly spread colors, (729, 3) float32."""
    axis = np.linspace(0, 1, 9, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis), -1).reshape(-1, 3)


def _transform(colors: np.ndarray, source: bytes, target: bytes) -> np.ndarray:
    """Convert (M, 3) float32."""
    try:
        converted = imagecodecs.cms_transform(
            colors[None],
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
    return np.asarray(converted[0])


def _in_strips(convert: Callable[[slice], None], pixels: int) -> None:
    """Call `convert` with slices of pixels, on all cores; Little CMS lets go of the GIL."""
    starts = range(0, pixels, _STRIP_PIXELS)
    spread(convert, [(slice(at, at + _STRIP_PIXELS),) for at in starts])
