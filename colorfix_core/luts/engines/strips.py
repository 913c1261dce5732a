"""Cutting an image into strips."""

from __future__ import annotations

from collections.abc import Iterator

from colorfix_core.luts.data import Array


def cut(image: Array, out: Array, pixels: int) -> Iterator[tuple[Array, Array]]:
    """Cut both arrays alike into (..., C) views of at most `pixels` pixels.

    Parameters
    ----------
    image, out : (..., C) of one shape, any dtypes and strides
    """
    if image.flags.c_contiguous and out.flags.c_contiguous:
        channels = image.shape[-1]
        image, out = image.reshape(-1, channels), out.reshape(-1, channels)
    if image.ndim == 1:
        image, out = image[None], out[None]
    pixels_per_row = max(1, image[:1].size // image.shape[-1]) if image.size else 1
    if pixels_per_row > pixels:
        for row, target in zip(image, out, strict=True):
            yield from cut(row, target, pixels)
        return
    rows = pixels // pixels_per_row
    for top in range(0, len(image), rows):
        yield image[top : top + rows], out[top : top + rows]
