"""Tetrahedral interpolation as a dozen torch operations, for where Triton cannot compile."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from colorfix_core.luts.data import LutData


def correct(
    source: torch.Tensor,
    target: torch.Tensor,
    table: torch.Tensor,
    bounds: torch.Tensor,
    full: int,
) -> None:
    """See `TensorKernels`."""
    size = table.shape[0] - 1
    low, scale, carry_low, carry_high = bounds[:, :3, None]
    colors = source[:, :3].T
    if full:
        value = inside = colors.float() / full
    else:
        value = colors if colors.dtype == torch.float64 else colors.float()
        inside = value.nan_to_num(0.0, torch.inf, -torch.inf)
        inside = inside.clamp(carry_low.to(value), carry_high.to(value))
    position = ((inside.float() - low) * scale).clamp_(0, size - 1).contiguous()
    result = interpolate(table, position)[:, :3].T
    if full:
        result = result.clamp_(0, 1).mul_(full).add_(0.5).floor_()
    else:
        result = result.to(value.dtype) + (value - inside)
    if target is not source:
        target.copy_(source)
    target[:, :3] = result.T.to(target.dtype)


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
