"""A LUT as OpenColorIO's operations: what its kernel runs and what a CLF file is written from."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio

from colorfix_core.luts.data import LutData, Triple

# OpenColorIO takes no larger tables.
LARGEST_SIZE = 129


def transform(lut: LutData) -> ocio.GroupTransform:
    """The LUT as OpenColorIO's operations."""
    group = ocio.GroupTransform()
    if lut.shaper is not None:
        _append_scaling(group, lut.shaper.domain_min, lut.shaper.domain_max)
        curve = ocio.Lut1DTransform(len(lut.shaper.curve), False)
        curve.setData(lut.shaper.curve.ravel())
        group.appendTransform(curve)
    _append_scaling(group, lut.domain_min, lut.domain_max)
    table = ocio.Lut3DTransform(lut.size)
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    table.setData(lut.table.ravel())
    group.appendTransform(table)
    return group


def _append_scaling(group: ocio.GroupTransform, low: Triple, high: Triple) -> None:
    """Bring a domain to 0..1, which is what OpenColorIO's tables expect."""
    if (low, high) == ((0.0,) * 3, (1.0,) * 3):
        return
    scale = [1 / (b - a) for a, b in zip(low, high, strict=True)]
    matrix = np.diag([*scale, 1.0]).ravel()
    offset = [-a * s for a, s in zip(low, scale, strict=True)] + [0.0]
    group.appendTransform(ocio.MatrixTransform(matrix, offset))
