"""Tetrahedral interpolation in plain numpy: the definition the other engines must match.

Always there, needs nothing but numpy. `interpolate` works in the precision of its input: float64
input gives the reference of the tests. For float32 pixels `_Float32Kernel` does the same in
passes over short arrays, three to four times as fast.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D, Shaper
# Temporary arrays of this length stay in the cache, and numpy's calls are cheap beside them.
STRIP_PIXELS = 1 << 16
# 8-bit pictures of this many pixels are worth a memo of their colours.
MEMO_PIXELS = 1 << 20


def interpolate(table: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    Each cube of the lattice is cut along its main diagonal into six tetrahedra, one for each
    order of the three fractions; J. Kasson, S. Nin, W. Plouffe and J. Hafner, "Performing color
    space conversions with three-dimensional linear interpolation", J. Electronic Imaging 4(3),
    1995, section 3.3.

    Parameters
    ----------
    table : (N, N, N, 3) float, indexed [r, g, b]
    position : (M, 3) float in [0, N - 1], lattice coordinates; finite

    Returns
    -------
    (M, 3) of position's dtype
    """
    size = table.shape[0]
    rows = table.reshape(-1, 3)
    strides = np.array([size * size, size, 1])
    cell = np.minimum(position.astype(np.int32), size - 2)
    fraction = position - cell.astype(position.dtype)

    lowest, highest = fraction.min(1), fraction.max(1)
    r, g, b = fraction.T
    middle = np.maximum(np.minimum(r, g), np.minimum(np.maximum(r, g), b))
    base = cell @ strides
    first = base + strides[fraction.argmax(1)]
    last = base + strides.sum() - strides[fraction.argmin(1)]

    corners = (base, first, last, base + strides.sum())
    weights = (1 - highest, highest - middle, middle - lowest, lowest)
    result = np.zeros_like(position)
    for corner, weight in zip(corners, weights, strict=True):
        result += rows[corner] * weight[:, None]
    return result


def shape(shaper: Shaper, colours: np.ndarray) -> np.ndarray:
    """Send each channel of (M, 3) finite colours through its own curve, ends held."""
    low, high = shaper.domain_min, shaper.domain_max
    inputs = np.linspace(0, 1, len(shaper.curve))
    columns = [
        np.interp((colours[:, c] - low[c]) / (high[c] - low[c]), inputs, shaper.curve[:, c])
        for c in range(3)
    ]
    return np.stack(columns, -1).astype(colours.dtype, copy=False)


def evaluate(lut: Lut3D, colours: np.ndarray) -> np.ndarray:
    """Look (M, 3) finite float colours up; what lies outside the LUT's domain is clamped to it."""
    if lut.shaper is not None:
        colours = shape(lut.shaper, colours)
    low = np.asarray(lut.domain_min, colours.dtype)
    width = np.asarray(lut.domain_max, colours.dtype) - low
    unit = ((colours - low) / width).clip(0, 1)
    return interpolate(lut.table, unit * colours.dtype.type(lut.size - 1))


def name() -> str:
    """Name this engine and its version."""
    return f"numpy {np.__version__}"


def prepare(lut: Lut3D, dtype: np.dtype) -> Callable[[np.ndarray, np.ndarray], None] | None:
    """See `engine`; this engine takes every LUT, and float32 and float64 pixels."""
    if dtype.name == "float32" and lut.size <= _Float32Kernel.LARGEST_SIZE:
        return _Float32Kernel(lut)
    if dtype.name not in ("float32", "float64"):
        return None

    def kernel(pixels: np.ndarray, out: np.ndarray) -> None:
        colours = evaluate(lut, np.nan_to_num(pixels[:, :3], nan=0.0))
        out[:, 3:] = pixels[:, 3:]
        out[:, :3] = colours

    return kernel


class _Scratch(threading.local):
    """Each thread's temporary arrays: fresh memory would cost more than the arithmetic."""

    def __init__(self) -> None:
        count = STRIP_PIXELS
        self.position, self.cell, self.sums = np.empty((3, 3, count), np.float32)
        self.weights = np.empty((4, count), np.float32)
        self.term = np.empty(count, np.float32)
        self.rows = np.empty((count, 4), np.float32)
        self.corners = np.empty((3, count), np.intp)
        self.order = np.empty(count, np.intp)


_scratch = _Scratch()


class _Float32Kernel:
    """`interpolate` for float32 pixels that are free of NaN.

    The lattice has its last layers repeated, so that the last point of an axis is the first of a
    cell like all others, and a fourth channel, because numpy fetches rows of 16 bytes fastest.
    """

    # The index of a lattice point is computed in float32, which holds integers up to 2**24.
    LARGEST_SIZE = 255

    def __init__(self, lut: Lut3D) -> None:
        self._shaper = lut.shaper
        self._low = np.float32(lut.domain_min)[:, None]
        self._scale = (lut.size - 1) / (np.float32(lut.domain_max)[:, None] - self._low)
        # Engines are given colours from 0 to 1 at least; such a domain needs no clamping.
        domain = lut.domain_min, lut.domain_max
        self._is_unit = lut.shaper is None and domain == ((0, 0, 0), (1, 1, 1))
        self._size = size = lut.size + 1
        padded = np.pad(lut.table, ((0, 1), (0, 1), (0, 1), (0, 0)), mode="edge")
        self._lattice = np.zeros((size**3, 4), np.float32)
        self._lattice[:, :3] = padded.reshape(-1, 3)
        # From a cell's black corner to the corner after the first edge, before the last edge, and
        # to the white corner, by the number that `_order` gives.
        r, g, b = size * size, size, 1
        self._white = r + g + b
        self._to_second = np.array([b, b, g, 0, 0, r, g, r], np.intp)
        self._to_third = self._white - np.array([r, g, r, 0, 0, g, b, b], np.intp)

    def __call__(self, pixels: np.ndarray, out: np.ndarray) -> None:
        for start in range(0, len(pixels), STRIP_PIXELS):
            stop = start + STRIP_PIXELS
            self._correct(pixels[start:stop], out[start:stop])

    def _correct(self, pixels: np.ndarray, out: np.ndarray) -> None:
        """Correct at most STRIP_PIXELS pixels."""
        fraction = self._position(pixels)
        base, second, third = _scratch.corners[:, : len(pixels)]
        self._split(fraction, base)
        order = _order(fraction)
        self._to_second.take(order, out=second, mode="wrap")
        self._to_third.take(order, out=third, mode="wrap")
        second += base
        third += base
        corners = (self._lattice, base), (self._lattice, second), (self._lattice, third)
        _weighted_sum((*corners, (self._lattice[self._white :], base)), _weights(fraction), out)
        out[:, 3:] = pixels[:, 3:]

    def _position(self, pixels: np.ndarray) -> np.ndarray:
        """The (3, M) lattice coordinates of pixels."""
        position = _scratch.position[:, : len(pixels)]
        if self._is_unit:
            return np.multiply(pixels[:, :3].T, self._scale, out=position)
        colours = pixels if self._shaper is None else shape(self._shaper, pixels[:, :3])
        np.subtract(colours[:, :3].T, self._low, out=position)
        position *= self._scale
        return position.clip(0, self._size - 2, out=position)

    def _split(self, position: np.ndarray, base: np.ndarray) -> None:
        """Put the index of each cell's black corner into `base`; leave the fractions."""
        cell = np.floor(position, out=_scratch.cell[:, : len(base)])
        position -= cell
        index, g, b = cell
        for axis in (g, b):
            index *= self._size
            index += axis
        np.copyto(base, index, casting="unsafe")


def _order(fraction: np.ndarray) -> np.ndarray:
    """Number the order of three fractions: 1 if r >= g, plus 2 if g >= b, plus 4 if r >= b."""
    r, g, b = fraction
    number = (r >= g).view(np.uint8)
    for bit, is_above in enumerate((g >= b, r >= b), 1):
        number |= is_above.view(np.uint8) << bit
    order = _scratch.order[: len(number)]
    order[:] = number
    return order


def _weights(fraction: np.ndarray) -> np.ndarray:
    """The (4, M) weights of the corners on the walk from black to white."""
    r, g, b = fraction
    black, second, third, white = weights = _scratch.weights[:, : len(r)]
    highest, middle, lowest = second, third, white
    np.maximum(r, g, out=highest)
    np.minimum(r, g, out=lowest)
    np.minimum(highest, b, out=middle)
    np.maximum(middle, lowest, out=middle)
    np.maximum(highest, b, out=highest)
    np.minimum(lowest, b, out=lowest)
    np.subtract(1, highest, out=black)
    second -= middle
    third -= white
    return weights


def _weighted_sum(corners: tuple, weights: np.ndarray, out: np.ndarray) -> None:
    """Add up lattice points, given as (rows, index) pairs, into the colours of `out`.

    Whole rows are fetched at once, and multiplied channel by channel: numpy is slow along short
    axes, and fast along every fourth element.
    """
    count = len(out)
    rows, term, sums = _scratch.rows[:count], _scratch.term[:count], _scratch.sums[:, :count]
    for number, (lattice, index) in enumerate(corners):
        lattice.take(index, axis=0, out=rows, mode="wrap")
        for channel, total in enumerate(sums):
            product = total if number == 0 else term
            np.multiply(rows[:, channel], weights[number], out=product)
            if number > 0:
                total += product
    for channel, total in enumerate(sums):
        out[:, channel] = total
