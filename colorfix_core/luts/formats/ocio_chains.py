"""A chain of OpenColorIO's operations as one LUT: exactly where that can be, sampled where not.

Runs where OpenColorIO runs: see `ocio_child`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import PyOpenColorIO as ocio

from colorfix_core.luts import reference
from colorfix_core.luts.data import Array, LutData, Shaper, Triple, lattice
from colorfix_core.messages import tell

SAMPLED_SIZE = 65
# Cells a channel for curves of any kind: every code of 16 bits falls on a point.
_CURVE_LENGTH = 8 * 65535 + 1
# What float32 leaves of a composition that is exact.
_EXACT = 2e-5
_UNIT: tuple[Triple, Triple] = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def lut_of(path: str) -> LutData:
    """The LUT that a file holds, with its name and descriptions.

    Raises
    ------
    PyOpenColorIO.Exception, ValueError
    """
    transform = ocio.FileTransform(path, interpolation=ocio.INTERP_TETRAHEDRAL)
    group = ocio.Config.CreateRaw().getProcessor(transform).createGroupTransform()
    lut = composed(list(group))
    return replace(lut, title=group.getFormatMetadata().getName(), comments=_comments(group))


def composed(steps: list[Any]) -> LutData:
    """One LUT for all steps; tells where it is sampled, and how far off that is."""
    stored = _as_stored(list(steps))
    if stored is not None:
        return stored
    low, high = _input_domain(steps)
    curves = _leading_curves(steps)
    if not curves:
        return _sampled(steps, steps, None)
    inputs = np.linspace(low, high, _CURVE_LENGTH, dtype=np.float32)
    shaper = Shaper(_evaluated(steps[:curves], inputs), low, high)
    if curves == len(steps):
        return LutData.of_curves(shaper)
    return _sampled(steps, steps[curves:], shaper)


def _comments(group: Any) -> tuple[str, ...]:
    """The lines of a chain's descriptions."""
    elements = group.getFormatMetadata().getChildElements()
    texts = [e.getElementValue() for e in elements if e.getElementName() == "Description"]
    return tuple(line for text in texts for line in text.splitlines())


def _as_stored(steps: list[Any]) -> LutData | None:
    """The LUT that these steps are, or None where they are something else."""
    if any(step.getDirection() != ocio.TRANSFORM_DIR_FORWARD for step in steps):
        return None
    first, curves = _take(steps, _SCALINGS), _take(steps, ocio.Lut1DTransform)
    second = _take(steps, ocio.MatrixTransform) if curves else None
    table = _take(steps, ocio.Lut3DTransform)
    domain, table_domain = _domain(first), _domain(second)
    if steps or not (curves or table) or not domain or not table_domain:
        return None
    if not curves:
        return LutData(_values(table), *domain)
    if not _is_plain(curves) or (second and not table):
        return None
    shaper = Shaper(np.array(curves.getData(), np.float32).reshape(-1, 3), *domain)
    if table:
        return LutData(_values(table), *table_domain, shaper=shaper)
    return LutData.of_curves(shaper)


_SCALINGS = (ocio.MatrixTransform, ocio.RangeTransform)


def _take(steps: list[Any], kind: Any) -> Any:
    """The next step, if it is of a kind."""
    return steps.pop(0) if steps and isinstance(steps[0], kind) else None


def _values(table: Any) -> Array:
    n = table.getGridSize()
    return np.array(table.getData(), np.float32).reshape(n, n, n, 3)


def _is_plain(curves: Any) -> bool:
    """Whether curves act on each channel alone, over evenly spaced inputs."""
    halfs = curves.getInputHalfDomain() or curves.getOutputRawHalfs()
    return not halfs and curves.getHueAdjust() == ocio.HUE_NONE


def _domain(step: Any) -> tuple[Triple, Triple] | None:
    """What a diagonal matrix or a range sends to 0 and to 1; None if it does something else."""
    if step is None:
        return _UNIT
    if isinstance(step, ocio.RangeTransform):
        ends = step.hasMinInValue() and step.hasMaxInValue()
        if not ends or (step.getMinOutValue(), step.getMaxOutValue()) != (0, 1):
            return None
        return (step.getMinInValue(),) * 3, (step.getMaxInValue(),) * 3
    square = np.array(step.getMatrix()).reshape(4, 4)
    scale, offset = np.diag(square)[:3], np.array(step.getOffset())[:3]
    if np.count_nonzero(square - np.diag(np.diag(square))) or (scale <= 0).any():
        return None
    low, high = tuple(0 - offset / scale), tuple((1 - offset) / scale)
    return low, high


def _input_domain(steps: list[Any]) -> tuple[Triple, Triple]:
    """The inputs between which a chain may change: what its first range lets through, or 0..1."""
    first = steps[0] if steps else None
    if isinstance(first, ocio.RangeTransform) and first.hasMinInValue() and first.hasMaxInValue():
        low, high = max(first.getMinInValue(), 0.0), first.getMaxInValue()
        if first.getDirection() == ocio.TRANSFORM_DIR_FORWARD and low < high:
            return (low,) * 3, (high,) * 3
    return _UNIT


def _leading_curves(steps: list[Any]) -> int:
    """How many of the first steps together act on each channel alone."""
    colors = _trial_colors(4096)
    alone = [np.repeat(colors[:, c, None], 3, axis=1) for c in range(3)]
    for count in range(len(steps), 0, -1):
        apart = [_evaluated(steps[:count], gray)[:, c] for c, gray in enumerate(alone)]
        if np.abs(_evaluated(steps[:count], colors) - np.stack(apart, -1)).max() < _EXACT / 20:
            return count
    return 0


def _trial_colors(count: int) -> Array:
    """Colors in 0..1, half of them near black, where curves are steep."""
    colors = np.random.default_rng(0).random((count, 3), np.float32)
    colors[::2] **= 4
    return colors


def _evaluated(steps: list[Any], colors: Array) -> Array:
    """What OpenColorIO makes of (M, 3) colors, without its shortcuts."""
    processor = ocio.Config.CreateRaw().getProcessor(ocio.GroupTransform(steps))
    out = np.array(colors, np.float32, order="C")
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(out)
    return out


def _sampled(steps: list[Any], rest: list[Any], shaper: Shaper | None) -> LutData:
    """The best of some lattices for what comes after the curves."""
    low, high = _UNIT
    if shaper is not None:
        low, high = _box(shaper)
    grids = [step.getGridSize() for step in rest if isinstance(step, ocio.Lut3DTransform)]
    colors = _trial_colors(20000)
    wanted, best, least = _evaluated(steps, colors), None, np.inf
    # Two points hold any matrix.
    for size in (2, *grids[:1], SAMPLED_SIZE, 129):
        points = lattice(size, low, high)
        table = _evaluated(rest, points.reshape(-1, 3)).reshape(points.shape)
        lut = LutData(table, low, high, shaper=shaper)
        off = float(np.abs(reference.look_up(lut, colors) - wanted).max())
        if off < least:
            best, least = lut, off
        if least < _EXACT:
            break
    if best is None:
        raise ValueError("its operations give no finite colors")
    if least >= _EXACT:
        tell(f"its operations are sampled into a LUT of size {best.size}, off by {least:.1g}.")
    return best


def _box(shaper: Shaper) -> tuple[Triple, Triple]:
    """The least box with some width that holds what curves give."""
    low, high = shaper.curve.min(0).astype(float), shaper.curve.max(0).astype(float)
    high = np.maximum(high, low + 1e-3)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])
