"""Pixels of a layer as the engine takes them: sRGB-encoded, strip by strip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from colorfix_core.engine.contract import Pixels
from colorfix_gimp.gimp import Babl, Gegl, Gimp
from colorfix_gimp.layers.boxes import Box

TILE_CACHE = 256 << 20  # bytes; GEGL would keep every tile it has seen, up to half the memory


@dataclass(frozen=True)
class Encoding:
    """How pixels travel between GIMP and the engine; always with sRGB's primaries and curve.

    Integers come without alpha where the layer has none: to add it costs more than to correct.
    """

    format: str
    dtype: str
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

    def read(self, buffer: Gegl.Buffer, box: Box) -> Pixels:
        """Pixels (height, width, channels)."""
        data = buffer.get(box.rectangle, 1.0, self.format, Gegl.AbyssPolicy.NONE)
        return self.pixels(data, box)

    def pixels(self, data: bytes, box: Box) -> Pixels:
        """Bytes that are in this encoding already, as pixels (height, width, channels)."""
        return Pixels(data, (box.height, box.width, self.channels), self.dtype)

    def write(self, buffer: Gegl.Buffer, box: Box, pixels: Pixels) -> None:
        """Write pixels; GEGL would drop data of a wrong length without a word."""
        if pixels.shape != (box.height, box.width, self.channels) or pixels.dtype != self.dtype:
            raise ValueError(f"{pixels.dtype}{pixels.shape} does not fill {box}")
        buffer.set(box.rectangle, self.format, pixels.data)


FLOAT = Encoding("R'G'B'A float", "float32")
EIGHT_BIT = {3: Encoding("R'G'B' u8", "uint8", 3), 4: Encoding("R'G'B'A u8", "uint8")}
_INTEGERS = {
    encoding.format: encoding
    for encoding in (
        *EIGHT_BIT.values(),
        Encoding("R'G'B' u16", "uint16", 3),
        Encoding("R'G'B'A u16", "uint16"),
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


def read_alpha(buffer: Gegl.Buffer, box: Box) -> Pixels:
    """Alpha (height, width) in 0..1."""
    data = buffer.get(box.rectangle, 1.0, "A float", Gegl.AbyssPolicy.NONE)
    return Pixels(data, (box.height, box.width), "float32")
