"""Finding a color chart in a picture, by OpenCV's module mcc (P. Moreno-Vera and others)."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorfix_core.errors import ImageError

Array = NDArray[np.float64]
_LONGEST_SIDE = 1600
_MIDDLE = np.linspace(0.3, 0.7, 9)


def patches(pixels: Array) -> list[Array]:
    """The 24 patches of a chart, in its order, if one is found; else nothing.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB-encoded, 0..1

    Raises
    ------
    ImageError : OpenCV with this module is not installed
    """
    if importlib.util.find_spec("cv2") is None:
        raise _missing()
    import cv2

    if not hasattr(cv2, "mcc"):
        raise _missing()
    found = []
    for view in _views(pixels):
        quads = _quads(cv2, view)
        if quads is not None:
            found.append(_read(pixels, quads * pixels.shape[1] / view.shape[1]))
    return found


def _quads(cv2: Any, view: NDArray[np.uint8]) -> Array | None:
    """The corners of each patch, (24, 4, 2) x and y, in the chart's order."""
    detector = cv2.mcc.CCheckerDetector_create()
    if hasattr(detector, "setColorChartType"):  # since OpenCV 5
        detector.setColorChartType(cv2.mcc.MCC24)
        there = detector.process(view, 1)
    else:
        there = detector.process(view, cv2.mcc.MCC24, 1)
    if not there:
        return None
    return np.asarray(detector.getBestColorChecker().getColorCharts(), np.float64).reshape(24, 4, 2)


def _read(pixels: Array, quads: Array) -> Array:
    """The median color of the middle of each patch."""
    across, along = np.meshgrid(_MIDDLE, _MIDDLE)
    u, v = across.ravel()[:, None], along.ravel()[:, None]
    colors = []
    for first, second, third, fourth in quads:
        points = (1 - v) * ((1 - u) * first + u * second) + v * ((1 - u) * fourth + u * third)
        column, row = points.round().astype(int).T
        column, row = column.clip(0, pixels.shape[1] - 1), row.clip(0, pixels.shape[0] - 1)
        colors.append(np.median(pixels[row, column], 0))
    return np.array(colors)


def _views(pixels: Array) -> list[NDArray[np.uint8]]:
    """The picture as it is and with each channel stretched: under a gel, patches look alike."""
    scale = min(1.0, _LONGEST_SIDE / max(pixels.shape[:2]))
    step = max(1, round(1 / scale))
    small = pixels[::step, ::step]
    high = np.quantile(small.reshape(-1, 3), 0.99, 0)
    stretched = (small / np.maximum(high, 0.05)).clip(0, 1)
    gray = np.repeat(stretched.max(-1, keepdims=True), 3, -1)
    views = (small, stretched, gray)
    return [np.ascontiguousarray((view[..., ::-1] * 255).astype(np.uint8)) for view in views]


def _missing() -> ImageError:
    return ImageError(
        "finding a chart needs OpenCV's contributed modules; install them with "
        '"pip install colorfix[chart]", or give the corners with --corners'
    )
