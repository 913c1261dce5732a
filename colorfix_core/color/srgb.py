"""sRGB in numbers: its curve, its primaries and its luminance (IEC 61966-2-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# Linear sRGB -> CIE XYZ relative to D65 white; white's luminance is 1.
RGB_TO_XYZ = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
)
LUMINANCE = RGB_TO_XYZ[1]


def decode(encoded: Any, where: Callable[..., Any] = np.where) -> Any:
    """From encoded to linear values; negative ones are mirrored.

    Parameters
    ----------
    encoded : array or tensor of any float dtype and shape; 0 is black, 1 is full
    where : the `where` of the array's library, `numpy.where` or `torch.where`

    Returns
    -------
    Like `encoded`; for tensors differentiable everywhere.
    """
    magnitude = abs(encoded)
    # The curve is kept away from what the line answers for, where its slope is not finite.
    curve = ((where(magnitude > 0.04045, magnitude, 0.04045) + 0.055) / 1.055) ** 2.4
    linear = where(magnitude <= 0.04045, magnitude / 12.92, curve)
    return where(encoded < 0, -linear, linear)


def encode(linear: Any, where: Callable[..., Any] = np.where) -> Any:
    """From linear to encoded values; parameters and result as in `decode`."""
    magnitude = abs(linear)
    curve = 1.055 * where(magnitude > 0.0031308, magnitude, 0.0031308) ** (1 / 2.4) - 0.055
    encoded = where(magnitude <= 0.0031308, magnitude * 12.92, curve)
    return where(linear < 0, -encoded, encoded)
