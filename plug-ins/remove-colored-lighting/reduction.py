"""The core's area averaging, a strip at a time, so that memory stays flat."""

import numpy as np

SIDE = 224  # what the network looks at


class Reduction:
    """Averages colours, each weighted, over equal areas of a picture that arrives in strips.

    Sides of up to 224 pixels are left as they are.
    """

    def __init__(self, height: int, width: int) -> None:
        self._down = _shares(height)
        self._across = _shares(width)
        rows = self._down.shape[0]
        self._sums = np.zeros((rows, width, 4), np.float32)

    def add(self, top: int, colours: np.ndarray, weights: np.ndarray) -> None:
        """Take rows from `top` on: (h, w, 3) float32 colours, (h, w) float32 weights."""
        shares = self._down[:, top : top + colours.shape[0]]
        touched = np.flatnonzero(shares.any(1))
        rows = slice(touched[0], touched[-1] + 1)
        weighted = np.empty((*weights.shape, 4), np.float32)
        np.multiply(colours, weights[..., None], out=weighted[..., :3])
        weighted[..., 3] = weights
        flat = weighted.reshape(weights.shape[0], -1)
        self._sums[rows] += (shares[rows] @ flat).reshape(-1, *self._sums.shape[1:])

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """The small picture (h, w, 3), and the mean weight (h, w) of each of its pixels."""
        small = np.einsum("hwc,vw->hvc", self._sums, self._across, optimize=True)
        weights = small[..., 3]
        divisor = np.where(weights > 0, weights, 1)[..., None]
        return small[..., :3] / divisor, weights


def _shares(length: int) -> np.ndarray:
    """Which share each of `length` pixels has in each pixel of the result, (result, length).

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
    return (inside / inside.sum(1, keepdims=True)).astype(np.float32)
