"""What a screen shows of pixels: 8 bits a channel, smaller, over a checkerboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import gamut
from colorfix_core.pixels.depths import Array, full

CHECKS = np.array([[102, 153], [153, 102]], np.uint8).repeat(8, 0).repeat(8, 1)


@dataclass(frozen=True)
class View:
    """A part of a picture as it is shown.

    Attributes
    ----------
    pixels : (h, w, 4) uint8
    weights : (h, w) float32 in [0, 1], how far a pixel is selected; None: all are
    colors : (h, w, 4) float32, mirrored, what `pixels` show no more than 8 bits of; None: all
    """

    pixels: NDArray[np.uint8]
    weights: Array | None = None
    colors: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, pixels: Array, unit: int, weights: Array | None = None, factor: int = 1) -> View:
        """Show pixels, blocks of factor x factor as one.

        Parameters
        ----------
        pixels : (h, w, 3 or 4) integer or float, in which `unit` means 1
        weights : (h, w) float32 in [0, 1]; None: all are selected
        """
        if weights is not None:
            weights = shrink(weights[..., None], factor)[..., 0]
        if unit == full(np.uint8):
            return cls(eight_bit(shrink(pixels, factor), unit), weights)
        colors = shrink(_mirrored_floats(pixels, unit), factor)
        return cls(eight_bit(colors, 1), weights, colors)

    @classmethod
    def stacked(cls, views: Sequence[View]) -> View:
        """Views below one another."""
        pixels = np.concatenate([view.pixels for view in views])
        weights = [view.weights for view in views if view.weights is not None]
        colors = [view.colors for view in views if view.colors is not None]
        return cls(
            pixels,
            np.concatenate(weights) if len(weights) == len(views) else None,
            np.concatenate(colors) if len(colors) == len(views) else None,
        )

    def enlarged(self, factor: int) -> View:
        """Each pixel as a square of factor x factor."""

        weights = None if self.weights is None else _grown(self.weights, factor)
        colors = None if self.colors is None else _grown(self.colors, factor)
        return View(_grown(self.pixels, factor), weights, colors)

    def scaled(self, width: int, height: int) -> View:
        """The view at another size; a whole number of times as large, each pixel becomes a square.

        Else areas are averaged, or colors interpolated.
        """
        rows, columns = self.pixels.shape[:2]
        if (height, width) == (rows, columns):
            return self
        if width % columns == 0 and height == width // columns * rows:
            return self.enlarged(width // columns)
        weights = self.weights
        if weights is not None:
            weights = _resized(weights[..., None], width, height)[..., 0]
        if self.colors is None:
            colors = self.pixels.astype(np.float32) * np.float32(1 / 255)
            return View(eight_bit(resized(colors, width, height), 1), weights)
        colors = resized(self.colors, width, height)
        return View(eight_bit(colors, 1), weights, colors)

    def after(self, correction: Callable[[Array], Array]) -> View:
        """The view after a correction, with what 8 bits do not show; see `corrected`."""
        if self.colors is None:
            return View(self.corrected(correction))
        before = np.ascontiguousarray(gamut.unmirrored(self.colors))
        colors = np.asarray(correction(before), np.float32)
        if self.weights is not None:
            colors = before + self.weights[..., None] * (colors - before)
        colors[..., :3] = gamut.mirrored(colors[..., :3])
        return View(eight_bit(colors, 1), None, colors)

    def corrected(self, correction: Callable[[Array], Array]) -> NDArray[np.uint8]:
        """The pixels after a correction of (h, w, 4) pixels, which stays inside the selection.

        It is given colors as they are, not as 8 bits show them: what goes on beyond sRGB is seen.
        """
        if self.colors is None:
            after = correction(self.pixels)
        else:
            colors = np.ascontiguousarray(gamut.unmirrored(self.colors))
            after = eight_bit(correction(colors), 1)
        if self.weights is not None:
            mix = self.weights[..., None] * (after.astype(np.float32) - self.pixels)
            after = (self.pixels + mix + 0.5).astype(np.uint8)
        return after


def eight_bit(pixels: Array, depth: int) -> NDArray[np.uint8]:
    """What a screen can show of pixels.

    Parameters
    ----------
    pixels : (h, w, 3 or 4) integer or float; floats beyond the range are clamped, NaN is black
    depth : the number that means 1

    Returns
    -------
    (h, w, 4) uint8, opaque if there was no alpha
    """
    if pixels.dtype != np.uint8:
        scaled = np.nan_to_num(pixels).astype(np.float32) * (full(np.uint8) / depth)
        pixels = (scaled.clip(0, 255) + 0.5).astype(np.uint8)
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def _mirrored_floats(pixels: Array, unit: int) -> NDArray[np.float32]:
    """(h, w, 4) float32 whose averages mean something; NaN becomes black, opaque without alpha."""
    numbers = np.nan_to_num(pixels.astype(np.float32) / np.float32(unit))
    colors = np.ones((*pixels.shape[:2], 4), np.float32)
    colors[..., : pixels.shape[2]] = numbers
    colors[..., :3] = gamut.mirrored(colors[..., :3])
    return colors


def _grown(values: Array, factor: int) -> Array:
    return values.repeat(factor, 0).repeat(factor, 1)


def resized(colors: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """(h, w, 4) float32 at another size: areas are averaged, by alpha, or colors interpolated."""
    mixed = _resized(np.dstack([colors[..., :3] * colors[..., 3:], colors[..., 3:]]), width, height)
    mixed[..., :3] /= np.maximum(mixed[..., 3:], 1e-6)
    return mixed


def _resized(values: Array, width: int, height: int) -> NDArray[np.float32]:
    """(h, w, c) at another size: averaged over areas, or interpolated."""
    rows, columns = _mixing(height, len(values)), _mixing(width, values.shape[1])
    mixed = np.einsum("yh,hwc->ywc", rows, values, optimize=True)
    return np.asarray(np.einsum("xw,ywc->yxc", columns, mixed, optimize=True), np.float32)


def _mixing(target: int, source: int) -> NDArray[np.float32]:
    """How much of each source pixel goes into each target pixel, (target, source); a tent."""
    scale = max(source / target, 1)
    center = (np.arange(target)[:, None] + 0.5) * source / target - 0.5
    tent = np.maximum(0, 1 - np.abs(np.arange(source) - center) / scale)
    return np.asarray(tent / tent.sum(1, keepdims=True), np.float32)


def shrink(values: Array, factor: int) -> Array:
    """Average blocks of factor x factor in (h, w, c); incomplete blocks at the edge are left out.

    Sides shorter than a block become one pixel. The result is float32, or `values` for factor 1.
    """
    if factor == 1:
        return values
    height, width, channels = values.shape
    down, across = min(factor, height), min(factor, width)
    rows, columns = height // down, width // across
    values = values[: rows * down, : columns * across]
    sums = values.reshape(rows, down, -1).sum(1, dtype=np.float32)
    averages: Array = sums.reshape(rows, columns, across, channels).mean(2) / down
    return averages


def on_checks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) uint8 over a checkerboard, (h, w, 3) uint8."""
    alpha = pixels[..., 3:]
    if alpha.min() == 255:
        return pixels[..., :3]
    height, width = pixels.shape[:2]
    repeats = -(-height // CHECKS.shape[0]), -(-width // CHECKS.shape[1])
    checks = np.tile(CHECKS, repeats)[:height, :width, None]
    mix = pixels[..., :3].astype(np.uint32) * alpha + checks.astype(np.uint32) * (255 - alpha)
    return ((mix + 127) // 255).astype(np.uint8)
