"""Tetrahedral interpolation for GPUs: one pass reads, corrects and writes every pixel once."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.nn.functional import pad

from colorfix_core.color import gamut
from colorfix_core.luts import beyond
from colorfix_core.luts.data import LutData

BLOCK = 256
# Triton reads only such globals as are marked for it.
LARGEST = tl.constexpr(beyond.LARGEST)
MOST_PUSH = tl.constexpr(beyond.MOST_PUSH)
ABOVE = tl.constexpr(beyond.ABOVE)
CURVE_FROM = tl.constexpr(gamut.CURVE_FROM)
SLOPE = tl.constexpr(gamut.SLOPE)


@triton.jit
def _mirrored(encoded):  # type: ignore[no-untyped-def]
    """See `gamut.mirrored`; a power of two of a logarithm is what every card has."""
    light = tl.maximum(-encoded, CURVE_FROM) / SLOPE
    curve = 1.055 * tl.exp2(tl.log2(light) * (1 / 2.4)) - 0.055
    return tl.where(encoded < -CURVE_FROM, -curve, encoded)


@triton.jit
def _unmirrored(colors):  # type: ignore[no-untyped-def]
    """See `gamut.unmirrored`."""
    curve = (tl.maximum(-colors, CURVE_FROM) + 0.055) / 1.055
    light = tl.exp2(tl.log2(curve) * 2.4) * SLOPE
    return tl.where(colors < -CURVE_FROM, -light, colors)


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
    MIRRORED: tl.constexpr,
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
    if FULL:
        value = stored.to(tl.float32) * (1.0 / FULL)
        inside = value
    else:
        # What `beyond.corrected` defines; the fourth lane is kept out of every choice.
        value = stored.to(tl.float64) if stored.dtype == tl.float64 else stored.to(tl.float32)
        least = tl.load(bounds + 8 + channel)[None, :]
        most = tl.load(bounds + 12 + channel)[None, :]
        floor = tl.load(bounds + 16 + channel)[None, :]
        number = tl.where(value == value, value, 0.0)
        leaves = (number < least) | (number > most)
        if MIRRORED:
            leaves = (number < 0.0) | (number > 1.0)
        far = tl.max((is_color & leaves).to(tl.int32), 1)[:, None] > 0
        bounded = tl.minimum(_mirrored(number), LARGEST)
        bright = tl.max(tl.where(is_color, bounded / most, 1.0), 1)[:, None]
        bright = tl.maximum(bright, 1.0)
        color = bounded / bright
        gray = tl.max(tl.where(is_color, color, 0.0), 1)[:, None] + ABOVE
        gray = tl.minimum(gray, tl.min(tl.where(is_color, most, LARGEST), 1)[:, None])
        color = tl.maximum(color, floor - (gray - floor) * (MOST_PUSH - 1.0))
        push = tl.max(tl.where(is_color, (gray - color) / (gray - floor), 1.0), 1)[:, None]
        push = tl.maximum(push, 1.0)
        border = tl.minimum(tl.maximum(gray + (color - gray) / push, floor), most)
        nearest = border
        if not MIRRORED:
            nearest = tl.minimum(tl.maximum(_unmirrored(border), least), most)
        inside = tl.where(far, nearest, number)

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
        found = result.to(value.dtype)
        pushed = found if MIRRORED else _mirrored(found)
        top = tl.max(tl.where(is_color, border, -LARGEST), 1)[:, None]
        # Tables may hold any number: the lowest of a color stands in for the fourth lane.
        lowest_found = tl.min(tl.where(is_color, pushed, float("inf")), 1)[:, None]
        center = tl.max(tl.where(is_color, pushed, lowest_found), 1)[:, None] + (gray - top)
        result = _unmirrored((center + (pushed - center) * push) * bright)
        result += number - _unmirrored(color * bright)
        within = _unmirrored(found) if MIRRORED else found
        result = tl.where(far, result, within)
        result = tl.where(value == value, result, value)
    tl.store(target + place, tl.where(is_color, result.to(stored.dtype), stored), mask=exists)


def table_of(lut: LutData) -> Tensor:
    """The table with a fourth channel, which is not used, as (N, N, N, 4)."""
    return pad(torch.tensor(lut.table), (0, 1))


def correct(
    source: Tensor, target: Tensor, table: Tensor, bounds: Tensor, full: int, mirrored: bool
) -> None:
    """See `TensorKernels`."""
    count, channels = source.shape
    grid = (triton.cdiv(count, BLOCK),)
    constants = table.shape[0], channels, full, mirrored, BLOCK
    kernel[grid](source, target, table, bounds, count, *constants)
