"""Correction on a GPU: strips go there and back through page-locked buffers, three at a time.

While one strip is being corrected the next is on its way in and the one before on its way out. The
kernel is Triton's where torch brings it along, and otherwise a chain of torch operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import embedding_bag

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D

STRIP_PIXELS = 1 << 22
_SLOTS = 3

Strip = tuple[np.ndarray, np.ndarray]
# correct(source, target): (M, 3 or 4) tensors on the GPU
Correct = Callable[[torch.Tensor, torch.Tensor], None]


def run(lut: Lut3D, strips: Iterable[Strip], channels: int, dtype: np.dtype, device: str) -> None:
    """Correct strips of host memory on a GPU.

    Parameters
    ----------
    lut : Lut3D without a shaper
    strips : pairs of (..., channels) views, at most STRIP_PIXELS pixels each
    dtype : native dtype of the pixels
    device : "cuda" or "cuda:N", which exists

    Raises
    ------
    torch.OutOfMemoryError
        Before the first strip is touched: all memory is asked for at the start.
    """
    with torch.cuda.device(device), torch.inference_mode():
        correct = prepare(lut, dtype, torch.device("cuda"))
        slots = [_Slot(channels, dtype) for _ in range(_SLOTS)]
        torch.cuda.current_stream().synchronize()
        for turn, (pixels, out) in enumerate(strips):
            slot = slots[turn % _SLOTS]
            slot.finish()
            slot.start(pixels, out, correct)
        for turn in range(_SLOTS):
            slots[turn].finish()


class _Slot:
    """Room for one strip: page-locked memory, device memory, and a stream of work."""

    def __init__(self, channels: int, dtype: np.dtype) -> None:
        shape = STRIP_PIXELS, channels
        kind = torch.from_numpy(np.empty(0, dtype)).dtype
        self._host = torch.empty(shape, dtype=kind, pin_memory=True)
        self._device = torch.empty(shape, dtype=kind, device="cuda")
        self._stream = torch.cuda.Stream()
        self._out: np.ndarray | None = None

    def start(self, pixels: np.ndarray, out: np.ndarray, correct: Correct) -> None:
        count = pixels.size // pixels.shape[-1]
        host, device = self._host[:count], self._device[:count]
        np.copyto(host.numpy().reshape(pixels.shape), pixels)
        with torch.cuda.stream(self._stream):
            device.copy_(host, non_blocking=True)
            correct(device, device)
            host.copy_(device, non_blocking=True)
        self._out = out

    def finish(self) -> None:
        """Wait for the strip and store it."""
        if self._out is None:
            return
        self._stream.synchronize()
        count = self._out.size // self._out.shape[-1]
        np.copyto(self._out, self._host[:count].numpy().reshape(self._out.shape))
        self._out = None


def prepare(lut: Lut3D, dtype: np.dtype, device: torch.device) -> Correct:
    """The function that corrects pixels of this dtype on the GPU."""
    full = int(np.iinfo(dtype).max) if dtype.kind == "u" else 0
    bounds = _bounds(lut).to(device)
    if _triton_works(device):
        from colorfix_core.luts.kernels import by_triton

        table = torch.nn.functional.pad(torch.tensor(lut.table), (0, 1)).to(device)
        return lambda source, target: by_triton.correct(source, target, table, bounds, full)
    table = padded(lut.table).to(device)
    return lambda source, target: correct_by_torch(source, target, table, bounds, full)


@cache
def _triton_works(device: torch.device) -> bool:
    """Whether Triton is there and can compile; it needs a C compiler on the user's machine."""
    if find_spec("triton") is None:
        return False
    from colorfix_core.luts.kernels import by_triton

    pixel = torch.zeros(1, 3, device=device)
    table = torch.zeros(2, 2, 2, 4, device=device)
    try:
        by_triton.correct(pixel, pixel, table, torch.zeros(4, 4, device=device), 0)
    except Exception as error:  # whatever it is, the torch operations do without
        if isinstance(error, torch.OutOfMemoryError):
            raise
        return False
    return True


def _bounds(lut: Lut3D) -> torch.Tensor:
    """See `by_triton.correct`."""
    low, high = np.array(lut.domain_min), np.array(lut.domain_max)
    rows = np.zeros((4, 4), np.float32)
    rows[:, :3] = low, (lut.size - 1) / (high - low), *lut._carry_range()
    return torch.from_numpy(rows)


def correct_by_torch(
    source: torch.Tensor,
    target: torch.Tensor,
    table: torch.Tensor,
    bounds: torch.Tensor,
    full: int,
) -> None:
    """What `by_triton.correct` does, in a dozen passes; `table` comes from `padded`."""
    size = table.shape[0] - 1
    low, scale, carry_low, carry_high = bounds[:, :3, None]
    colours = source[:, :3].T
    if full:
        value = inside = colours.float() / full
    else:
        value = colours if colours.dtype == torch.float64 else colours.float()
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


def padded(table: np.ndarray) -> torch.Tensor:
    """A LUT's table with its last layers repeated and a fourth channel, as (N+1, N+1, N+1, 4).

    The last lattice point of an axis then is the first of a cell like all others.
    """
    return torch.from_numpy(np.pad(table, ((0, 1), (0, 1), (0, 1), (0, 1)), mode="edge"))


def interpolate(table: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    See `engine_numpy.interpolate`, which this equals within 4e-7 of the table's range. Takes no
    sorting and no branches: each fraction carries the number of its axis in its two lowest bits,
    so the largest and the smallest name the first and last edge of the walk from the cell's black
    to its white corner.

    Parameters
    ----------
    table : (N + 1, N + 1, N + 1, 4) float32 from `padded`
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
