"""Cameras that were set wrong: fitted colour maps of real raw pictures.

After Afifi and Brown, "What else can fool deep learning? Addressing color constancy errors on
deep neural network performance", ICCV 2019: a picture's nearest neighbours among well balanced
training pictures tell what a camera's other settings would have made of it.
"""

from pathlib import Path

import numpy as np

Rng = np.random.Generator

_BINS, _REACH = 60, 3.2
_WIDTH = 2 * _REACH / _BINS
_SIGMA = 0.25


class Cameras:
    """The emulator.

    Parameters
    ----------
    folder : holds renderings.npz (`features`, `maps`) and encoder.npz (`weights`, `bias`)

    Attributes
    ----------
    settings : how many there are
    """

    def __init__(self, folder: Path):
        with np.load(folder / "renderings.npz") as file:
            self._features, self._maps = file["features"], file["maps"]
        with np.load(folder / "encoder.npz") as file:
            self._weights, self._bias = file["weights"].astype(np.float32), file["bias"]
        self.settings = self._maps.shape[1]

    def maps(self, picture: np.ndarray, neighbors: int = 25) -> np.ndarray:
        """What each setting makes of a well balanced picture.

        Parameters
        ----------
        picture : (H, W, 3) encoded sRGB in [0, 1]
        neighbors : training pictures to average, weighted by their distance

        Returns
        -------
        (settings, 9, 3) for `render`
        """
        feature = (encoded_histogram(picture) - self._bias) @ self._weights
        distances = np.square(self._features - feature).sum(1)
        nearest = np.argpartition(distances, neighbors)[:neighbors]
        weights = np.exp((distances[nearest].min() - distances[nearest]) / (2 * _SIGMA**2))
        return np.tensordot(weights / weights.sum(), self._maps[nearest], 1)

    def spoil(self, picture: np.ndarray, rng: Rng) -> np.ndarray:
        """A random setting at 0.6 to 1.15 of its effect; (H, W, 3) encoded in and out."""
        wrong = self.maps(picture)[rng.integers(self.settings)]
        return render(picture, wrong, rng.uniform(0.6, 1.15))


def render(picture: np.ndarray, coefficients: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Apply a (9, 3) polynomial map to (H, W, 3) encoded sRGB; the result is clipped."""
    r, g, b = np.moveaxis(picture, 2, 0)
    terms = np.stack([r, g, b, r * r, g * g, b * b, r * g, r * b, g * b], -1)
    mapped = (terms @ coefficients).clip(0, 1)
    return (picture + strength * (mapped - picture)).clip(0, 1).astype(np.float32)


def encoded_histogram(picture: np.ndarray) -> np.ndarray:
    """Log-chromaticity histograms of the three channels, square roots of shares: (10800,)."""
    pixels = picture.reshape(-1, 3).astype(np.float64)
    pixels = pixels[(pixels > 0).all(1)]
    logs, weights = np.log(pixels), np.sqrt(np.square(pixels).sum(1))
    histograms = []
    for channel, first, second in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        u = _bin(logs[:, channel] - logs[:, second])
        v = _bin(logs[:, channel] - logs[:, first])
        inside = (u >= 0) & (u < _BINS) & (v >= 0) & (v < _BINS)
        cells = u[inside] * _BINS + v[inside]
        counts = np.bincount(cells, weights[inside], _BINS**2)
        histograms.append(np.sqrt(counts / max(counts.sum(), 1e-9)))
    return np.concatenate(histograms).astype(np.float32)


def _bin(ratio: np.ndarray) -> np.ndarray:
    return np.floor((ratio + _REACH + _WIDTH / 2) / _WIDTH).astype(np.int64)
