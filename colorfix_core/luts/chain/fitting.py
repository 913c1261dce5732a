"""The chain that comes closest to a LUT for the colors of a picture: damped least squares.

K. Levenberg, "A Method for the Solution of Certain Non-Linear Problems in Least Squares", 1944.
Curves are linear in their points, so the 63 unknowns have simple derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.color.srgb import RGB_TO_XYZ, decode, encode
from colorfix_core.luts import reference
from colorfix_core.luts.chain import curves
from colorfix_core.luts.chain.chain import LARGEST_GAIN, Chain, evaluate
from colorfix_core.luts.data import LutData, lattice

Array = NDArray[np.float64]
_MOST_COLORS = 900
_CUBE = 5
# So much of all weight is the cube's: enough that colors painted later do not fall off.
_CUBE_SHARE = 0.08
_STEPS = 24
_BEND = 0.3
_WHITE = RGB_TO_XYZ / RGB_TO_XYZ.sum(1)[:, None]
_LAB = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]])


def fit(lut: LutData, picture: NDArray[np.generic]) -> Chain:
    """Fit a chain of GIMP's operations to a LUT.

    Parameters
    ----------
    lut : what the chain is to do to sRGB-encoded colors
    picture : (..., 3) uint8 or float in 0..1
        Colors that matter, as often as they matter: a thumbnail, or the selected pixels of one.

    Returns
    -------
    Chain
        Its `mean` and `highest` are taken over `picture` (the cube not counted); whoever shows it
        says so where it fits badly.

    Raises
    ------
    ValueError : the picture has no pixels
    """
    colors, share = _gathered(picture)
    fitted = _descend(_Problem.of(lut, colors, share))
    return _measured(fitted, lut, colors, share)


def _gathered(picture: NDArray[np.generic]) -> tuple[Array, Array]:
    """The commonest colors (M, 3), and each one's share (M,) of the picture."""
    flat = np.asarray(picture).reshape(-1, 3)
    if not len(flat):
        raise ValueError("there are no colors to fit a chain to")
    unit = flat.astype(np.float64) / (255 if flat.dtype == np.uint8 else 1)
    # A pixel in so many is enough to know how often a color occurs.
    unit = unit[:: max(len(unit) // 60000, 1)].clip(0, 1)
    bins = (unit * 15.999).astype(int) @ (256, 16, 1)
    counts = np.bincount(bins, minlength=4096)
    sums = np.stack([np.bincount(bins, unit[:, c], 4096) for c in range(3)], -1)
    commonest = np.argsort(-counts, kind="stable")[:_MOST_COLORS]
    commonest = commonest[counts[commonest] > 0]
    share = counts[commonest].astype(np.float64)
    return sums[commonest] / share[:, None], share / share.sum()


@dataclass(frozen=True)
class _Problem:
    """Inputs, wanted CIELAB, and a weight for each of its numbers."""

    colors: Array
    wanted: Array
    weight: Array

    @classmethod
    def of(cls, lut: LutData, colors: Array, share: Array) -> _Problem:
        cube = lattice(_CUBE, (0, 0, 0), (1, 1, 1)).reshape(-1, 3).astype(np.float64)
        joined = np.concatenate([colors, cube])
        wanted = srgb_to_lab(reference.look_up(lut, joined).clip(0, 1))
        even = np.full(len(cube), _CUBE_SHARE / len(cube))
        weight = np.concatenate([share * (1 - _CUBE_SHARE), even])
        # Differences between vivid colors are seen less: the scales of CIE94.
        chroma = np.hypot(wanted[:, 1], wanted[:, 2])
        scale = np.stack([np.ones_like(chroma), *[1 / (1 + 0.035 * chroma)] * 2], -1)
        return cls(joined, wanted, np.sqrt(weight)[:, None] * scale)


@dataclass(frozen=True)
class _Parts:
    """A chain's unknowns; see `Chain`."""

    first: Array
    matrix: Array
    last: Array

    def moved(self, step: Array) -> _Parts:
        """These parts after a step, back where curves rise and sliders reach."""
        n = self.first.size
        first = self.first + step[:n].reshape(3, -1).T
        matrix = self.matrix + step[n : n + 9].reshape(3, 3)
        last = self.last + step[n + 9 :].reshape(3, -1).T
        return _Parts(_rising(first), matrix.clip(-LARGEST_GAIN, LARGEST_GAIN), _rising(last))

    def residual(self, problem: _Problem) -> Array:
        lab = srgb_to_lab(evaluate(self.first, self.matrix, self.last, problem.colors))
        return ((lab - problem.wanted) * problem.weight).ravel()

    def bends(self) -> Array:
        """Second differences of the curves: what keeps points in place that no color needs."""
        bent = [np.diff(part, 2, axis=0).T.ravel() for part in (self.first, self.last)]
        return np.concatenate(bent) * _BEND

    def cost(self, problem: _Problem) -> float:
        residual, bends = self.residual(problem), self.bends()
        return float(residual @ residual + bends @ bends)


def _rising(outputs: Array) -> Array:
    """The points lifted where they fall, halfway from either side."""
    up = np.maximum.accumulate(outputs)
    down = np.minimum.accumulate(outputs[::-1])[::-1]
    return ((up + down) / 2).clip(0, 1)


def _descend(problem: _Problem) -> _Parts:
    straight = np.repeat(curves.inputs()[:, None], 3, 1)
    parts = _Parts(straight, np.eye(3), straight)
    cost, damping = parts.cost(problem), 1e-3
    for _ in range(_STEPS):
        normal, gradient = _linearized(parts, problem)
        moved, improved = parts, cost
        for _ in range(5):
            lifted = normal + np.diag(damping * (normal.diagonal() + 1e-4))
            step = np.linalg.solve(lifted, gradient).astype(np.float64)
            moved = parts.moved(-step)
            improved = moved.cost(problem)
            if improved < cost:
                break
            damping *= 6
        if improved >= cost:
            break
        done = cost - improved < 2e-4 * cost
        parts, cost, damping = moved, improved, damping / 4
        if done:
            break
    return parts


def _linearized(parts: _Parts, problem: _Problem) -> tuple[Array, Array]:
    """The normal matrix (63, 63) and the gradient (63,) of the cost."""
    jacobian = (_jacobian(parts, problem) * problem.weight[..., None]).reshape(-1, 63)
    bend = _bend_rows()
    normal = jacobian.T @ jacobian + bend.T @ bend
    return normal, jacobian.T @ parts.residual(problem) + bend.T @ parts.bends()


def _bend_rows() -> Array:
    rows = np.diff(np.eye(curves.KNOTS), 2, axis=0) * _BEND
    once = np.kron(np.eye(3), rows)
    out = np.zeros((2 * len(once), 63))
    out[: len(once), :27], out[len(once) :, 36:] = once, once
    return out


def _jacobian(parts: _Parts, problem: _Problem) -> Array:
    """(M, 3, 63): CIELAB by the first curves' points, the matrix and the last curves' points."""
    inner, _ = curves.weights(problem.colors)
    bent = curves.mapped(parts.first, problem.colors)
    linear = decode(bent)
    mixed = linear @ parts.matrix.T
    outer, slopes = curves.weights(encode(mixed))
    out = curves.mapped(parts.last, encode(mixed))
    by_out = _lab_slopes(out)
    by_mixed = (
        by_out * (_encode_slope(mixed) * np.einsum("mck,kc->mc", slopes, parts.last))[:, None]
    )
    by_bent = (by_mixed @ parts.matrix) * _decode_slope(bent)[:, None]
    many = len(out)
    return np.concatenate(
        [
            (by_bent[..., None] * inner[:, None]).reshape(many, 3, -1),
            (by_mixed[..., None] * linear[:, None, None]).reshape(many, 3, -1),
            (by_out[..., None] * outer[:, None]).reshape(many, 3, -1),
        ],
        -1,
    )


def _lab_slopes(encoded: Array) -> Array:
    """(M, 3, 3): CIELAB by sRGB-encoded values."""
    xyz = decode(encoded) @ _WHITE.T
    root = np.cbrt(np.maximum(xyz, (6 / 29) ** 3)) ** -2 / 3
    slopes: Array = (_LAB * root[:, None]) @ _WHITE * _decode_slope(encoded)[:, None]
    return slopes


def _decode_slope(encoded: Array) -> Array:
    curve = 2.4 / 1.055 * ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 1.4
    return np.where(encoded <= 0.04045, 1 / 12.92, curve)


def _encode_slope(linear: Array) -> Array:
    return 1 / _decode_slope(encode(linear))


def _measured(parts: _Parts, lut: LutData, colors: Array, share: Array) -> Chain:
    wanted = srgb_to_lab(reference.look_up(lut, colors).clip(0, 1))
    chain = evaluate(parts.first, parts.matrix, parts.last, colors)
    difference = ciede2000(srgb_to_lab(chain), wanted)
    order = np.argsort(difference)
    at = int(np.searchsorted(np.cumsum(share[order]), 0.95))
    highest = float(difference[order[min(at, len(order) - 1)]])
    return Chain(parts.first, parts.matrix, parts.last, float(difference @ share), highest)
