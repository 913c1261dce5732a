"""Pixels of a layer as numpy arrays: sRGB-encoded float, strip by strip."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from gi.repository import Gegl, Gimp

FORMAT = "R'G'B'A float"  # sRGB primaries and curve, whatever the image's own are
STRIP_PIXELS = 1 << 20


@dataclass(frozen=True)
class Box:
    """A rectangle in a layer's own coordinates."""

    x: int
    y: int
    width: int
    height: int

    def strips(self, multiple: int = 1) -> Iterator["Box"]:
        """Cut into bands of whole rows, a multiple of some number, that memory can hold."""
        rows = max(1, STRIP_PIXELS // self.width // multiple) * multiple
        for y in range(self.y, self.y + self.height, rows):
            yield Box(self.x, y, self.width, min(rows, self.y + self.height - y))

    @property
    def rectangle(self) -> Gegl.Rectangle:
        return Gegl.Rectangle.new(self.x, self.y, self.width, self.height)


def read(buffer: Gegl.Buffer, box: Box, scale: float = 1.0) -> np.ndarray:
    """Float pixels (height, width, 4), read-only; with a scale, `box` is in scaled pixels."""
    data = buffer.get(box.rectangle, scale, FORMAT, Gegl.AbyssPolicy.NONE)
    return np.frombuffer(data, np.float32).reshape(box.height, box.width, 4)


def write(buffer: Gegl.Buffer, box: Box, pixels: np.ndarray) -> None:
    """Write float pixels; GEGL would drop data of a wrong length without a word."""
    if pixels.shape != (box.height, box.width, 4) or pixels.dtype != np.float32:
        raise ValueError(f"{pixels.dtype}{pixels.shape} does not fill {box}")
    buffer.set(box.rectangle, FORMAT, memoryview(np.ascontiguousarray(pixels)).cast("B"))


def selection_weights(layer: Gimp.Layer, box: Box, scale: float = 1.0) -> np.ndarray | None:
    """How far each pixel is selected, (height, width) in 0..1; None if nothing limits it."""
    image = layer.get_image()
    if Gimp.Selection.is_empty(image) or layer.is_floating_sel():
        return None
    _ok, left, top = layer.get_offsets()
    moved = Box(box.x + round(left * scale), box.y + round(top * scale), box.width, box.height)
    data = image.get_selection().get_buffer().get(
        moved.rectangle, scale, "Y float", Gegl.AbyssPolicy.NONE
    )
    return np.frombuffer(data, np.float32).reshape(box.height, box.width)
