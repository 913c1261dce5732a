"""Views of a layer for the preview: read strip by strip, shrunk and scaled by the engine."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_core.parallel import ahead
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp, GLib
from colorfix_gimp.gtk import GdkPixbuf
from colorfix_gimp.layers.boxes import Box, Place, whole
from colorfix_gimp.layers.encodings import Encoding, view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.layers.selection import selection_weights

LONGEST_SIDE = 1024


@dataclass(frozen=True)
class View:
    """A part of a layer as it is shown: see `colorfix_core.pixels.views.View`."""

    pixels: Pixels
    weights: Pixels | None = None
    colors: Pixels | None = None

    def scaled(self, width: int, height: int) -> View:
        """The view at another size."""
        if self.pixels.shape[:2] == (height, width):
            return self
        if self.weights is None and self.colors is None and width < self.pixels.shape[1]:
            return View(_shrunk(self.pixels, width, height))
        return View(**engine.call("scaled", vars(self), width, height))

    def shown(self, correction: Held | None, place: Place | None = None) -> tuple[Pixels, Pixels]:
        """Before and after a correction: (height, width, 3) uint8, over checks.

        `place` is that of the part that is seen; None: all is seen.
        """
        before, after = engine.call("shown", vars(self), correction, place)
        return before, after


def finely(seen: View, correction: Held, width: int, height: int) -> Pixels:
    """A view after a correction, which is shrunk only then: (height, width, 3) uint8."""
    after: Pixels = engine.call("shown_finely", vars(seen), correction, width, height)
    return after


def glimpse(glance: Glance) -> View:
    """What GIMP has at hand of a layer, all of it selected."""
    return View(**engine.call("view", glance.pixels))


def part(layer: Gimp.Layer, box: Box) -> View:
    """A part of the layer, pixel for pixel."""
    pixels = Encoding.of(layer).read(layer.get_buffer(), box)
    return View(**engine.call("view", pixels, selection_weights(layer, box)))


def overview(layer: Gimp.Layer) -> Generator[None, None, View]:
    """Shrink the whole layer, a strip at a time."""
    box = whole(layer)
    factor = -(-max(box.width, box.height) // LONGEST_SIDE)
    encoding, buffer = Encoding.of(layer), view_of(layer.get_id())

    def read(strip: Box) -> tuple[Pixels, Pixels | None]:
        return encoding.read(buffer, strip), selection_weights(layer, strip)

    def small(part: tuple[Pixels, Pixels | None]) -> View:
        return View(**engine.call("view", *part, factor))

    strips = []
    for strip in ahead(small, map(read, box.strips(factor))):
        strips.append(strip)
        yield
    return _stacked(strips)


def _shrunk(pixels: Pixels, width: int, height: int) -> Pixels:
    """(h, w, 4) uint8, made smaller; GdkPixbuf, which respects alpha, is faster than all others."""
    rows, columns, _four = pixels.shape
    pixbuf = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(pixels.data), GdkPixbuf.Colorspace.RGB, True, 8, columns, rows, 4 * columns
    )
    result = pixbuf.scale_simple(width, height, GdkPixbuf.InterpType.BILINEAR)
    if result is None:
        raise MemoryError
    # Four bytes a pixel need no padding.
    return Pixels(result.get_pixels(), (height, width, 4), "uint8")


def _stacked(views: Sequence[View]) -> View:
    """Views below one another; what one of them lacks, they all lack."""
    weights = [view.weights for view in views if view.weights]
    colors = [view.colors for view in views if view.colors]
    return View(
        _below_one_another([view.pixels for view in views]),
        _below_one_another(weights) if len(weights) == len(views) else None,
        _below_one_another(colors) if len(colors) == len(views) else None,
    )


def _below_one_another(parts: Sequence[Pixels]) -> Pixels:
    height, *rest = parts[0].shape
    height = sum(part.shape[0] for part in parts)
    return Pixels(b"".join(part.data for part in parts), (height, *rest), parts[0].dtype)
