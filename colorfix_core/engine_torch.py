"""Torch as the engine, for machines without OpenColorIO: tetrahedra as weighted bags of corners.

`torch.nn.functional.embedding_bag` gathers four lattice points per pixel and adds them with
four weights in one call; what is left is finding the tetrahedron, which takes no sorting and no
branches: each fraction carries the number of its axis in its two lowest bits, so the largest and
the smallest name the first and last edge of the walk from the cell's black to its white corner.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from . import engine_numpy

if TYPE_CHECKING:
    from .lut import Lut3D
# A dozen temporary arrays of this length stay in the second-level cache.
STRIP_PIXELS = 1 << 16
# 8-bit pictures of this many pixels are worth a memo of their colours.
MEMO_PIXELS = 1 << 19


def name() -> str:
    """Name this engine and its version."""
    return f"torch {torch.__version__}"


def start_worker() -> None:
    """Keep torch from starting threads of its own inside a worker.

    Its own threads wait for each other at every operation, and stall when another program holds
    a core; workers with a strip each do not.
    """
    torch.set_num_threads(1)


def prepare(lut: Lut3D, dtype: np.dtype) -> Callable[[np.ndarray, np.ndarray], None] | None:
    """See `engine`; every LUT, float32 pixels."""
    if dtype.name != "float32":
        return None
    table = torch.from_numpy(lut.table.reshape(-1, 3).copy())
    low = np.float32(lut.domain_min)
    scale = (lut.size - 1) / (np.float32(lut.domain_max) - low)

    @torch.inference_mode()
    def kernel(pixels: np.ndarray, out: np.ndarray) -> None:
        colours = pixels if lut.shaper is None else engine_numpy.shape(lut.shaper, pixels[:, :3])
        position = torch.empty(3, len(pixels))
        for channel in range(3):
            # By numpy, because torch warns of arrays that are read-only.
            np.subtract(colours[:, channel], low[channel], out=position[channel].numpy())
            position[channel].mul_(float(scale[channel])).clamp_(0, lut.size - 1)
        corrected = interpolate(table, lut.size, position)
        target = torch.from_numpy(out)
        for channel in range(3):
            target[:, channel].copy_(corrected[:, channel])
        if out.shape[1] == 4 and out is not pixels:
            out[:, 3] = pixels[:, 3]

    return kernel


def interpolate(table: torch.Tensor, size: int, position: torch.Tensor) -> torch.Tensor:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    See `engine_numpy.interpolate`, which this equals within 4e-7 of the table's range.

    Parameters
    ----------
    table : (size**3, 3) float32, blue fastest
    position : (3, M) float32 in [0, size - 1], lattice coordinates; overwritten

    Returns
    -------
    (M, 3) float32
    """
    device = position.device
    cell = position.int().clamp_(max=size - 2)
    fraction = position.sub_(cell)
    base = cell[0].mul_(size).add_(cell[1]).mul_(size).add_(cell[2])

    # Compared as integers: numbers below 1e-38, which the axis makes of 0, compare as 0 where a
    # library has switched them off in the process.
    tagged = fraction.view(torch.int32).bitwise_and_(~3)
    for axis in (1, 2):
        tagged[axis].bitwise_or_(axis)
    r, g, b = tagged
    highest, lowest = torch.maximum(r, g), torch.minimum(r, g)
    middle = torch.maximum(lowest, torch.minimum(highest, b))
    highest, lowest = torch.maximum(highest, b), torch.minimum(lowest, b)
    strides = torch.tensor([size * size, size, 1], dtype=torch.int32, device=device)

    corners = torch.empty(position.shape[1], 4, dtype=torch.int32, device=device)
    corners[:, 0] = base
    torch.add(base, strides.index_select(0, highest & 3), out=corners[:, 1])
    base += size * size + size + 1
    torch.sub(base, strides.index_select(0, lowest & 3), out=corners[:, 2])
    corners[:, 3] = base

    high, mid, low = (t.view(torch.float32) for t in (highest, middle, lowest))
    weights = torch.empty(position.shape[1], 4, device=device)
    torch.sub(1, high, out=weights[:, 0])
    torch.sub(high, mid, out=weights[:, 1])
    torch.sub(mid, low, out=weights[:, 2])
    weights[:, 3] = low
    return embedding_bag(corners, table, mode="sum", per_sample_weights=weights)
