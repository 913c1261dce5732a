"""Tetrahedral interpolation as a dozen torch operations, for where Triton cannot compile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from colorfix_core.color import gamut, srgb
from colorfix_core.luts import beyond
from colorfix_core.luts.data import LutData


def correct(
    source: torch.Tensor,
    target: torch.Tensor,
    table: torch.Tensor,
    bounds: torch.Tensor,
    full: int,
    mirrored: bool,
) -> None:
    """See `TensorKernels`."""
    low, scale = bounds[:2, :3, None]

    def look_up(colors: torch.Tensor) -> torch.Tensor:
        position = ((colors.float() - low) * scale).clamp_(0, table.shape[0] - 2).contiguous()
        return interpolate(table, position)[:, :3].T

    colors = source[:, :3].T
    if full:
        result = look_up(colors.float() / full).clamp_(0, 1).mul_(full).add_(0.5).floor_()
    else:
        value = colors if colors.dtype == torch.float64 else colors.float()
        result = _floats(value, look_up, bounds, mirrored)
    if target is not source:
        target.copy_(source)
    target[:, :3] = result.T.to(target.dtype)


def _floats(
    value: torch.Tensor,
    look_up: Callable[[torch.Tensor], torch.Tensor],
    bounds: torch.Tensor,
    mirrored: bool,
) -> torch.Tensor:
    """(3, M) colors, wherever they lie, corrected as `beyond.corrected` and the table say."""
    low, high, floor = bounds[2:, :3, None].to(value)
    number = torch.where(value.isnan(), 0, value)
    # The box in which the table answers alone; it counts differently only beyond that.
    least, most = (0, 1) if mirrored else (low, high)
    far = ((number < least) | (number > most)).any(0)
    bounded = _mirrored(number).clamp_max(beyond.LARGEST)
    brightness = (bounded / high).amax(0).clamp_min(1)
    color = bounded / brightness
    gray = torch.minimum(color.amax(0).clamp_min(0) + beyond.ABOVE, high.min())
    color = torch.maximum(color, floor - (gray - floor) * (beyond.MOST_PUSH - 1))
    push = ((gray - color) / (gray - floor)).amax(0).clamp_min(1)
    border = torch.minimum(torch.maximum(gray + (color - gray) / push, floor), high)

    place = border
    if not mirrored:
        place = torch.minimum(torch.maximum(_unmirrored(border), low), high)
    found = look_up(torch.where(far, place, number)).to(value)
    pushed = found if mirrored else _mirrored(found)
    center = pushed.amax(0) + (gray - border.amax(0))
    result = _unmirrored((center + (pushed - center) * push) * brightness)
    result += number - _unmirrored(color * brightness)
    result = torch.where(far, result, _unmirrored(found) if mirrored else found)
    return torch.where(value.isnan(), value, result)


def _mirrored(encoded: torch.Tensor) -> torch.Tensor:
    """See `gamut.mirrored`."""
    below = encoded.clamp_max(-gamut.CURVE_FROM) / gamut.SLOPE
    return torch.where(encoded < -gamut.CURVE_FROM, srgb.encode(below, torch.where), encoded)


def _unmirrored(colors: torch.Tensor) -> torch.Tensor:
    """See `gamut.unmirrored`."""
    below = srgb.decode(colors.clamp_max(-gamut.CURVE_FROM), torch.where) * gamut.SLOPE
    return torch.where(colors < -gamut.CURVE_FROM, below, colors)


def table_of(lut: LutData) -> torch.Tensor:
    """The table with its last layers repeated and a fourth channel, as (N+1, N+1, N+1, 4).

    The last lattice point of an axis then is the first of a cell like all others.
    """
    return torch.from_numpy(np.pad(lut.table, ((0, 1), (0, 1), (0, 1), (0, 1)), mode="edge"))


def interpolate(table: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    See `reference.interpolate`, which this equals within 4e-7 of the table's range. Takes no
    sorting and no branches: each fraction carries the number of its axis in its two lowest bits,
    so the largest and the smallest name the first and last edge of the walk from the cell's black
    to its white corner.

    Parameters
    ----------
    table : (N + 1, N + 1, N + 1, 4) float32 from `table_of`
    position : (3, M) float32 in [0, N - 1], lattice coordinates; overwritten

    Returns
    -------
    (M, 4) float32
    """
    (_, count), device, size = position.shape, position.device, table.shape[0]
    cell = position.int()
    base = torch.add(cell[1], cell[0], alpha=size)
    base = torch.add(cell[2], base, alpha=size)
    highest, middle, lowest = _sorted(position.frac_())

    step = torch.tensor([size * size, size, 1], dtype=torch.int32, device=device)
    first = step.index_select(0, highest & 3).add_(base)
    white = base + (size * size + size + 1)
    last = torch.sub(white, step.index_select(0, lowest & 3))
    corners = torch.empty(count, 4, dtype=torch.int32, device=device)
    high, mid, low = (t.view(torch.float32) for t in (highest, middle, lowest))
    weights = torch.empty(count, 4, device=device)
    # Computed in whole vectors and copied: arithmetic on every fourth element is slow.
    for column, corner in enumerate((base, first, last, white)):
        corners[:, column].copy_(corner)
    for column, weight in enumerate((1 - high, high - mid, mid - low, low)):
        weights[:, column].copy_(weight)
    return embedding_bag(corners, table.view(-1, 4), mode="sum", per_sample_weights=weights)


def _sorted(fraction: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The bits of the largest, middle and smallest of (3, M) fractions, tagged with their axis.

    Compared as integers: numbers below 1e-38, which the tag makes of 0, compare as 0 where a
    library has switched them off in the process.
    """
    tagged = fraction.view(torch.int32).bitwise_and_(~3)
    for axis in (1, 2):
        tagged[axis].bitwise_or_(axis)
    r, g, b = tagged
    highest, lowest = torch.maximum(r, g), torch.minimum(r, g)
    middle = torch.maximum(lowest, torch.minimum(highest, b))
    return torch.maximum(highest, b), middle, torch.minimum(lowest, b)
