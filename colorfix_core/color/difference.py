"""CIELAB and CIEDE2000 in numpy, for whoever must not wait for torch; see `lab` for training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.srgb import RGB_TO_XYZ, decode, encode

Array = NDArray[np.float64]
_D65 = RGB_TO_XYZ.sum(1)
_KNEE = (6 / 29) ** 3
_SLOPE = 1 / (3 * (6 / 29) ** 2)


def srgb_to_lab(encoded: Array) -> Array:
    """CIELAB (CIE 15:2018, D65 white) of sRGB-encoded (..., 3) float colors: L in [0, 100]."""
    return xyz_to_lab(decode(encoded) @ (RGB_TO_XYZ.T / _D65))


def xyz_to_lab(xyz: Array) -> Array:
    """CIELAB (CIE 15:2018) of (..., 3) tristimulus values as shares of those of white."""
    f = np.where(xyz > _KNEE, np.cbrt(xyz), xyz * _SLOPE + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def lab_to_srgb(lab: Array) -> Array:
    """The inverse of `srgb_to_lab`; outside 0..1 where sRGB's gamut does not reach."""
    light, a, b = np.moveaxis(lab, -1, 0)
    y = (light + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], -1)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) / _SLOPE)
    encoded: Array = encode((xyz * _D65) @ np.linalg.inv(RGB_TO_XYZ).T)
    return encoded


def ciede2000(lab: Array, reference: Array) -> Array:
    """CIEDE2000 color difference, k_L = k_C = k_H = 1.

    Formulas after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", Color Research
    and Application 30 (2005).

    Parameters
    ----------
    lab, reference : (..., 3) float CIELAB

    Returns
    -------
    (...) differences, >= 0
    """
    l1, a1, b1 = np.moveaxis(lab, -1, 0)
    l2, a2, b2 = np.moveaxis(reference, -1, 0)
    scale = 1.5 - 0.5 * _saturation((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    a1, a2 = a1 * scale, a2 * scale
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1), np.arctan2(b2, a2)
    turn = np.remainder(h2 - h1 + np.pi, 2 * np.pi) - np.pi
    turn = np.where(c1 * c2 == 0, 0, turn)
    hue = np.where(c1 * c2 == 0, h1 + h2, np.remainder(h1 + turn / 2, 2 * np.pi))
    lightness, chroma = (l1 + l2) / 2 - 50, (c1 + c2) / 2

    t = (
        1
        - 0.17 * np.cos(hue - np.pi / 6)
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.pi / 30)
        - 0.20 * np.cos(4 * hue - np.deg2rad(63))
    )
    dl = (l2 - l1) / (1 + 0.015 * lightness**2 / np.sqrt(20 + lightness**2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * chroma * t)
    rotation = np.deg2rad(60) * np.exp(-(((np.rad2deg(hue) - 275) / 25) ** 2))
    crossed = -np.sin(rotation) * 2 * _saturation(chroma) * dc * dh
    difference: Array = np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + crossed, 0))
    return difference


def _saturation(chroma: Array) -> Array:
    """How far a chroma is on its way to where the formula stops to depend on it, 0..1."""
    share: Array = np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return share
