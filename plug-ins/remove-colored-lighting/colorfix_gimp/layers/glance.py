"""A small copy of a layer, which GIMP has at hand long before the layer itself is read."""

from __future__ import annotations

from dataclasses import dataclass

from colorfix_core.engine.contract import Pixels
from colorfix_gimp.gimp import Babl, Gegl, Gimp
from colorfix_gimp.layers.boxes import Box
from colorfix_gimp.layers.encodings import EIGHT_BIT, Encoding
from colorfix_gimp.layers.selection import limits
from colorfix_gimp.layers.small_copy import IS_SRGB, small_copy


@dataclass(frozen=True)
class Glance:
    """What a layer looks like, roughly: GIMP's averages of its pixels."""

    pixels: Pixels  # (height, width, channels)
    encoding: Encoding

    @classmethod
    def at(cls, layer: Gimp.Layer) -> Glance | None:
        """None where GIMP's small copy would not show what is corrected.

        It includes the filters on a layer, and says nothing of what is selected.
        """
        if limits(layer) or layer.get_filters():
            return None
        data, width, height, channels = small_copy(layer.get_id())
        if data is None:
            return None
        box = Box(0, 0, width, height)
        if IS_SRGB:
            encoding = EIGHT_BIT[channels]
            return cls(encoding.pixels(data.get_data(), box), encoding)
        encoding = Encoding.of(layer)
        return cls(encoding.read(_buffer(layer, box, data.get_data()), box), encoding)


def _buffer(layer: Gimp.Layer, box: Box, data: bytes) -> Gegl.Buffer:
    """Pixels in the layer's own format, which GEGL converts when they are read."""
    native = Babl.get_name(layer.get_format())
    buffer = Gegl.Buffer.new(native, box.x, box.y, box.width, box.height)
    buffer.set(box.rectangle, native, data)
    return buffer
