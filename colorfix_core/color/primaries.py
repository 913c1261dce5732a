"""From the primaries of one display or camera to those of sRGB, in linear light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.srgb import RGB_TO_XYZ

# Cones of the Bradford adaptation (ICC.1:2022, annex E).
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def to_srgb(chromaticities: Sequence[float]) -> NDArray[np.float64]:
    """The matrix to linear sRGB; white stays white.

    Parameters
    ----------
    chromaticities : x and y of red, green, blue and white

    Returns
    -------
    (3, 3), to be applied to columns

    Raises
    ------
    ValueError
        If no colors are made of such primaries.
    """
    x, y = np.array(chromaticities, np.float64).reshape(4, 2).T
    if not np.isfinite([*x, *y]).all() or (np.abs(y) < 1e-6).any():
        raise ValueError("its primaries are none")
    corners = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    primaries, white = corners[:, :3], corners[:, 3]
    if abs(np.linalg.det(primaries)) < 1e-6:
        raise ValueError("its primaries are none")
    to_xyz = primaries * np.linalg.solve(primaries, white)
    gains = (_BRADFORD @ RGB_TO_XYZ.sum(1)) / (_BRADFORD @ white)
    adapt = np.linalg.inv(_BRADFORD) @ (gains[:, None] * _BRADFORD)
    matrix: NDArray[np.float64] = np.linalg.inv(RGB_TO_XYZ) @ adapt @ to_xyz
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
        raise ValueError("its primaries are none")
    return matrix
