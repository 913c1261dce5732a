"""Numbers of .cube files that are not what the format says: code values, and video range.

The format's numbers are fractions of white (Adobe Cube LUT Specification 1.0, section 5), but
some exporters write the code values of a bit depth. Resolve's flags say that a LUT is for
video-range data, in which black is 64 and white 940 of 1023 (ITU-R BT.709-6, part 2, 10 bits).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Array, Triple
from colorfix_core.messages import tell

# The codes of white at 8, 10, 12, 14 and 16 bits.
FULL_SCALES = (255, 1023, 4095, 16383, 65535)
# A linear LUT may reach past white, and in whole numbers: this is four stops over.
_BEYOND_WHITE = 16
# Below this part of the largest value lies most of a table of linear light.
_DARK = 0.1
_VIDEO_BLACK, _VIDEO_WIDTH = 64 / 1023, (940 - 64) / 1023


def from_codes(rows: Array) -> Array:
    """Rows as fractions of white, where they are code values; as they are otherwise.

    Code values are whole, or are spread as colors are: of light on a linear scale, which may go
    as far beyond white, most is dark.

    Parameters
    ----------
    rows : (M, 3) float32

    Raises
    ------
    LutFileError
        If they do not tell their bit depth: the largest is below a half of the full scale that
        would hold it, or one is negative.
    """
    highest = float(rows.max(initial=0))
    if highest < _BEYOND_WHITE:
        return rows
    whole = np.array_equal(rows, np.rint(rows))
    if not whole and np.median(rows) < highest * _DARK:
        return rows
    kind = "whole numbers" if whole else "numbers"
    full = next((full for full in FULL_SCALES if highest <= full), 0)
    if highest <= full / 2 or rows.min() < 0 or not full:
        raise LutFileError(
            f"its values are {kind} from {rows.min():.0f} to {highest:.0f}, which do not "
            "tell the scale that they are on; export it with values of 0..1"
        )
    tell(f"its values are {kind} up to {highest:.0f} and are divided by {full}.")
    return rows / np.float32(full)


def domain_from_codes(low: Triple, high: Triple) -> tuple[Triple, Triple]:
    """A domain as fractions of white, where it is all code values of a bit depth."""
    full = high[0]
    if low != (0, 0, 0) or high != (full,) * 3 or full not in FULL_SCALES:
        return low, high
    tell(f"its domain is the code values 0..{full:.0f} and is taken for 0..1.")
    return (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def full_range(
    flags: Collection[str], rows: Array, low: Triple, high: Triple
) -> tuple[Array, Triple, Triple]:
    """What a LUT for video-range data does to full-range data.

    Parameters
    ----------
    flags : LUT_IN_VIDEO_RANGE, LUT_OUT_VIDEO_RANGE, both or none
    rows : (M, 3) float32, the colors that come out
    low, high : the domain of the colors that go in
    """
    if flags:
        tell(f"{' and '.join(flags)}: this LUT for video-range data is converted to full range.")
    if "LUT_IN_VIDEO_RANGE" in flags:
        low, high = _widened(low), _widened(high)
    if "LUT_OUT_VIDEO_RANGE" in flags:
        rows = (rows - np.float32(_VIDEO_BLACK)) / np.float32(_VIDEO_WIDTH)
    return rows, low, high


def _widened(color: Triple) -> Triple:
    """The full-range color that a video-range one stands for."""
    r, g, b = ((value - _VIDEO_BLACK) / _VIDEO_WIDTH for value in color)
    return r, g, b
