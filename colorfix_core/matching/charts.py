"""A LUT from a color chart in a picture: what makes its patches what they are in daylight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.color.srgb import decode, encode
from colorfix_core.errors import ImageError
from colorfix_core.luts.lut import Lut3D
from colorfix_core.matching import chart_patches, lattice

Array = NDArray[np.float64]
# By a matrix alone; tone curves of cameras leave half of that.
_WORST_MEAN = 10.0
# Gaps between patches, in patches.
_GAP = 0.15
# The middle of a patch, where neither its border nor a neighbor is.
_MIDDLE = np.linspace(-0.2, 0.2, 9)
_STIFF = 3e-4
_STEPS = 20


@dataclass(frozen=True, eq=False)
class Chart:
    """A LUT of 33 points, and by how much each patch is off after it.

    Parameters
    ----------
    errors : (24,) CIEDE2000, in the order of `chart_patches.NAMES`
    """

    lut: Lut3D
    errors: Array

    def lines(self) -> list[str]:
        """A line a patch: its name, and how far it is off."""
        width = max(map(len, chart_patches.NAMES))
        return [
            f"{name:{width}} {error:5.2f}"
            for name, error in zip(chart_patches.NAMES, self.errors, strict=True)
        ]

    def sentence(self) -> str:
        """What to say of it."""
        worst = int(self.errors.argmax())
        return (
            f"the chart's patches are off by a mean CIEDE2000 of {self.errors.mean():.1f}, at most "
            f"{self.errors[worst]:.1f} ({chart_patches.NAMES[worst]})."
        )


def fit(patches: Sequence[Array]) -> Chart:
    """The LUT of a chart.

    Parameters
    ----------
    patches : (24, 3) sRGB-encoded colors in 0..1 in the chart's order; several readings of one
        chart, such as one a turn, of which the best is taken

    Raises
    ------
    ImageError : no reading is that of a chart, with the figure
    """
    readings = [np.asarray(colors, np.float64) for colors in patches]
    mixtures = [_matrix(colors, chart_patches.COLORS) for colors in readings]
    errors = [
        float(_errors(_mixed(colors, matrix)).mean())
        for colors, matrix in zip(readings, mixtures, strict=True)
    ]
    best = int(np.argmin(errors))
    if errors[best] > _WORST_MEAN:
        raise ImageError(
            f"no chart of 24 patches is there (its patches would be off by a mean CIEDE2000 of "
            f"{errors[best]:.1f}, and {_WORST_MEAN:.0f} is allowed); give its corners with "
            "--corners, or choose a picture in which it is larger and evenly lit"
        )
    return _fit(readings[best], mixtures[best])


def _fit(colors: Array, matrix: Array) -> Chart:
    """What the matrix leaves, such as a tone curve, is fitted by a smooth lattice."""
    table = lattice.fitted(
        colors, chart_patches.COLORS, np.ones(24), _STIFF, start=lambda c: _mixed(c, matrix)
    )
    lut = Lut3D(table.clip(0, 1))
    return Chart(lut, _errors(lut.evaluate(colors)))


def _mixed(encoded: Array, matrix: Array) -> Array:
    result: Array = encode(decode(encoded) @ matrix.T).clip(0, 1)
    return result


def _errors(colors: Array) -> Array:
    return ciede2000(srgb_to_lab(colors), srgb_to_lab(chart_patches.COLORS))


def _matrix(colors: Array, wanted: Array) -> Array:
    """The matrix in linear light that comes closest in CIELAB: damped least squares."""
    linear, goal = decode(colors), srgb_to_lab(wanted)

    def off(matrix: Array) -> Array:
        return (srgb_to_lab(encode(linear @ matrix.T)) - goal).ravel()

    # Dark patches count as bright ones do.
    weight = 1 / (decode(wanted).mean(1, keepdims=True) + 0.02)
    ridge = 1e-3 * np.eye(3)
    left = (linear * weight).T @ (linear * weight) + ridge
    matrix: Array = np.linalg.solve(left, (linear * weight).T @ (decode(wanted) * weight) + ridge).T
    residual, damping = off(matrix), 1.0
    for _ in range(_STEPS):
        moves = np.eye(9).reshape(9, 3, 3) * 1e-4
        slopes = np.stack([(off(matrix + move) - residual) / 1e-4 for move in moves], -1)
        step = np.linalg.solve(slopes.T @ slopes + damping * np.eye(9), slopes.T @ residual)
        moved = matrix - step.reshape(3, 3)
        better = off(moved)
        if better @ better < residual @ residual:
            matrix, residual, damping = moved, better, damping / 3
        else:
            damping *= 4
    return matrix


def read(pixels: Array, corners: Array) -> list[Array]:
    """The patches between four corners, read in each of four turns.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB-encoded, 0..1
    corners : (4, 2) x and y of the outer corners of the patches in the corners, in order around

    Raises
    ------
    ImageError : the corners are no quadrilateral inside the picture
    """
    height, width = pixels.shape[:2]
    inside = (corners >= -0.5) & (corners <= (width, height))
    area = _area(corners)
    if not inside.all() or area < 24 * 16:
        raise ImageError(
            f"the corners span {area:.0f} pixels of a picture of {width} x {height}; give the four "
            "outer corners of the chart's patches, in order around, as x,y"
        )
    return [_read(pixels, np.roll(corners, turn, 0)) for turn in range(4)]


def _area(corners: Array) -> float:
    x, y = corners.T
    return float(abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2)


def _read(pixels: Array, corners: Array) -> Array:
    """The median color of the middle of each patch, from the first corner along to the second."""
    transform = _perspective(corners)
    columns = (np.arange(6) * (1 + _GAP) + 0.5)[:, None] + _MIDDLE
    rows = (np.arange(4) * (1 + _GAP) + 0.5)[:, None] + _MIDDLE
    u, v = columns / (6 + 5 * _GAP), rows / (4 + 3 * _GAP)
    grid = np.stack(np.broadcast_arrays(u[None, :, None, :], v[:, None, :, None]), -1)
    x, y, w = np.moveaxis(np.concatenate([grid, np.ones((*grid.shape[:-1], 1))], -1) @ transform.T,
                          -1, 0)  # fmt: skip
    column = (x / w).round().astype(int).clip(0, pixels.shape[1] - 1)
    row = (y / w).round().astype(int).clip(0, pixels.shape[0] - 1)
    found: Array = np.median(pixels[row, column].reshape(24, -1, 3), 1)
    return found


def _perspective(corners: Array) -> Array:
    """The (3, 3) matrix from the unit square to a quadrilateral."""
    rows, right = [], []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        right += [x, y]
    solved = np.linalg.lstsq(np.array(rows, float), np.array(right, float), rcond=None)[0]
    return np.append(solved, 1).reshape(3, 3)
