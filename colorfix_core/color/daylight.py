"""The color of daylight, and what a picture looks like under another.

CIE 15:2018 for the locus, section 4.1.2; the adaptation is von Kries' in the cones of CAT16: Li et
al., "Comprehensive color solutions: CAM16, CAT16, and CAM16-UCS", Color Research and Application
42 (2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.srgb import RGB_TO_XYZ

Array = NDArray[np.float64]

CAT16 = np.array(
    [
        [0.401288, 0.650173, -0.051461],
        [-0.250268, 1.204414, 0.045854],
        [-0.002079, 0.048952, 0.953127],
    ]
)
RGB_TO_CONES = CAT16 @ RGB_TO_XYZ
# Where the formulas of the locus hold, in kelvins.
COLDEST, WARMEST = 25000.0, 4000.0
# Of sRGB's white, on the locus.
MIREDS_OF_WHITE = 1e6 / 6504


def white(mireds: float, above: float = 0.0) -> Array:
    """A white on the daylight locus, or beside it.

    Parameters
    ----------
    mireds : a million divided by the temperature in kelvins, 40 (blue) to 250 (yellow)
    above : distance from the locus along its normal in CIE 1960 uv; greenish above 0, as Duv is

    Returns
    -------
    (3,) XYZ whose Y is 1
    """
    u, v = _uv(mireds)
    (before_u, before_v), (after_u, after_v) = _uv(mireds - 0.1), _uv(mireds + 0.1)
    along = np.array([after_u - before_u, after_v - before_v])
    right, up = along / np.hypot(*along)  # towards yellow u grows
    u, v = u - above * up, v + above * right
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    return np.array([x / y, 1.0, (1 - x - y) / y])


def relit(warmer: float, above: float) -> Array:
    """The (3, 3) matrix, for columns of linear sRGB, that replaces its white by another.

    Parameters
    ----------
    warmer : by how many mireds the light becomes yellower
    above : see `white`
    """
    cones = [CAT16 @ white(MIREDS_OF_WHITE + more, d) for more, d in ((0, 0), (warmer, above))]
    gains = cones[1] / cones[0]
    return np.asarray(np.linalg.inv(RGB_TO_CONES) @ (gains[:, None] * RGB_TO_CONES))


def _uv(mireds: float) -> tuple[float, float]:
    """The locus in CIE 1960 uv."""
    kelvins = min(max(1e6 / mireds, WARMEST), COLDEST)
    p = 1e3 / kelvins
    if kelvins <= 7000:
        x = 0.244063 + 0.09911 * p + 2.9678 * p**2 - 4.6070 * p**3
    else:
        x = 0.237040 + 0.24748 * p + 1.9018 * p**2 - 2.0064 * p**3
    y = -3.0 * x**2 + 2.870 * x - 0.275
    scale = -2 * x + 12 * y + 3
    return 4 * x / scale, 6 * y / scale
