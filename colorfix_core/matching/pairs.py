"""A LUT from a picture before and after an edit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.errors import ImageError
from colorfix_core.luts.lut import Lut3D
from colorfix_core.matching import lattice
from colorfix_core.pixels.depths import full

Array = NDArray[np.float64]
# Enough to know an edit by; what is shown of the difference has as many.
_MOST_PIXELS = 600_000
_BINS = 64
_ROUNDS = 3
# Differences that catch the eye side by side. So many of all pixels may be a JPEG's edges; of a
# ninth of the picture, nothing but a local edit takes more.
_SEEN = 4.0
_SEEN_SHARE = 0.06
_SEEN_SHARE_OF_A_PART = 0.15
_MEAN = 1.75
# Less than that of the brightness follows from the other picture's colors.
_SAME_CONTENT = 0.8
_WHITE = 20.0


@dataclass(frozen=True, eq=False)
class Edit:
    """A LUT that repeats an edit, and what it leaves.

    Parameters
    ----------
    lut : of 33 points
    remaining : (h, w) CIEDE2000 between the picture after the edit and after the LUT; of every
        n-th row and column where the picture is large
    """

    lut: Lut3D
    remaining: Array

    @property
    def mean(self) -> float:
        """The mean of what remains."""
        return float(self.remaining.mean())

    @property
    def highest(self) -> float:
        """What 95 % of the pixels stay under."""
        return float(np.quantile(self.remaining, 0.95))

    @property
    def share_seen(self) -> float:
        """How much of the picture is off by more than can be overlooked."""
        return float((self.remaining > _SEEN).mean())

    @property
    def is_of_colors(self) -> bool:
        """Whether the edit is one that a LUT holds."""
        few = self.share_seen <= _SEEN_SHARE and self._parts.max() <= _SEEN_SHARE_OF_A_PART
        return bool(few and self.mean <= _MEAN)

    @cached_property
    def _parts(self) -> Array:
        """How much of each ninth of the picture, (3, 3), is off by what is seen."""
        rows = np.array_split((self.remaining > _SEEN).astype(float), 3, 0)
        return np.array([[part.mean() for part in np.array_split(row, 3, 1)] for row in rows])

    @property
    def where(self) -> str:
        """Where most is left: "mostly in the upper left", or "all over the picture"."""
        if self._parts.max() < 0.3 * self._parts.sum():
            return "all over the picture"
        row, column = divmod(int(self._parts.argmax()), 3)
        name = f"{('upper', 'middle', 'lower')[row]} {('left', 'middle', 'right')[column]}"
        return f"mostly in the {name}".replace("middle middle", "middle")

    def picture(self) -> NDArray[np.uint8]:
        """What remains as a gray picture: black is equal, white a CIEDE2000 of 20 and more."""
        gray: NDArray[np.uint8] = np.rint((self.remaining / _WHITE).clip(0, 1) * 255).astype("u1")
        return gray

    def sentence(self) -> str:
        """What to say of it."""
        figures = f"mean CIEDE2000 {self.mean:.2f}, 95 % of the pixels within {self.highest:.1f}"
        if self.is_of_colors:
            return f"the LUT repeats the edit: {figures}."
        return (
            f"the edit is no map of colors: {100 * self.share_seen:.0f} % of the pixels, "
            f"{self.where}, stay off by more than {_SEEN:.0f} ({figures}); a LUT holds neither "
            "local edits nor blur, grain or sharpening."
        )


def fit(before: NDArray[np.generic], after: NDArray[np.generic]) -> Edit:
    """The LUT that makes of one picture the other.

    Parameters
    ----------
    before, after : (H, W, 3) sRGB-encoded, uint8, uint16, or float in 0..1

    Raises
    ------
    ImageError : they have different sizes or contents, or there is one color only
    """
    if before.shape[:2] != after.shape[:2]:
        (height, width), (other_height, other_width) = before.shape[:2], after.shape[:2]
        raise ImageError(
            f"before is {width} x {height} pixels and after {other_width} x {other_height}; "
            "export both at one size, without cropping or turning"
        )
    step = int(np.ceil(np.sqrt(before.shape[0] * before.shape[1] / _MOST_PIXELS)))
    old, new = _unit(before[::step, ::step]), _unit(after[::step, ::step])
    _refuse_one_color(old, "before")
    _refuse_one_color(new, "after")
    edit = _robust(old, new)
    _refuse_other_content(edit, old, new)
    return edit


def _robust(old: Array, new: Array) -> Edit:
    """Fit again without what was edited by place: it would pull colors elsewhere along."""
    trust = np.ones(old.shape[:2])
    target = srgb_to_lab(new)
    for _ in range(_ROUNDS):
        colors, wanted, weights = _binned(old, new, trust)
        table = lattice.fitted(colors, wanted, weights)
        lut = Lut3D(table.clip(0, 1))
        remaining = ciede2000(srgb_to_lab(lut.apply(old.astype(np.float32))), target)
        scale = max(2.0, 3 * float(np.median(remaining)))
        trust = (1 + (remaining / scale) ** 2) ** -2
    return Edit(lut, remaining)


def _binned(old: Array, new: Array, trust: Array) -> tuple[Array, Array, Array]:
    """Mean colors of the cells of a fine cube, (M, 3) before and after, and their weights."""
    flat, other, weight = old.reshape(-1, 3), new.reshape(-1, 3), trust.ravel()
    bins = np.minimum((flat * _BINS).astype(np.intp), _BINS - 1) @ (_BINS * _BINS, _BINS, 1)
    seen, place = np.unique(bins, return_inverse=True)
    count = np.bincount(place, weight, len(seen))

    def mean(values: Array) -> Array:
        sums = [np.bincount(place, values[:, c] * weight, len(seen)) for c in range(3)]
        return np.stack(sums, -1) / count[:, None]

    # Rare colors are to be right, too: a LUT is made for other pictures.
    return mean(flat), mean(other), np.sqrt(count)


def _refuse_one_color(colors: Array, name: str) -> None:
    if np.ptp(colors.reshape(-1, 3), 0).max() < 0.02:
        raise ImageError(
            f"{name} holds one color only, from which no edit can be told; choose a picture with "
            "many colors"
        )


def _refuse_other_content(edit: Edit, old: Array, new: Array) -> None:
    found = edit.lut.apply(old.astype(np.float32)).mean(-1).ravel()
    related = float(np.corrcoef(found, new.mean(-1).ravel())[0, 1])
    if not related >= _SAME_CONTENT:
        raise ImageError(
            f"before and after do not show the same (their brightness correlates by {related:.2f}, "
            f"and {_SAME_CONTENT} is needed); choose the same picture, in the same place"
        )


def _unit(pixels: NDArray[np.generic]) -> Array:
    return (pixels[..., :3].astype(np.float64) / full(pixels.dtype)).clip(0, 1)
