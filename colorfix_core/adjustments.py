"""What the user turns: how much of a correction is applied, and whether to the brightness, too."""

from __future__ import annotations

from colorfix_core.luts.lut import Lut3D


def adjusted(lut: Lut3D, strength: float, keep_brightness: bool = False) -> Lut3D:
    """The LUT to apply.

    Parameters
    ----------
    lut : the whole correction
    strength : 0, nothing, to 1, all of it
    keep_brightness : correct colors and keep the luminance of each
    """
    lut = lut.blend(strength)
    return lut.keep_luminance() if keep_brightness else lut
