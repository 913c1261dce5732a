"""A piece of the portrait in 8 and in 16 bits, and a LUT that everybody sees."""

import numpy as np
import pytest

from colorfix_core import Lut3D


@pytest.fixture
def small(portrait) -> np.ndarray:
    """(48, 64, 3) uint8."""
    return portrait[100:148, 200:264]


@pytest.fixture
def deep(small) -> np.ndarray:
    """(48, 64, 3) uint16 whose low bytes matter."""
    noise = np.random.default_rng(1).integers(-128, 128, small.shape)
    return (small.astype(np.int64) * 257 + noise).clip(0, 65535).astype(np.uint16)


@pytest.fixture
def dimmer() -> Lut3D:
    """A LUT that makes everything darker and redder."""
    return Lut3D(Lut3D.identity(9).table * [0.9, 0.7, 0.6])
