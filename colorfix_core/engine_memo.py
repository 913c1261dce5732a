"""8-bit pictures repeat their colours: a table that remembers each colour's correction.

There are 2**24 colours of 8 bits a channel, and a photo uses few of them. The table has a
place for each; a colour's correction is computed by the engine when it first turns up, and looked
up from then on. The numbers are the engine's own, so it cannot be told from the outside which
pixels were computed and which remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .lut import Lut3D

Kernel = Callable[[np.ndarray, np.ndarray], None]
# Below this many pixels the engine alone is as fast.
WORTHWHILE_PIXELS = 1 << 22
# Index and result of so many pixels stay in a core's second-level cache.
_CHUNK = 1 << 15
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
        self.table = np.zeros(1 << 24, "<u4")
        self._seen = self._computed = 0

    @property
    def pays(self) -> bool:
        """Whether colours recur; in noise of full strength they do not."""
        return self._seen < WORTHWHILE_PIXELS or self._computed * 3 < self._seen

    def kernel(self, compute: Kernel) -> Kernel:
        """Wrap an engine's uint8 kernel."""

        def look_up(pixels: np.ndarray, out: np.ndarray) -> None:
            if not self.pays:
                compute(pixels, out)
                return
            for start in range(0, len(pixels), _CHUNK):
                self._look_up(pixels[start : start + _CHUNK], out[start : start + _CHUNK], compute)

        return look_up

    def _look_up(self, pixels: np.ndarray, out: np.ndarray, compute: Kernel) -> None:
        index = _index(pixels)
        found = self.table.take(index, mode="wrap")
        self._seen += len(index)
        if found.min() < _OPAQUE:
            unknown = np.flatnonzero(found < _OPAQUE)
            colours = (index[unknown].astype("<u4") | _OPAQUE).view(np.uint8).reshape(-1, 4)
            compute(colours, colours)
            known = colours.view("<u4").ravel()
            found[unknown] = known
            self.table[index[unknown]] = known
            self._computed += len(unknown)
        if pixels.shape[1] == 4:
            found &= pixels.view("<u4").ravel() | _COLOUR
            out.view("<u4")[:, 0] = found
        else:
            channels = found.view(np.uint8).reshape(-1, 4)
            for c in range(3):
                out[:, c] = channels[:, c]


def _index(pixels: np.ndarray) -> np.ndarray:
    """The table index of each (M, 3 or 4) uint8 pixel."""
    if pixels.shape[1] == 4:
        return (pixels.view("<u4").ravel() & _COLOUR).astype(np.intp)
    index = np.zeros(len(pixels), np.intp)
    # Four bytes at every third address: one pixel and the red of the next, which is masked off.
    # The last pixel has no next one.
    index[:-1] = np.ndarray(len(pixels) - 1, "<u4", pixels.data, strides=(3,))
    index &= 0xFFFFFF
    r, g, b = pixels[-1].tolist()
    index[-1] = r + (g << 8) + (b << 16)
    return index
