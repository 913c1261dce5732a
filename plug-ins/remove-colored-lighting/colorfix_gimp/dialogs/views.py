"""Views of a layer for the preview: read strip by strip, scaled by GdkPixbuf."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from colorfix_core.parallel import ahead
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.views import View, eight_bit, resized
from colorfix_gimp.gimp import Gimp, GLib
from colorfix_gimp.gtk import GdkPixbuf
from colorfix_gimp.layers.boxes import Box, whole
from colorfix_gimp.layers.encodings import Encoding, view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.layers.selection import selection_weights

LONGEST_SIDE = 1024


def glimpse(glance: Glance) -> View:
    """What GIMP has at hand of a layer, all of it selected."""
    return View.of(glance.pixels, glance.encoding.unit)


def part(layer: Gimp.Layer, box: Box) -> View:
    """A part of the layer, pixel for pixel."""
    encoding = Encoding.of(layer)
    pixels = encoding.read(layer.get_buffer(), box)
    return View.of(pixels, encoding.unit, selection_weights(layer, box))


def overview(layer: Gimp.Layer) -> Generator[None, None, View]:
    """Shrink the whole layer, a strip at a time."""
    box = whole(layer)
    factor = -(-max(box.width, box.height) // LONGEST_SIDE)
    encoding, buffer = Encoding.of(layer), view_of(layer.get_id())

    def read(strip: Box) -> tuple[Array, Array | None]:
        return encoding.read(buffer, strip), selection_weights(layer, strip)

    def small(part: tuple[Array, Array | None]) -> View:
        pixels, chosen = part
        return View.of(pixels, encoding.unit, chosen, factor)

    strips = []
    for strip in ahead(small, map(read, box.strips(factor))):
        strips.append(strip)
        yield
    return View.stacked(strips)


def scaled(view: View, width: int, height: int) -> View:
    """The view at another size; a whole number of times as large, each pixel becomes a square."""
    rows, columns = view.pixels.shape[:2]
    if (height, width) == (rows, columns):
        return view
    if width % columns == 0 and height == width // columns * rows:
        return view.enlarged(width // columns)
    weights = view.weights
    if weights is not None:
        gray = np.repeat((weights * 255).astype(np.uint8)[..., None], 4, -1)
        weights = _scale(gray, width, height)[..., 0] / np.float32(255)
    if view.colors is None:
        return View(_scale(view.pixels, width, height), weights)
    colors = resized(view.colors, width, height)
    return View(eight_bit(colors, 1), weights, colors)


def _scale(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resample (h, w, 4) uint8; alpha is respected."""
    rows, columns = pixels.shape[:2]
    pixbuf = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(pixels.tobytes()),
        GdkPixbuf.Colorspace.RGB, True, 8, columns, rows, 4 * columns,
    )  # fmt: skip
    result = pixbuf.scale_simple(width, height, GdkPixbuf.InterpType.BILINEAR)
    if result is None:
        raise MemoryError
    data = np.frombuffer(result.get_pixels(), np.uint8)
    stride = result.get_rowstride()
    padded = np.zeros(stride * height, np.uint8)
    padded[: data.size] = data
    return padded.reshape(height, stride)[:, : 4 * width].reshape(height, width, 4)
