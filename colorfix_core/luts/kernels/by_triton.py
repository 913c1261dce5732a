"""Tetrahedral interpolation for GPUs: one pass reads, corrects and writes every pixel once."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.nn.functional import pad

from colorfix_core.luts.data import LutData

BLOCK = 256


@triton.jit  # type: ignore[untyped-decorator]
def kernel(  # type: ignore[no-untyped-def]
    source,
    target,
    table,
    bounds,
    count,
    SIZE: tl.constexpr,
    CHANNELS: tl.constexpr,
    FULL: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """One program corrects BLOCK pixels; axis 1 is the channel, padded to four."""
    pixel = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    channel = tl.arange(0, 4)
    is_color = (channel < 3)[None, :]
    place = pixel[:, None] * CHANNELS + channel[None, :]
    exists = (pixel < count)[:, None] & (channel < CHANNELS)[None, :]
    stored = tl.load(source + place, mask=exists, other=0)

    low = tl.load(bounds + channel)[None, :]
    scale = tl.load(bounds + 4 + channel)[None, :]
    carry_low = tl.load(bounds + 8 + channel)[None, :]
    carry_high = tl.load(bounds + 12 + channel)[None, :]
    if FULL:
        value = stored.to(tl.float32) * (1.0 / FULL)
        inside = value
    else:
        value = stored.to(tl.float64) if stored.dtype == tl.float64 else stored.to(tl.float32)
        number = tl.where(value == value, value, 0.0)
        inside = tl.minimum(tl.maximum(number, carry_low), carry_high)

    position = (inside.to(tl.float32) - low) * scale
    position = tl.minimum(tl.maximum(position, 0.0), SIZE - 1.0)
    cell = tl.minimum(position.to(tl.int32), SIZE - 2)
    fraction = position - cell.to(tl.float32)
    stride = tl.where(channel == 0, SIZE * SIZE, tl.where(channel == 1, SIZE, 1))[None, :]
    base = tl.sum(tl.where(is_color, cell * stride, 0), 1)

    # The order of the three fractions names the tetrahedron; see reference.interpolate. Where
    # two are equal either order will do, as long as first and last edge differ.
    highest = tl.max(tl.where(is_color, fraction, -1.0), 1)
    lowest = tl.min(tl.where(is_color, fraction, 2.0), 1)
    middle = tl.sum(tl.where(is_color, fraction, 0.0), 1) - highest - lowest
    is_first = is_color & (fraction == highest[:, None])
    is_last = is_color & (fraction == lowest[:, None])
    first = base + tl.max(tl.where(is_first, stride, 0), 1)
    end = base + (SIZE * SIZE + SIZE + 1)
    last = end - tl.min(tl.where(is_last, stride, SIZE * SIZE), 1)

    lane = channel[None, :]
    result = tl.load(table + base[:, None] * 4 + lane) * (1.0 - highest)[:, None]
    result += tl.load(table + first[:, None] * 4 + lane) * (highest - middle)[:, None]
    result += tl.load(table + last[:, None] * 4 + lane) * (middle - lowest)[:, None]
    result += tl.load(table + end[:, None] * 4 + lane) * lowest[:, None]

    if FULL:
        result = tl.floor(tl.minimum(tl.maximum(result, 0.0), 1.0) * FULL + 0.5)
    else:
        result = result.to(value.dtype) + (value - inside)
    tl.store(target + place, tl.where(is_color, result.to(stored.dtype), stored), mask=exists)


def table_of(lut: LutData) -> Tensor:
    """The table with a fourth channel, which is not used, as (N, N, N, 4)."""
    return pad(torch.tensor(lut.table), (0, 1))


def correct(source: Tensor, target: Tensor, table: Tensor, bounds: Tensor, full: int) -> None:
    """See `TensorKernels`."""
    count, channels = source.shape
    grid = (triton.cdiv(count, BLOCK),)
    kernel[grid](source, target, table, bounds, count, table.shape[0], channels, full, BLOCK)
