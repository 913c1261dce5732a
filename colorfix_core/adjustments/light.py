"""A LUT's outputs as linear light, in planes, and back; and what leaves its range, brought back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import gamut, srgb
from colorfix_core.luts.lut import Lut3D

Floats = NDArray[np.float32]
_LUMINANCE = srgb.LUMINANCE.astype(np.float32)


def plain(lut: Lut3D) -> Lut3D:
    """The LUT as a table alone, over all of [0, 1]."""
    return lut if lut.is_plain else lut.resize(max(lut.size, 33))


def light_of(lut: Lut3D) -> Floats:
    """A plain LUT's outputs in linear light, negative beyond sRGB, (3, M) float32."""
    table = np.ascontiguousarray(lut.table.reshape(-1, 3).T)
    return np.asarray(srgb.decode(table if lut.mirrored else gamut.mirrored(table)))


def with_light(lut: Lut3D, light: Floats) -> Lut3D:
    """The LUT with such outputs."""
    encoded = srgb.encode(light)
    table = encoded if lut.mirrored else gamut.unmirrored(encoded)
    return replace(lut, table=np.asarray(table.T).reshape(lut.table.shape))


def floor_of(lut: Lut3D) -> float:
    """The least linear light that its outputs have: black, or a color beyond sRGB's gamut."""
    return float(srgb.decode(np.float64(min(lut.domain_min)))) if lut.mirrored else 0.0


def above_floor(light: Floats, floor: float) -> Floats:
    """(3, M) light, drawn towards the gray of its luminance until no channel is below a floor."""
    lowest = np.minimum(np.minimum(light[0], light[1]), light[2])
    below = np.flatnonzero(lowest < floor)
    if not below.size:
        return light
    result = light.copy()
    far = light[:, below]
    luminance = (_LUMINANCE @ far).clip(max(floor, 0))
    kept = (luminance - floor) / np.maximum(luminance - lowest[below], 1e-9)
    drawn = luminance + (far - luminance) * kept.clip(0, 1)
    result[:, below] = np.maximum(drawn, floor)
    return result
