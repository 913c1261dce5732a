"""The core's area averaging, a strip at a time, so that memory stays flat."""

import numpy as np

SIDE = 224  # what the network looks at


class Reduction:
    """Averages colours, each weighted, over equal areas of a picture that arrives in strips.

    Sides of up to 224 pixels are left as they are.
    """

    def __init__(self, height: int, width: int) -> None:
        self._rows, self._columns = _areas(height), _areas(width)
        self._colours = np.zeros((len(self._rows), width, 3), np.float32)
        self._weights = np.zeros((len(self._rows), width), np.float32)

    def add(self, top: int, pixels: np.ndarray, weights: np.ndarray | None = None) -> None:
        """Take rows from `top` on.

        Parameters
        ----------
        pixels : (h, w, 3 or 4) uint8, uint16 or float32; floats beyond 0..1 are clamped
        weights : (h, w) float32; None if every pixel counts. What has none may be anything.
        """
        block, unit = _weighted(pixels, weights), _unit(pixels)
        bottom = top + len(pixels)
        for number, (start, end) in enumerate(self._rows):
            if start < bottom and end > top:
                part = slice(max(start - top, 0), end - top)
                total = block[part].sum(0)[:, :3]  # in 64 bits for integers
                self._colours[number] += total / np.float32(unit * (end - start))
                count = len(block[part]) if weights is None else weights[part].sum(0)
                self._weights[number] += count / np.float32(end - start)

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """The small picture (h, w, 3), and the mean weight (h, w) of each of its pixels.

        A NaN in a pixel that counts is a NaN in the picture.
        """
        colours, weights = (
            np.stack([sums[:, start:end].mean(1) for start, end in self._columns], 1)
            for sums in (self._colours, self._weights)
        )
        return colours / np.where(weights > 0, weights, 1)[..., None], weights


def _weighted(pixels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Colours times weight; what is no colour stays, so that nothing is copied for it."""
    if pixels.dtype.kind == "f":
        pixels = pixels.clip(0, 1)
    if weights is None:
        return pixels
    return np.where(weights[..., None] > 0, pixels * weights[..., None], 0)


def _unit(pixels: np.ndarray) -> int:
    """The number that means 1."""
    return 1 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max


def _areas(length: int) -> list[tuple[int, int]]:
    """The first pixel, and the first no longer in it, of each area along a side.

    A pixel belongs where its centre lies, as in Pillow's BOX filter, which the core reduces
    with: a layer and its reduction must give the same prediction.
    """
    side = min(length, SIDE)
    scale = length / side
    centre = (np.arange(side)[:, None] + 0.5) * scale
    pixel = np.arange(length)
    offset = (pixel - centre + 0.5) * (1 / scale)
    # Centres on an edge fall to the side on which Pillow's own rounding lets them fall.
    near = (pixel >= (centre - 0.5 * scale + 0.5).astype(int)) & (
        pixel < (centre + 0.5 * scale + 0.5).astype(int)
    )
    inside = near & (offset > -0.5) & (offset <= 0.5)
    starts = inside.argmax(1)
    return list(zip(starts.tolist(), (starts + inside.sum(1)).tolist(), strict=True))
