"""Torch as the engine, for machines without OpenColorIO: tetrahedra as weighted bags of corners.

`torch.nn.functional.embedding_bag` gathers four lattice points per pixel and adds them with
four weights in one call; what is left is finding the tetrahedron, which takes no sorting and no
branches: each fraction carries the number of its axis in its two lowest bits, so the largest and
the smallest name the first and last edge of the walk from the cell's black to its white corner.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from . import engine_numpy

if TYPE_CHECKING:
    from .lut import Lut3D
# A dozen temporary arrays of this length stay in the third-level cache.
STRIP_PIXELS = 1 << 17
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
    table = padded(lut.table)
    low = np.float32(lut.domain_min)[:, None]
    scale = (lut.size - 1) / (np.float32(lut.domain_max)[:, None] - low)

    @torch.inference_mode()
    def kernel(pixels: np.ndarray, out: np.ndarray) -> None:
        colours = pixels if lut.shaper is None else engine_numpy.shape(lut.shaper, pixels[:, :3])
        position = _buffer("position", (3, len(pixels)), torch.float32)
        # By numpy, because torch warns of arrays that are read-only.
        np.multiply(colours[:, :3].T, scale, out=position.numpy())
        if low.any():
            position.sub_(torch.from_numpy(low * scale))
        corrected = interpolate(table, position.clamp_(0, lut.size - 1)).numpy()
        if out.shape[1] == 4:
            corrected[:, 3] = pixels[:, 3]
            out[...] = corrected
        else:
            for channel in range(3):
                out[:, channel] = corrected[:, channel]

    return kernel


def padded(table: np.ndarray) -> torch.Tensor:
    """A LUT's table with its last layers repeated and a fourth channel, as (N+1, N+1, N+1, 4).

    The last lattice point of an axis then is the first of a cell like all others.
    """
    return torch.from_numpy(np.pad(table, ((0, 1), (0, 1), (0, 1), (0, 1)), mode="edge"))


def interpolate(table: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    See `engine_numpy.interpolate`, which this equals within 4e-7 of the table's range.

    Parameters
    ----------
    table : (N + 1, N + 1, N + 1, 4) float32 from `padded`
    position : (3, M) float32 in [0, N - 1], lattice coordinates; overwritten

    Returns
    -------
    (M, 4) float32
    """
    (_, count), device, size = position.shape, position.device, table.shape[0]
    cell = _buffer("cell", (3, count), torch.int32, device).copy_(position)
    base = torch.add(cell[1], cell[0], alpha=size)
    base = torch.add(cell[2], base, alpha=size)
    highest, middle, lowest = _sorted(position.frac_())

    step = torch.tensor([size * size, size, 1], dtype=torch.int32, device=device)
    first = step.index_select(0, highest & 3).add_(base)
    white = base + (size * size + size + 1)
    last = torch.sub(white, step.index_select(0, lowest & 3))
    corners = _buffer("corners", (count, 4), torch.int32, device)
    high, mid, low = (t.view(torch.float32) for t in (highest, middle, lowest))
    weights = _buffer("weights", (count, 4), torch.float32, device)
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


_buffers = threading.local()


def _buffer(
    name: str, shape: tuple[int, int], dtype: torch.dtype, device: torch.device | str = "cpu"
) -> torch.Tensor:
    """Uninitialised memory; on the CPU this thread's own, because fresh pages cost more."""
    count = shape[0] * shape[1]
    if str(device) != "cpu" or count > 4 * STRIP_PIXELS:
        return torch.empty(shape, dtype=dtype, device=device)
    kept = getattr(_buffers, name, None)
    if kept is None or kept.numel() < count:
        with torch.inference_mode(False):  # or it could be used in inference mode only
            kept = torch.empty(count, dtype=dtype)
        setattr(_buffers, name, kept)
    return kept[:count].view(shape)
