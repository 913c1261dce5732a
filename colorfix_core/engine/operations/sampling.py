"""From strips of a layer to the small picture that the networks see."""

from __future__ import annotations

from typing import Any

import numpy as np

from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.thumbnail import Thumbnail, ThumbnailBuilder
from colorfix_core.pixels.weights import counting, extent


def counted_box(
    alpha: Array, chosen: Array | None
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The smallest box around the pixels that count: rows and columns, first and one past the last.

    Parameters
    ----------
    alpha : (h, w), 0 being transparent
    chosen : (h, w) in 0..1, how far each is selected; None: all are

    Returns
    -------
    None if no pixel counts.
    """
    weights = counting(chosen, alpha)
    if weights is None:
        return (0, alpha.shape[0]), (0, alpha.shape[1])
    if not weights.any():
        return None
    rows, columns = extent(np.any(weights > 0, 1)), extent(np.any(weights > 0, 0))
    return (rows.start, rows.stop), (columns.start, columns.stop)


def thumbnail_builder(height: int, width: int) -> ThumbnailBuilder:
    """What averages a picture of this size, as it arrives in strips."""
    return ThumbnailBuilder(height, width)


def add_strip(builder: ThumbnailBuilder, top: int, pixels: Array, chosen: Array | None) -> None:
    """Take rows from `top` on; what is transparent does not count, nor what is not selected.

    Parameters
    ----------
    pixels : (h, w, 3 or 4) uint8, uint16 or float32
    chosen : (h, w) in 0..1; None: all are selected
    """
    alpha = pixels[..., 3] if pixels.shape[-1] == 4 else None
    builder.add(top, pixels, counting(chosen, alpha))


def finished(builder: ThumbnailBuilder) -> dict[str, Any]:
    """The small picture: `picture`, `weights` and `damaged` of a `Thumbnail`; `counts`, if any."""
    return _facts(builder.result())


def rough_thumbnail(pixels: Array) -> dict[str, Any]:
    """See `finished`; of (h, w, 3 or 4) pixels that are small already, those visible."""
    weights = None
    if pixels.shape[-1] == 4:
        visible = pixels[..., 3] > 0
        seen = extent(np.any(visible, 1)), extent(np.any(visible, 0))
        pixels, weights = pixels[seen], visible[seen].astype(np.float32)
    builder = ThumbnailBuilder(*pixels.shape[:2])
    builder.add(0, pixels, weights)
    return _facts(builder.result())


def _facts(seen: Thumbnail) -> dict[str, Any]:
    return {
        "picture": seen.picture,
        "weights": seen.weights,
        "damaged": seen.damaged,
        "counts": bool(seen.weights.any()),
    }
