"""Small and partial views of a layer for the preview: 8-bit colours and what is selected."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from gi.repository import GdkPixbuf, Gimp, GLib

from colorfix_core.parallel import ahead
from colorfix_gimp.layers.correct import whole
from colorfix_gimp.layers.encodings import Box, Encoding, selection_weights, view_of
from colorfix_gimp.layers.glance import Glance

LONGEST_SIDE = 1024


@dataclass(frozen=True)
class View:
    """A part of a layer as it is shown."""

    pixels: np.ndarray  # (height, width, 4) uint8
    weights: np.ndarray | None  # (height, width) in 0..1: how far a pixel is selected

    @classmethod
    def of(cls, glance: Glance) -> "View":
        """What GIMP has at hand of a layer, all of it selected."""
        return cls(_eight_bit(glance.pixels, glance.encoding), None)

    def corrected(self, correction) -> np.ndarray:
        """The pixels after a correction, which stays inside the selection."""
        after = correction(self.pixels)
        if self.weights is not None:
            mix = self.weights[..., None] * (after.astype(np.float32) - self.pixels)
            after = (self.pixels + mix + 0.5).astype(np.uint8)
        return after

    def scaled(self, width: int, height: int) -> "View":
        """The view at another size."""
        if (height, width) == self.pixels.shape[:2]:
            return self
        weights = self.weights
        if weights is not None:
            grey = np.repeat((weights * 255).astype(np.uint8)[..., None], 4, -1)
            weights = _scale(grey, width, height)[..., 0] / np.float32(255)
        return View(_scale(self.pixels, width, height), weights)


def part(layer: Gimp.Layer, box: Box) -> View:
    """A part of the layer, pixel for pixel."""
    encoding = Encoding.of(layer)
    pixels = encoding.read(layer.get_buffer(), box)
    return View(_eight_bit(pixels, encoding), selection_weights(layer, box))


def overview(layer: Gimp.Layer) -> Generator[None, None, View]:
    """Shrink the whole layer, a strip at a time."""
    box = whole(layer)
    factor = -(-max(box.width, box.height) // LONGEST_SIDE)
    encoding, buffer = Encoding.of(layer), view_of(layer.get_id())

    def read(strip: Box) -> tuple[np.ndarray, np.ndarray | None]:
        return encoding.read(buffer, strip), selection_weights(layer, strip)

    def shrink(part: tuple[np.ndarray, np.ndarray | None]) -> tuple[np.ndarray, np.ndarray | None]:
        pixels, chosen = part
        weights = None if chosen is None else _shrink(chosen[..., None], factor)[..., 0]
        return _eight_bit(_shrink(pixels, factor), encoding), weights

    strips = []
    for strip in ahead(shrink, map(read, box.strips(factor))):
        strips.append(strip)
        yield
    pixels, weights = zip(*strips, strict=True)
    limited = not any(part is None for part in weights)
    return View(np.concatenate(pixels), np.concatenate(weights) if limited else None)


def _eight_bit(pixels: np.ndarray, encoding: Encoding) -> np.ndarray:
    """What a screen can show of pixels: uint8, with alpha."""
    if pixels.dtype != np.uint8:
        scaled = np.nan_to_num(pixels).astype(np.float32) * (255 / encoding.unit)
        pixels = (scaled.clip(0, 255) + 0.5).astype(np.uint8)
    if encoding.has_alpha:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def _shrink(values: np.ndarray, factor: int) -> np.ndarray:
    """Average blocks of factor x factor in (h, w, c); incomplete blocks at the edge are left out.

    Sides shorter than a block become one pixel.
    """
    if factor == 1:
        return values
    height, width, channels = values.shape
    down, across = min(factor, height), min(factor, width)
    rows, columns = height // down, width // across
    values = values[: rows * down, : columns * across]
    sums = values.reshape(rows, down, -1).sum(1, dtype=np.float32)
    return sums.reshape(rows, columns, across, channels).mean(2) / down


def _scale(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Resample (h, w, 4) uint8; alpha is respected."""
    rows, columns = pixels.shape[:2]
    pixbuf = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(pixels.tobytes()),
        GdkPixbuf.Colorspace.RGB, True, 8, columns, rows, 4 * columns,
    )  # fmt: skip
    result = pixbuf.scale_simple(width, height, GdkPixbuf.InterpType.BILINEAR)
    data = np.frombuffer(result.get_pixels(), np.uint8)
    stride = result.get_rowstride()
    padded = np.zeros(stride * height, np.uint8)
    padded[: data.size] = data
    return padded.reshape(height, stride)[:, : 4 * width].reshape(height, width, 4)
