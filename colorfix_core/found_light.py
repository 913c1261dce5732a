"""What light a correction takes away, in numbers that can be put into words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colorfix_core.color.difference import srgb_to_lab
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels.thumbnail import Thumbnail

# CIELAB hue angles at which one name gives way to the next, of what follows them.
_HUES = (
    (15, "magenta-red"), (45, "red"), (80, "orange"), (105, "yellow"), (125, "yellow-green"),
    (170, "green"), (220, "cyan"), (300, "blue"), (325, "violet"), (360, "magenta"),
)  # fmt: skip
# Chroma of a gray in that light, from which it is called so.
_SLIGHT, _CLEAR, _STRONG = 4.0, 12.0, 32.0
# How gray an output is, in CIELAB, whose input shows the light.
_GRAY = 6.0


@dataclass(frozen=True)
class FoundLight:
    """The light on a picture.

    Attributes
    ----------
    strength : "none" | "slight" | "clear" | "strong"
    hue : "red", "orange", "yellow", "yellow-green", "green", "cyan", "blue", "violet", "magenta" or
        "magenta-red"
    before, after : what becomes of a light gray, three numbers in 0..1, sRGB-encoded
    """

    strength: str
    hue: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]


def found_light(lut: Lut3D, picture: Thumbnail) -> FoundLight:
    """What a correction says of the light.

    The light is seen on what the correction makes gray: among the picture's own colors if there is
    enough of it, and among all colors there are, if not.
    """
    seen = picture.picture[picture.weights > 0.5 * picture.weights.max(initial=0)]
    few = seen[:: max(1, len(seen) // 4000)].clip(0, 1).astype(np.float64)
    before = _turned_gray(lut, few, at_least=max(20, len(few) // 100))
    if before is None:
        everything = Lut3D.identity(17).table.reshape(-1, 3).astype(np.float64)
        before = _turned_gray(lut, everything, at_least=3)
    if before is None:
        before = np.full(3, 0.7)
    before = before * (0.85 / max(float(before.max()), 1e-3))
    after = lut.evaluate(before).clip(0, 1)
    _, a, b = srgb_to_lab(before)
    return FoundLight(_strength(float(np.hypot(a, b))), _hue(float(a), float(b)),
                      _triple(before), _triple(after))  # fmt: skip


def _turned_gray(lut: Lut3D, colors: np.ndarray, at_least: int) -> np.ndarray | None:
    """The mean of colors that come out gray, neither dark nor blown; None if they are few."""
    lab = srgb_to_lab(lut.evaluate(colors).clip(0, 1))
    gray = (np.hypot(lab[:, 1], lab[:, 2]) < _GRAY) & (lab[:, 0] > 25) & (lab[:, 0] < 95)
    if gray.sum() < at_least:
        return None
    return np.asarray((colors[gray] / colors[gray].max(1, keepdims=True)).mean(0))


def _strength(chroma: float) -> str:
    if chroma < _SLIGHT:
        return "none"
    return "slight" if chroma < _CLEAR else "clear" if chroma < _STRONG else "strong"


def _hue(a: float, b: float) -> str:
    angle = float(np.degrees(np.arctan2(b, a))) % 360
    return next(name for end, name in _HUES if angle < end)


def _triple(color: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = (float(number) for number in color)
    return red, green, blue
