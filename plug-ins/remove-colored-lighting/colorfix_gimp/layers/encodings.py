"""Pixels of a layer as numpy arrays: sRGB-encoded, strip by strip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from colorfix_core.pixels.depths import Array, full
from colorfix_gimp.gimp import Babl, Gegl, Gimp
from colorfix_gimp.layers.boxes import Box

TILE_CACHE = 256 << 20  # bytes; GEGL would keep every tile it has seen, up to half the memory


@dataclass(frozen=True)
class Encoding:
    """How pixels travel between GIMP and numpy; always with sRGB's primaries and curve.

    Integers come without alpha where the layer has none: to add it costs more than to correct.
    """

    format: str
    dtype: type[np.generic]
    channels: int = 4

    @classmethod
    def of(cls, layer: Gimp.Layer) -> Encoding:
        """What loses nothing: the layer's own integers if they are sRGB already, else floats."""
        native = Babl.get_name(layer.get_format())
        return _INTEGERS.get(native, FLOAT)

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return self.channels == 4

    @property
    def unit(self) -> int:
        """The number that means 1."""
        return full(self.dtype)

    def read(self, buffer: Gegl.Buffer, box: Box) -> Array:
        """Pixels (height, width, channels); may be read-only."""
        data = buffer.get(box.rectangle, 1.0, self.format, Gegl.AbyssPolicy.NONE)
        return self.pixels(data, box)

    def pixels(self, data: bytes, box: Box) -> Array:
        """Bytes that are in this encoding already, as pixels (height, width, channels)."""
        return np.frombuffer(data, self.dtype).reshape(box.height, box.width, self.channels)

    def write(self, buffer: Gegl.Buffer, box: Box, pixels: Array) -> None:
        """Write pixels; GEGL would drop data of a wrong length without a word."""
        if pixels.shape != (box.height, box.width, self.channels) or pixels.dtype != self.dtype:
            raise ValueError(f"{pixels.dtype}{pixels.shape} does not fill {box}")
        # Bytes cross into C as one block; a memoryview would go item by item.
        buffer.set(box.rectangle, self.format, pixels.tobytes())


FLOAT = Encoding("R'G'B'A float", np.float32)
EIGHT_BIT = {3: Encoding("R'G'B' u8", np.uint8, 3), 4: Encoding("R'G'B'A u8", np.uint8)}
_INTEGERS = {
    encoding.format: encoding
    for encoding in (
        *EIGHT_BIT.values(),
        Encoding("R'G'B' u16", np.uint16, 3),
        Encoding("R'G'B'A u16", np.uint16),
    )
}


@cache
def view_of(layer_id: int) -> Gegl.Buffer:
    """A layer's pixels for looking only: what one look has fetched from GIMP serves the next."""
    return Gimp.Item.get_by_id(layer_id).get_buffer()


def keep_memory_flat() -> None:
    """Bound what GEGL remembers of the layers that pass through this process."""
    Gegl.init(None)
    Gegl.config().set_property("tile-cache-size", TILE_CACHE)


def read_alpha(buffer: Gegl.Buffer, box: Box) -> Array:
    """Alpha (height, width) in 0..1."""
    data = buffer.get(box.rectangle, 1.0, "A float", Gegl.AbyssPolicy.NONE)
    return np.frombuffer(data, np.float32).reshape(box.height, box.width)
