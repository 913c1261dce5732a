"""8-bit pictures repeat their colors: a table that remembers each color's correction.

There are 2**24 colors of 8 bits a channel, and a photo uses few of them. The table has a
place for each. A few rows of a large picture show which parts of the color cube it uses; those
are computed beforehand, cell by cell, which costs less than picking them pixel by pixel. Any
other color is computed when it first turns up. The numbers are the kernel's own, so it cannot be
told from the outside which pixels were computed and which remembered.
"""

from __future__ import annotations

import mmap
import threading
from contextlib import suppress
from functools import cache

import numpy as np

from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.kernels.contract import Kernel

# So many pixels tell whether a picture's colors recur.
TRIAL_PIXELS = 1 << 22
# Large enough to make the dozen array operations cheap, small enough for the third-level cache.
_CHUNK = 1 << 18
_COLOR, _OPAQUE = np.uint32(0xFFFFFF), np.uint32(0xFF000000)
# The color cube is surveyed and filled in cells of 8 x 8 x 8 colors.
_CELL_BITS = 3
_CELL_WIDTH = 1 << _CELL_BITS
_CELLS = 256 // _CELL_WIDTH
_CELLS_PER_JOB = 128


class Memo:
    """What is known of one LUT's 8-bit corrections.

    `table` holds, at the index r + 256 g + 65536 b, the bytes R, G, B, 255 of the correction, or
    zeros where it is not known. Threads share it without a lock: whoever writes an entry writes
    the same four bytes at once.
    """

    def __init__(self, lut: LutData) -> None:
        self.lut = lut
        self.table = _empty_table()
        self._filled = np.zeros((_CELLS,) * 3, bool)  # indexed [b, g, r]
        self._seen = self._computed = 0

    def missing_cells(self, image: Array) -> list[tuple[Array, ...]]:
        """What to fill for an (..., 3 or 4) image, as jobs: the b, g and r of some cells each.

        Nothing where colors are so scattered that the cells hold far more than are needed.
        """
        missing = _widened(_survey(image)) & ~self._filled
        if np.count_nonzero(missing) * _CELL_WIDTH**3 > image.size // image.shape[-1] // 8:
            return []
        cells = np.nonzero(missing)
        starts = range(0, len(cells[0]), _CELLS_PER_JOB)
        return [tuple(axis[i : i + _CELLS_PER_JOB] for axis in cells) for i in starts]

    def fill(self, compute: Kernel, b: Array, g: Array, r: Array) -> None:
        """Compute every color of some cells with a uint8 kernel."""
        colors = _cell_colors(b, g, r)
        pixels = colors.view(np.uint8).reshape(-1, 4)
        compute(pixels, pixels)
        cells = self.table.reshape((_CELLS, _CELL_WIDTH) * 3)
        cells[b, :, g, :, r, :] = colors
        self._filled[b, g, r] = True

    @property
    def pays(self) -> bool:
        """Whether colors recur; in noise of full strength they do not."""
        return self._seen < TRIAL_PIXELS or self._computed * 3 < self._seen

    def kernel(self, compute: Kernel) -> Kernel:
        """Wrap a uint8 kernel."""

        def look_up(pixels: Array, out: Array) -> None:
            if not self.pays:
                compute(pixels, out)
                return
            start = 0
            while start < len(pixels):
                # Short chunks while most colors are new: none is computed twice in later ones.
                stop = start + min(_CHUNK, max(_CHUNK >> 4, self._seen // 4))
                self._look_up(pixels[start:stop], out[start:stop], compute)
                start = stop

        return look_up

    def _look_up(self, pixels: Array, out: Array, compute: Kernel) -> None:
        index, found = _scratch(len(pixels))
        if pixels.shape[1] == 3:
            _index_rgb(pixels, index)
            self._take(index, found, compute)
            _store_rgb(found, out)
            return
        words, target = pixels.view("<u4")[:, 0], out.view("<u4")[:, 0]
        if words.min() >= _OPAQUE:
            # As signed numbers these count from the table's end, as negative indices do.
            np.copyto(index, words.view("<i4"))
            self._take(index, target, compute)
        else:
            np.copyto(index, np.bitwise_and(words, _COLOR, out=found))
            self._take(index, found, compute)
            np.bitwise_and(found, words | _COLOR, out=target)

    def _take(self, index: Array, found: Array, compute: Kernel) -> None:
        """Fetch the entries at these indices, computing those the table does not have."""
        self.table.take(index, mode="wrap", out=found)
        self._seen += len(index)
        if found.min() < _OPAQUE:
            self._compute_unknown(index, found, compute)

    def _compute_unknown(self, index: Array, found: Array, compute: Kernel) -> None:
        """Complete `found`, and the table, where the table had nothing."""
        where = np.flatnonzero(found < _OPAQUE)
        unknown = index[where]
        colors = (unknown.astype("<u4") | _OPAQUE).view(np.uint8).reshape(-1, 4)
        compute(colors, colors)
        known = colors.view("<u4").ravel()
        found[where] = known
        self.table[unknown] = known
        self._computed += len(where)


def _empty_table() -> Array:
    """A table of zeros, on huge pages where the system has them: they halve the look-up time."""
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(1 << 24, "<u4")
    memory = mmap.mmap(-1, 1 << 26, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, "<u4")


def _survey(image: Array) -> Array:
    """Which cells, [b, g, r], the colors of every 64th pixel lie in."""
    tall = image.ndim > 2 and len(image) >= 256
    sample = image[16::32, ::2] if tall else image[..., ::64, :]
    r, g, b = (sample[..., channel] >> _CELL_BITS for channel in range(3))
    cell = b.astype(np.uint16)
    for axis in (g, r):
        cell *= _CELLS
        cell += axis
    met = np.zeros(_CELLS**3, bool)
    met[cell] = True
    return met.reshape((_CELLS,) * 3)


def _widened(cells: Array) -> Array:
    """The cells and their neighbours: what the survey has missed is mostly there."""
    wider = cells.copy()
    for axis in range(3):
        source, target = np.moveaxis(cells, axis, 0), np.moveaxis(wider, axis, 0)
        target[1:] |= source[:-1]
        target[:-1] |= source[1:]
    return wider


def _cell_colors(b: Array, g: Array, r: Array) -> Array:
    """The opaque colors of some cells, as (cells, 8, 8, 8) table indices with alpha."""
    first = (b << 16 | g << 8 | r).astype("<u4") * np.uint32(_CELL_WIDTH)
    step = np.arange(_CELL_WIDTH, dtype="<u4")
    offset = step[:, None, None] << 16 | step[:, None] << 8 | step | _OPAQUE
    return first[:, None, None, None] + offset


_buffers = threading.local()


def _scratch(count: int) -> tuple[Array, Array]:
    """This thread's buffers for `count` indices and table entries."""
    if not hasattr(_buffers, "index"):
        _buffers.index, _buffers.found = np.empty(_CHUNK, np.intp), np.empty(_CHUNK, "<u4")
    return _buffers.index[:count], _buffers.found[:count]


def _index_rgb(pixels: Array, index: Array) -> None:
    """The table index of each (M, 3) pixel.

    Reads four bytes at every third address: one pixel and the red of the next, which is masked
    off. The last pixel has no next one.
    """
    index[:-1] = np.ndarray(len(pixels) - 1, "<u4", pixels.data, strides=(3,))
    index &= 0xFFFFFF
    r, g, b = pixels[-1].tolist()
    index[-1] = r + (g << 8) + (b << 16)


def _store_rgb(found: Array, out: Array) -> None:
    """Drop the fourth byte of each entry; `out` is (M, 3).

    Storing four bytes at every third address is twice as fast as channel by channel; each store
    mends the byte too many of the one before it, if they are made in order.
    """
    if not _stores_in_order():
        out[:] = found.view(np.uint8).reshape(-1, 4)[:, :3]
        return
    np.ndarray(len(out) - 1, "<u4", out.data, strides=(3,))[:] = found[:-1]
    out[-1] = found[-1:].view(np.uint8)[:3]


@cache
def _stores_in_order() -> bool:
    """Whether this numpy stores overlapping elements first to last; it does not promise to."""
    entries = np.arange(1000, dtype="<u4") * 0x10203
    stored = np.zeros((1001, 3), np.uint8)
    np.ndarray(1000, "<u4", stored.data, strides=(3,))[:] = entries
    return np.array_equal(stored[:1000], entries.view(np.uint8).reshape(-1, 4)[:, :3])
