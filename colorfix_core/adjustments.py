"""What the user turns: how much of a correction is applied, and whether to the brightness, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from colorfix_core import __version__
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


def described(lut: Lut3D, title: str, settings: Mapping[str, object]) -> Lut3D:
    """The LUT with a title, and comments for who finds its file years later.

    Parameters
    ----------
    title : what it was made from
    settings : names and values of what was chosen; none for a LUT that was painted
    """
    encoding = "Input and output: R'G'B' encoded as sRGB (IEC 61966-2-1), full range"
    if lut.mirrored:
        encoding += ", unbounded; the table reaches beyond sRGB's gamut"
    chosen = ", ".join(f"{name} {value}" for name, value in settings.items())
    made = f"Made by colorfix {__version__}" + (f": {chosen}" if chosen else "")
    return replace(lut, title=title, comments=(made, encoding))
