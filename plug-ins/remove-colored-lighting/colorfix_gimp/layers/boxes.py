"""Rectangles of a layer, cut into strips that memory can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gegl, Gimp
from colorfix_gimp.translation import _

STRIP_PIXELS = 1 << 20

Place = tuple[int, int, int, int]  # top, left, and height and width of the whole layer


@dataclass(frozen=True)
class Box:
    """A rectangle in a layer's own coordinates."""

    x: int
    y: int
    width: int
    height: int

    def strips(self, multiple: int = 1) -> Iterator[Box]:
        """Cut into bands of whole rows, a multiple of some number, that memory can hold."""
        rows = max(1, STRIP_PIXELS // self.width // multiple) * multiple
        for y in range(self.y, self.y + self.height, rows):
            yield Box(self.x, y, self.width, min(rows, self.y + self.height - y))

    def moved(self, x: int, y: int) -> Box:
        """The same box so much further right and down."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    @property
    def rectangle(self) -> Gegl.Rectangle:
        """The box as GEGL wants it."""
        return Gegl.Rectangle.new(self.x, self.y, self.width, self.height)


def place_of(layer: Gimp.Layer, box: Box) -> Place:
    """Where a box lies in its layer, as the engine wants it."""
    return box.y, box.x, layer.get_height(), layer.get_width()


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of some; there is at least one."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    return Box(left, top, right - left, max(box.y + box.height for box in boxes) - top)


def whole(layer: Gimp.Layer) -> Box:
    """The whole layer."""
    return Box(0, 0, layer.get_width(), layer.get_height())


def selected(layer: Gimp.Layer) -> Box:
    """The part of a layer that the selection touches; all of it without a selection."""
    touched, *box = layer.mask_intersect()
    if not touched:
        raise Failure(
            _("The selection does not touch “{layer}”; select a part of it.").format(
                layer=layer.get_name()
            )
        )
    return Box(*box)
