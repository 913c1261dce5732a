"""How a picture can hold a lattice: HaldCLUT's order, or slices of blue beside each other.

Every layout has one pixel for each lattice point. A HaldCLUT's pixels are the points one after
the other, red fastest. Tiles (OBS, GPUImage, Unity, Unreal) are n pictures of n x n pixels, red to
the right and green down, one for each blue, row after row: 8 x 8 of 64 x 64, 32 in a strip, and
so on. Where both fit, the smoother lattice is the right one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from colorfix_core.luts.data import SIZES, Array
from colorfix_core.messages import tell

LEVELS = range(2, 17)
NO_LUT = "its colors are in no order, as in a photograph; a LUT has each color at its place."
# A lattice of which less is told by a straight mixture of the axes is no LUT, but a picture.
_LEAST_EXPLAINED = 0.8
# A preview may be flat in some direction, a LUT is not.
_LEAST_SLOPE = 0.02
# Small corners of a preview look like anything.
_SMALLEST_BESIDE_PREVIEW = 5


def level_of(width: int, height: int) -> int | None:
    """The level of a picture of this size; None where it is no HaldCLUT's."""
    level = round(width ** (1 / 3))
    return level if width == height and level in LEVELS and level**3 == width else None


def tile_of(width: int, height: int) -> int | None:
    """The side of a tile of a picture of this size; None where it is none of tiles."""
    n = round((width * height) ** (1 / 3))
    return n if n in SIZES and n**3 == width * height and not (width % n or height % n) else None


def may_hold(width: int, height: int) -> bool:
    """Whether a picture of this size may hold a lattice, alone or beside a preview."""
    side = min(width, height)
    beside = side >= _SMALLEST_BESIDE_PREVIEW**3 and max(width, height) <= 2 * LEVELS[-1] ** 3
    return tile_of(width, height) is not None or beside


def looks_like_a_picture(table: Array) -> bool:
    """Whether colors do not follow a lattice's axes, as if a photograph had its size."""
    return len(table) > 8 and not is_lut(table)


def is_upside_down(table: Array) -> bool:
    """Whether green runs against its axis, and red does not."""
    n = len(table)
    ends = [table.take(n - 1, axis)[..., axis].mean() - table.take(0, axis)[..., axis].mean()
            for axis in range(3)]  # fmt: skip
    return bool(ends[1] < -_LEAST_SLOPE and ends[0] > _LEAST_SLOPE)


def lattice_in(pixels: Array) -> Array | None:
    """The smoothest lattice that a picture holds, or None.

    Parameters
    ----------
    pixels : (H, W, 3) float, 0..1 being black to full

    Returns
    -------
    (N, N, N, 3) indexed [r, g, b]
    """
    whole = list(_whole(pixels))
    if whole:
        return _upright(*min(whole, key=lambda found: _unevenness(found[0])))
    corners = [found for part in _corners(pixels) for found in _whole(part) if is_lut(found[0])]
    if not corners:
        return None
    return _upright(*min(corners, key=lambda found: (-len(found[0]), _unevenness(found[0]))))


def _whole(pixels: Array) -> Iterator[tuple[Array, bool]]:
    """The lattices that all pixels can be, HaldCLUT first, and whether they are of tiles."""
    height, width, _ = pixels.shape
    n = tile_of(width, height)
    if n is not None:
        if level_of(width, height):
            yield pixels.reshape(n, n, n, 3).transpose(2, 1, 0, 3), False
        tiles = pixels.reshape(height // n, n, width // n, n, 3)
        yield tiles.transpose(3, 1, 0, 2, 4).reshape(n, n, n, 3), True


def _upright(table: Array, is_tiles: bool) -> Array:
    """The lattice with green downwards; tells if it was upwards, as Unity's files have it."""
    if not (is_tiles and is_upside_down(table)):
        return table
    tell("green grows upwards in its tiles, as in Unity; they are turned over.")
    return table[:, ::-1]


def _corners(pixels: Array) -> Iterator[Array]:
    """The corners in which a HaldCLUT or tiles may stand beside a preview."""
    height, width, _ = pixels.shape
    for side in (level**3 for level in LEVELS if level >= _SMALLEST_BESIDE_PREVIEW):
        if side <= min(height, width):
            for y in {0, height - side}:
                for x in {0, width - side}:
                    yield pixels[y : y + side, x : x + side]


def _unevenness(table: Array) -> float:
    """How much neighbors differ along the three axes together."""
    return sum(float(np.abs(np.diff(table, axis=axis)).mean()) for axis in range(3))


def is_lut(table: Array) -> bool:
    """Whether colors follow all three axes, as a look's do and a photograph's do not."""
    n = len(table)
    axes = np.stack(np.meshgrid(*[np.linspace(-1, 1, n)] * 3, indexing="ij"), -1).reshape(-1, 3)
    colors = table.reshape(-1, 3) - table.mean((0, 1, 2))
    slopes = axes.T @ colors / (axes**2).sum(0)[:, None]
    left = ((colors - axes @ slopes) ** 2).sum()
    explained = 1 - left / max(float((colors**2).sum()), 1e-12)
    steep = np.abs(slopes).max(1).min() > _LEAST_SLOPE
    return bool(explained > _LEAST_EXPLAINED and steep)
