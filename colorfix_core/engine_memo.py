"""8-bit pictures repeat their colours: a table that remembers each colour's correction.

There are 2**24 colours of 8 bits a channel, and a photo uses few of them. The table has a
place for each; a colour's correction is computed by the engine when it first turns up, and looked
up from then on. The numbers are the engine's own, so it cannot be told from the outside which
pixels were computed and which remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .lut import Lut3D

Kernel = Callable[[np.ndarray, np.ndarray], None]
# So many pixels tell whether a picture's colours recur.
TRIAL_PIXELS = 1 << 22
# Large enough to make the dozen array operations cheap, small enough for the third-level cache.
_CHUNK = 1 << 18
_COLOUR, _OPAQUE = np.uint32(0xFFFFFF), np.uint32(0xFF000000)


@lru_cache(maxsize=1)
def memo_of(lut: Lut3D, engine: str) -> Memo:
    """The memo of the latest LUT (64 MB once every colour was met), kept between calls."""
    return Memo()


class Memo:
    """What is known of one LUT's 8-bit corrections.

    `table` holds, at the index r + 256 g + 65536 b, the bytes R, G, B, 255 of the correction, or
    zeros where it is not known. Threads share it without a lock: whoever writes an entry writes
    the same four bytes at once.
    """

    def __init__(self) -> None:
        # Unlike zeros(), empty() asks the system for huge pages, which halve the look-up time.
        self.table = np.empty(1 << 24, "<u4")
        self.table.fill(0)
        self._seen = self._computed = 0

    @property
    def pays(self) -> bool:
        """Whether colours recur; in noise of full strength they do not."""
        return self._seen < TRIAL_PIXELS or self._computed * 3 < self._seen

    def kernel(self, compute: Kernel) -> Kernel:
        """Wrap an engine's uint8 kernel."""

        def look_up(pixels: np.ndarray, out: np.ndarray) -> None:
            if not self.pays:
                compute(pixels, out)
                return
            start = 0
            while start < len(pixels):
                # Short chunks while most colours are new: none is computed twice in later ones.
                stop = start + min(_CHUNK, max(_CHUNK >> 4, self._seen // 4))
                self._look_up(pixels[start:stop], out[start:stop], compute)
                start = stop

        return look_up

    def _look_up(self, pixels: np.ndarray, out: np.ndarray, compute: Kernel) -> None:
        index, found = _scratch(len(pixels))
        rgba = pixels.shape[1] == 4
        if rgba:
            words = pixels.view("<u4")[:, 0]
            np.bitwise_and(words, _COLOUR, out=found)
            np.copyto(index, found)
            opaque = words.min() >= _OPAQUE
            if opaque:
                found = out.view("<u4")[:, 0]
        else:
            _index_rgb(pixels, index)
        self.table.take(index, mode="wrap", out=found)
        self._seen += len(index)
        if found.min() < _OPAQUE:
            self._compute_unknown(index, found, compute)
        if not rgba:
            _store_rgb(found, out)
        elif not opaque:
            np.bitwise_and(found, words | _COLOUR, out=out.view("<u4")[:, 0])

    def _compute_unknown(self, index: np.ndarray, found: np.ndarray, compute: Kernel) -> None:
        """Complete `found`, and the table, where the table had nothing."""
        where = np.flatnonzero(found < _OPAQUE)
        unknown = index[where]
        colours = (unknown.astype("<u4") | _OPAQUE).view(np.uint8).reshape(-1, 4)
        compute(colours, colours)
        known = colours.view("<u4").ravel()
        found[where] = known
        self.table[unknown] = known
        self._computed += len(where)


_buffers = threading.local()


def _scratch(count: int) -> tuple[np.ndarray, np.ndarray]:
    """This thread's buffers for `count` indices and table entries."""
    if not hasattr(_buffers, "index"):
        _buffers.index, _buffers.found = np.empty(_CHUNK, np.intp), np.empty(_CHUNK, "<u4")
    return _buffers.index[:count], _buffers.found[:count]


def _index_rgb(pixels: np.ndarray, index: np.ndarray) -> None:
    """The table index of each (M, 3) pixel.

    Reads four bytes at every third address: one pixel and the red of the next, which is masked
    off. The last pixel has no next one.
    """
    index[:-1] = np.ndarray(len(pixels) - 1, "<u4", pixels.data, strides=(3,))
    index &= 0xFFFFFF
    r, g, b = pixels[-1].tolist()
    index[-1] = r + (g << 8) + (b << 16)


def _store_rgb(found: np.ndarray, out: np.ndarray) -> None:
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
