"""`Lut3D`, the class for users: a LUT's data and, a line each, all that can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.gamut import Wider
from colorfix_core.luts import algebra, apply, reference
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.formats import store


@dataclass(frozen=True, eq=False)
class Lut3D(LutData):
    """A 3D color LUT: a lattice of output colors, tetrahedrally interpolated.

    Parameters
    ----------
    table : (N, N, N, 3) float, N in 2..256, indexed [r, g, b]
        Output colors; any finite value, 0..1 being black to full. Kept as read-only float32.
    domain_min, domain_max : three floats each
        The input colors of the first and last lattice point of each axis; sRGB-encoded
        R'G'B' unless the file it came from means another encoding.
    title : str
    comments : strings without line ends, written to files that can hold them
    shaper : Shaper, optional
        Curves applied to the input before the table; its output is in the table's domain.
    mirrored : bool
        Whether table and domain count what is darker than black as `color.gamut.mirrored` does:
        so one lattice reaches beyond sRGB. What it is applied to is counted as ever.

    Raises
    ------
    ValueError
        If the table or a domain is not as described; the message names the offending value.

    Examples
    --------
    >>> warm = Lut3D(Lut3D.identity(17).table * [1, 1, 0.9])
    >>> warm.apply(np.float32([[0.5, 0.5, 0.5]]))
    array([[0.5 , 0.5 , 0.45]], dtype=float32)
    """

    @property
    def of_color_alone(self) -> bool:
        """Whether equal colors stay equal, wherever they are: a LUT knows no places."""
        return True

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a LUT file; the format follows from the extension.

        Raises
        ------
        LutFileError
            If the file is missing, unreadable or malformed: one sentence, with the line number
            for text formats.
        """
        return cls.sharing(store.load(path))

    def save(self, path: str | Path) -> None:
        """Write a LUT file; the format follows from the extension.

        The file appears under its name only when it is complete; on any error what was there
        before is still there.

        Raises
        ------
        LutFileError
            If the extension is unknown or the file cannot be written.
        """
        store.save(self, path)

    def apply(self, image: Array, out: Array | None = None, device: str = "cpu") -> Array:
        """Correct the colors of an image.

        Parameters
        ----------
        image : (H, W, 3 or 4) or (M, 3 or 4) uint8, uint16, float16, float32 or float64
            Integers span 0..1; a fourth channel is alpha and copied untouched. Strides are free.
        out : array like `image`, optional
            Where to write; may be `image` itself.
        device : "cpu", "cuda", "cuda:N" or "auto"

        Returns
        -------
        array of the shape and dtype of `image`
            Float colors outside [0, 1] and outside the LUT's domain are corrected as
            `luts.beyond` defines: brightness above 1, and saturation beyond the border, are
            multiplied in again. A NaN stays where it is, and counts as 0 for the other channels
            of its pixel.

        Raises
        ------
        ValueError, TypeError
            If `image` or `out` is not as described.
        DeviceError
            If the device does not exist.
        """
        return apply.apply(self, image, out, device)

    def evaluate(self, colors: Array) -> NDArray[np.float64]:
        """Look colors up in float64; the reference for `apply`.

        Parameters
        ----------
        colors : (..., 3) finite float

        Returns
        -------
        (..., 3) float64
            Colors outside the input domain are clamped to it.
        """
        return reference.look_up(self, colors)

    def blend(self, strength: float) -> Self:
        """Fade the correction: 0 gives the identity, 1 this LUT, between them a mixture.

        Exact for plain LUTs and for those that hold nothing but curves. Any other shaper is kept,
        and its table resampled to 65 points or more, between which the mixture is approximate; so
        is that of a LUT whose domain does not hold [0, 1], or whose shaper does not rise.

        Raises
        ------
        ValueError
            If strength is not in 0..1.
        """
        return algebra.blend(self, strength)

    def compose(self, then: LutData, size: int | None = None) -> Self:
        """One LUT for this one followed by another.

        It covers [0, 1] and this LUT's input domain; what a wider domain of `then` does to colors
        beyond that is not kept.

        Parameters
        ----------
        then : Lut3D
        size : int in 2..256, optional
            Lattice points of the result. Left out, it is the larger of the two sizes, or 65
            where that would miss the composition by more than 1e-4 at the centre of a cell.
        """
        return algebra.compose(self, then, size)

    def resize(self, size: int) -> Self:
        """Resample to `size` in 2..256 points an axis, without a shaper.

        The domain becomes the smallest box that holds [0, 1] and the input domain.
        """
        return algebra.resize(self, size)

    def widened(self, wider: Wider) -> Self:
        """Make of a LUT for colors of a wider encoding one for sRGB-encoded colors.

        What is applied, previewed and saved then is one table, which reaches beyond sRGB.
        """
        return algebra.widened(self, wider)

    def finer(self, points: int) -> Self:
        """Resample to `points` in 2..256 over 0..1, and to as many more as a wider domain needs.

        A LUT of mirrored numbers gets 129 points at most.
        """
        return algebra.finer(self, points)

    def error_of(self, points: int) -> float:
        """By how many levels of 255 `finer(points)` would miss this LUT at its own points."""
        return algebra.error_of(self, points)

    def keep_luminance(self) -> Self:
        """Take the color from the correction and the brightness from the input.

        Every output color is scaled in linear light to the relative luminance Y of its input
        (ITU-R BT.709 weights, IEC 61966-2-1 encoding). Where that leaves the gamut, it is mixed
        with the grey of that luminance just far enough to come back: luminance wins over
        saturation. A black output of a lit input becomes that grey.
        """
        return algebra.keep_luminance(self)
