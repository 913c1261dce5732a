"""What becomes of LUTs: weaker, one after another, of another size, without a change of light.

Each function takes a LUT and gives one of the same class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import gamut, srgb
from colorfix_core.color.gamut import Wider
from colorfix_core.luts import beyond, reference
from colorfix_core.luts.data import Array, LutData, Shaper, checked_size, lattice

Lut = TypeVar("Lut", bound=LutData)
# One is lost where both ends are rounded outwards; OpenColorIO takes 129 points.
_MOST_CELLS = 126


def blend(lut: Lut, strength: float) -> Lut:
    """See `Lut3D.blend`."""
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is 0..1, not {strength}")
    if strength == 1:
        return lut
    if lut.shaper and lut.holds_only_curves:
        return _blend_curves(lut, lut.shaper, strength)
    if lut.shaper and _is_invertible(lut, lut.shaper):
        return _blend_shaped(lut, lut.shaper, strength)
    plain = _plain(lut)
    grid = lattice(plain.size, plain.domain_min, plain.domain_max)
    return replace(plain, table=grid + np.float32(strength) * (plain.table - grid))


def _blend_curves(lut: Lut, shaper: Shaper, strength: float) -> Lut:
    inputs = shaper.inputs
    mixture = inputs + strength * (shaper.curve - inputs)
    return lut.of_curves(replace(shaper, curve=mixture), lut.title, lut.comments)


def _blend_shaped(lut: Lut, shaper: Shaper, strength: float) -> Lut:
    """Mix where the table's points lie: dense in the dark, if the shaper is logarithmic."""
    cells = lut.size - 1
    # Whole parts of the table's own cells, so that its own colors are kept.
    grid = lattice(cells * -(-64 // cells) + 1, lut.domain_min, lut.domain_max)
    curve, inputs = shaper.curve.T, shaper.inputs.T
    source = [np.interp(grid[..., c], curve[c], inputs[c]) for c in range(3)]
    table = reference.look_up(replace(lut, shaper=None), grid)
    return replace(lut, table=table + (1 - strength) * (np.stack(source, -1) - table))


def _is_invertible(lut: LutData, shaper: Shaper) -> bool:
    """Whether each color of the table is the shaper's of one input only."""
    return lut.table_holds_curves and bool((np.diff(shaper.curve, axis=0) > 0).all())


def _plain(lut: Lut) -> Lut:
    """The LUT without a shaper, over all of [0, 1]."""
    return lut if lut.is_plain else resize(lut, max(lut.size, 33))


def compose(first: Lut, then: LutData, size: int | None = None) -> Lut:
    """See `Lut3D.compose`."""
    wanted = size or max(first.size, then.size)
    result = _composed(first, then, wanted)
    if size is None and wanted < 65 and _composition_error(first, then, result) > 1e-4:
        result = _composed(first, then, 65)
    return result


def _composed(first: Lut, then: LutData, size: int) -> Lut:
    grid = lattice(size, *first.carry_range)
    return _carrying(first, np.stack([_one_then_other(first, then, slab) for slab in grid]))


def _composition_error(first: LutData, then: LutData, composed: LutData) -> float:
    """The largest difference at the cell centers of a composition's lattice."""
    low, high = first.carry_range
    half_cell = (high - low) / (composed.size - 1) / 2
    centers = lattice(composed.size - 1, low + half_cell, high - half_cell)
    wanted = _one_then_other(first, then, centers)
    return float(np.abs(_table_at(composed, centers) - wanted).max())


def _one_then_other(first: LutData, then: LutData, colors: Array) -> Array:
    """(..., 3) colors after two LUTs; counted, before and after, as the first one counts."""
    between = _table_at(first, colors)
    if not first.mirrored:
        return beyond.apply_float64(then, between)
    return gamut.mirrored(beyond.apply_float64(then, gamut.unmirrored(between)))


def _table_at(lut: LutData, colors: Array) -> NDArray[np.float64]:
    """What a LUT makes of (..., 3) colors, counted as it counts."""
    flat = colors.astype(np.float64).reshape(-1, 3)
    return np.asarray(reference.evaluate(lut, flat)).reshape(colors.shape)


def resize(lut: Lut, size: int) -> Lut:
    """See `Lut3D.resize`."""
    if checked_size(size) == lut.size and lut.is_plain:
        return lut
    grid = lattice(size, *lut.carry_range)
    return _carrying(lut, np.stack([_table_at(lut, slab) for slab in grid]))


def _carrying(lut: Lut, table: Array) -> Lut:
    """A LUT of this table over all that `lut` takes, with the title and comments of `lut`."""
    low, high = lut.carry_range
    mirrored = lut.mirrored
    return type(lut)(table, tuple(low), tuple(high), lut.title, lut.comments, mirrored=mirrored)


def finer(lut: Lut, points: int) -> Lut:
    """See `Lut3D.finer`."""
    if not lut.mirrored:
        return resize(lut, points)
    low, high = lut.domain_min[0], lut.domain_max[0]
    cells = min(checked_size(points) - 1, int(_MOST_CELLS / (high - low)))
    return _over(lut, low, high, cells, lambda colors: _table_at(lut, colors))


def error_of(lut: Lut, points: int) -> float:
    """See `Lut3D.error_of`."""
    plain = _plain(lut)
    if (points - 1) % (plain.size - 1) == 0:
        return 0.0
    other, grid = finer(plain, points), lattice(plain.size, plain.domain_min, plain.domain_max)
    found = reference.evaluate(other, grid.reshape(-1, 3))
    return 255 * float(np.abs(found - plain.table.reshape(-1, 3)).max())


def widened(lut: Lut, wider: Wider) -> Lut:
    """What a LUT does to the colors of a wider encoding, as a LUT for sRGB-encoded ones.

    Parameters
    ----------
    lut : a plain LUT of 0..1 for colors that are encoded as `wider` says, to such colors

    Returns
    -------
    A LUT of mirrored numbers over all that the encoding holds, as fine as `lut`, but of 129
    points an axis at most
    """
    low, high = (float(bound) for bound in (wider.box()[0].min(), wider.box()[1].max()))
    cells = min(lut.size - 1, int(_MOST_CELLS / (high - low)))
    return _over(lut, low, high, cells, lambda colors: _through(lut, wider, colors))


def _over(lut: Lut, low: float, high: float, cells: int, correct: Callable[[Array], Array]) -> Lut:
    """A LUT of mirrored numbers over a domain of so many cells a unit; 0 and 1 are points of it."""
    first, last = np.floor(low * cells), np.ceil(high * cells)
    domain = (first / cells,) * 3, (last / cells,) * 3
    table = np.stack([correct(slab) for slab in lattice(int(last - first) + 1, *domain)])
    return type(lut)(table, *domain, lut.title, lut.comments, mirrored=True)


def _through(lut: LutData, wider: Wider, colors: Array) -> Array:
    """Mirrored (..., 3) colors after a LUT for those of a wider encoding."""
    found = beyond.apply_float64(lut, gamut.unmirrored(wider.encode(colors)))
    return wider.decode(gamut.mirrored(found))


def keep_luminance(lut: Lut) -> Lut:
    """See `Lut3D.keep_luminance`."""
    plain = _plain(lut)
    grid = lattice(plain.size, plain.domain_min, plain.domain_max)
    slabs = zip(plain.table, grid, strict=True)
    if plain.mirrored:
        return replace(plain, table=np.stack([_with_luminance_of(t, g) for t, g in slabs]))
    kept = [_with_luminance_of(gamut.mirrored(t), gamut.mirrored(g)) for t, g in slabs]
    return replace(plain, table=gamut.unmirrored(np.stack(kept)))


def _with_luminance_of(colors: Array, source: Array) -> Any:
    """Mirrored (..., 3) colors, scaled in linear light to the luminance of `source`.

    Colors beyond sRGB stay so where their source is: what is darker than black is kept.
    """
    least = np.minimum(0.0, source.min(-1, keepdims=True))
    linear = srgb.decode(np.maximum(colors.astype(np.float64), least))
    wanted = (srgb.decode(source.astype(np.float64)) @ srgb.LUMINANCE)[..., None].clip(0)
    luminance = (linear @ srgb.LUMINANCE)[..., None]
    lit = luminance > 1e-9
    scaled = np.where(lit, linear * wanted / np.where(lit, luminance, 1), wanted)
    # Distance from grey at which the brightest channel reaches the ceiling.
    ceiling = np.maximum(1.0, wanted)
    brightest = scaled.max(-1, keepdims=True)
    over = brightest > ceiling
    saturation = np.where(over, (ceiling - wanted) / np.where(over, brightest - wanted, 1), 1)
    kept = np.maximum(wanted + (scaled - wanted) * saturation, srgb.decode(least))
    return srgb.encode(kept).astype(np.float32)
