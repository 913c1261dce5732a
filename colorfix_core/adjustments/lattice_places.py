"""What a table gives for some colors, without a LUT being made of it first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import gamut, srgb
from colorfix_core.luts import reference
from colorfix_core.luts.lut import Lut3D


class Places(NamedTuple):
    """The four points of a lattice around each of some colors, and their shares: tetrahedral."""

    points: NDArray[np.intp]  # (n, 4)
    shares: NDArray[np.float64]  # (n, 4)

    @classmethod
    def of(cls, lut: Lut3D, colors: NDArray[np.floating]) -> Places:
        """Of (n, 3) sRGB-encoded colors in a plain LUT."""
        low, high = np.array(lut.domain_min), np.array(lut.domain_max)
        numbers = np.asarray(colors, np.float64)
        unit = ((gamut.mirrored(numbers) if lut.mirrored else numbers) - low) / (high - low)
        return cls(*reference.corners(lut.size, unit.clip(0, 1) * (lut.size - 1)))

    def mix(self, light: NDArray[np.floating]) -> NDArray[np.float64]:
        """What a table of linear light, (3, M), gives for them, (3, n); it is mixed encoded."""
        found = srgb.encode(light[:, self.points]) * self.shares
        return np.asarray(srgb.decode(found.sum(2)), np.float64)

    def alone(self) -> tuple[Places, NDArray[np.intp]]:
        """The same places in a table of none but their points, and which points these are."""
        kept, numbers = np.unique(self.points, return_inverse=True)
        return Places(numbers.reshape(self.points.shape), self.shares), kept
