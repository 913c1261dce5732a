"""The small picture that the networks see, made by area averaging.

`thumbnail` makes it of a picture that is there at once, `ThumbnailBuilder` of one that arrives
in strips. Both average over the same areas: a picture and its `Thumbnail` give one prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colorfix_core.color import gamut
from colorfix_core.errors import ImageError
from colorfix_core.pixels.depths import Array, full

SIDE = 224
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture, and how much each of its pixels counts.

    Attributes
    ----------
    picture : (h, w, 3) float32, sides up to 224; at most 1, below 0 only beyond sRGB
    weights : (h, w) float32 in [0, 1]
    damaged : how many pixels were no numbers, though they counted
    """

    picture: Floats
    weights: Floats
    damaged: int = 0


class ThumbnailBuilder:
    """Averages colors, each weighted, over equal areas of a picture that arrives in strips.

    Sides of up to 224 pixels are left as they are. Memory stays flat.
    """

    def __init__(self, height: int, width: int) -> None:
        self._rows, self._columns = _areas(height), _areas(width)
        self._colors = np.zeros((len(self._rows), width, 3), np.float32)
        self._weights = np.zeros((len(self._rows), width), np.float32)
        self._damaged = 0

    def add(self, top: int, pixels: Array, weights: Array | None = None) -> None:
        """Take rows from `top` on.

        Parameters
        ----------
        pixels : (h, w, 3 or 4) uint8, uint16 or float32; floats may lie beyond 0..1
        weights : (h, w) float32; None if every pixel counts. What has none may be anything.
        """
        weights = self._of_numbers(pixels, weights)
        block, unit = _weighted(pixels, weights), full(pixels.dtype)
        bottom = top + len(pixels)
        for number, (start, end) in enumerate(self._rows):
            if start < bottom and end > top:
                part = slice(max(start - top, 0), end - top)
                total = block[part].sum(0)[:, :3]  # in 64 bits for integers
                self._colors[number] += total / np.float32(unit * (end - start))
                count = len(block[part]) if weights is None else weights[part].sum(0)
                self._weights[number] += count / np.float32(end - start)

    def _of_numbers(self, pixels: Array, weights: Array | None) -> Array | None:
        """The weights, 0 where a color is NaN."""
        if pixels.dtype.kind != "f" or not np.isnan(pixels[..., :3].sum()):
            return weights
        damaged = np.isnan(pixels[..., :3]).any(-1)
        kept = np.ones(damaged.shape, np.float32) if weights is None else weights.copy()
        self._damaged += int((damaged & (kept > 0)).sum())
        kept[damaged] = 0
        return kept

    def result(self) -> Thumbnail:
        """The small picture."""
        colors, weights = (
            np.stack([sums[:, start:end].mean(1) for start, end in self._columns], 1)
            for sums in (self._colors, self._weights)
        )
        means = colors / np.where(weights > 0, weights, 1)[..., None]
        picture = gamut.unmirrored(np.asarray(means, np.float32))
        return Thumbnail(picture, weights, self._damaged)


def thumbnail(image: Array, mask: ArrayLike | None = None) -> Floats:
    """Average a picture over equal areas; the aspect ratio is not kept.

    Parameters
    ----------
    image : (H, W, 3) uint8, uint16 or float, sRGB-encoded; floats may lie beyond [0, 1], as those
        of wider gamuts do, and NaN counts as 0
    mask : (H, W) weights in [0, 1] or bool; 0 means not looked at. None: everything counts.

    Returns
    -------
    (224, 224, 3) float32, at most 1, and below 0 only where the picture is beyond sRGB. Areas
    without any weight show the mean color of the rest.

    Raises
    ------
    ValueError : wrong shape or dtype
    ImageError : the mask leaves nothing to look at
    """
    image = _checked(image)
    if image.dtype.kind == "f":
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
            image = gamut.dimmed(image.astype(np.float32))
    return gamut.unmirrored(_averaged(image, mask))


def _averaged(image: Array, mask: ArrayLike | None) -> Floats:
    if mask is None:
        return np.stack([_reduce(_scaled(image[..., c])) for c in range(3)], -1)
    rows, columns, weights = _looked_at(mask, image.shape[:2])
    image, weights = image[rows, columns], weights[rows, columns]
    weight = _reduce(weights)[..., None]
    total = np.stack([_reduce(_scaled(image[..., c]) * weights) for c in range(3)], -1)
    mean = total.sum((0, 1)) / weight.sum()
    return np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), mean).astype(np.float32)


def seen_window(
    shape: tuple[int, ...], mask: ArrayLike | None = None
) -> tuple[float, float, float, float]:
    """What part of a picture its `thumbnail` shows: top, left, bottom, right as shares of a side.

    `shape` is that of the picture's rows and columns; raises as `thumbnail` does.
    """
    if mask is None:
        return 0.0, 0.0, 1.0, 1.0
    rows, columns, _ = _looked_at(mask, shape)
    height, width = shape
    return rows.start / height, columns.start / width, rows.stop / height, columns.stop / width


def _checked(image: Array) -> Array:
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"a picture has shape (H, W, 3), not {image.shape}")
    if image.dtype not in (np.uint8, np.uint16) and image.dtype.kind != "f":
        raise ValueError(f"a picture is uint8, uint16 or float, not {image.dtype}")
    return image


def _looked_at(mask: ArrayLike, shape: tuple[int, ...]) -> tuple[slice, slice, Floats]:
    """The bounding box of what counts, and the weights as float32."""
    weights = np.nan_to_num(np.asarray(mask, np.float32)).clip(0, 1)
    if weights.shape != shape:
        raise ValueError(f"the mask has shape {weights.shape}, the picture {shape}")
    rows, columns = np.flatnonzero(weights.any(1)), np.flatnonzero(weights.any(0))
    if rows.size == 0:
        raise ImageError(
            "There is nothing to look at: everything is transparent or outside the selection."
        )
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1), weights


def _scaled(channel: Array) -> Floats:
    """One channel as float32 that 1 is the full of."""
    return channel.astype(np.float32) / np.float32(full(channel.dtype))


def _reduce(channel: Array) -> Floats:
    # GIMP's plug-in only builds thumbnails, and has no time for Pillow.
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(channel, np.float32))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def _weighted(pixels: Array, weights: Array | None) -> Array:
    """Colors times weight; what is no color stays, so that nothing is copied for it."""
    if pixels.dtype.kind == "f":
        pixels = gamut.dimmed(pixels)
    if weights is None:
        return pixels
    return np.where(weights[..., None] > 0, pixels * weights[..., None], 0)


def _areas(length: int) -> list[tuple[int, int]]:
    """The first pixel, and the first no longer in it, of each area along a side.

    A pixel belongs where its center lies, as in Pillow's BOX filter, which `thumbnail` reduces
    with.
    """
    side = min(length, SIDE)
    scale = length / side
    center = (np.arange(side)[:, None] + 0.5) * scale
    pixel = np.arange(length)
    offset = (pixel - center + 0.5) * (1 / scale)
    # Centers on an edge fall to the side on which Pillow's own rounding lets them fall.
    near = (pixel >= (center - 0.5 * scale + 0.5).astype(int)) & (
        pixel < (center + 0.5 * scale + 0.5).astype(int)
    )
    inside = near & (offset > -0.5) & (offset <= 0.5)
    starts = inside.argmax(1)
    return list(zip(starts.tolist(), (starts + inside.sum(1)).tolist(), strict=True))
