"""What the user turns after a prediction: how much of it, and whether brightness may change."""

from __future__ import annotations

from colorfix_core.luts.lut import Lut3D


def adjusted(lut: Lut3D, strength: float = 1.0, keep_brightness: bool = False) -> Lut3D:
    """The correction as the user wants it.

    Parameters
    ----------
    lut : the correction as predicted, or as read from a file
    strength : 0 nothing .. 1 all of it
    keep_brightness : whether every color keeps the luminance that it came with

    Raises
    ------
    ValueError : strength is not in 0..1
    """
    faded = lut.blend(strength)
    return faded.keep_luminance() if keep_brightness else faded
