"""The chain that comes closest to a LUT for the colors of a picture: damped least squares.

K. Levenberg, "A Method for the Solution of Certain Non-Linear Problems in Least Squares", 1944.
Curves are linear in their points, so the 63 unknowns have simple derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.difference import ciede2000, xyz_to_lab
from colorfix_core.color.srgb import RGB_TO_XYZ, decode, encode
from colorfix_core.luts import beyond
from colorfix_core.luts.chain import curves
from colorfix_core.luts.chain.chain import LARGEST_GAIN, Chain, evaluate
from colorfix_core.luts.data import LutData, lattice

Array = NDArray[np.float64]
_MOST_COLORS = 700
_CUBE = 5
# So much of all weight is the cube's: enough that colors painted later do not fall off.
_CUBE_SHARE = 0.04
_STEPS = 24
_BEND = 0.3
# A fit as close as that needs no other start.
_CLOSE = 0.5
_D65 = RGB_TO_XYZ.sum(1)
_LAB = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]])


def fit(lut: LutData, picture: NDArray[np.generic], to_srgb: Array | None = None) -> Chain:
    """Fit a chain of GIMP's operations to a LUT.

    Parameters
    ----------
    lut : what the chain is to do, to sRGB-encoded colors
    picture : (..., 3) uint8 or float, sRGB-encoded
        Colors that matter, as often as they matter: a thumbnail, or the selected pixels of one.
    to_srgb : (3, 3), optional
        From the linear light of the image's own primaries to that of sRGB. The chain then takes and
        gives the image's own colors, with sRGB's curve: GIMP's "R~G~B~ float". None: they are sRGB.

    Returns
    -------
    Chain
        Its `mean` and `highest` are taken over `picture` (the cube not counted); whoever shows it
        says so where it fits badly.

    Raises
    ------
    ValueError : the picture has no pixels
    """
    own = _Primaries(np.eye(3) if to_srgb is None else np.asarray(to_srgb, np.float64))
    colors, share = _gathered(_unit(picture), own)
    problem = _Problem.of(lut, colors, share, own)
    found = []
    for start, damping in _starts(problem, len(colors)):
        parts = _descend(problem, start, damping)
        found.append((_measured(parts, problem, share), parts.cost(problem)))
        if min(chain.mean for chain, _cost in found) <= _CLOSE:
            break
    # Of those that the cube holds as well, the closest on the picture.
    least = min(cost for _chain, cost in found)
    return min((chain for chain, cost in found if cost <= 1.5 * least), key=lambda c: c.mean)


def as_lut(chain: Chain, to_srgb: Array | None = None, size: int = 33) -> LutData:
    """What a chain does to sRGB-encoded colors, as a LUT to be shown; parameters as of `fit`."""
    own = _Primaries(np.eye(3) if to_srgb is None else np.asarray(to_srgb, np.float64))
    grid = lattice(size, (0, 0, 0), (1, 1, 1)).astype(np.float64)
    return LutData(own.srgb(chain.evaluate(own.encoded(grid))))


@dataclass(frozen=True)
class _Primaries:
    """An image's own colors, encoded with sRGB's curve."""

    to_srgb: Array

    def encoded(self, srgb: Array) -> Array:
        """Own colors of sRGB-encoded ones."""
        own: Array = encode(decode(srgb) @ np.linalg.inv(self.to_srgb).T)
        return own

    def srgb(self, own: Array) -> Array:
        """sRGB-encoded colors of own ones."""
        encoded: Array = encode(decode(own) @ self.to_srgb.T)
        return encoded

    @property
    def to_white(self) -> Array:
        """From own linear light to XYZ as shares of white."""
        white: Array = (RGB_TO_XYZ / _D65[:, None]) @ self.to_srgb
        return white

    def lab(self, own: Array) -> Array:
        """CIELAB of own colors."""
        return xyz_to_lab(decode(own) @ self.to_white.T)


def _unit(picture: NDArray[np.generic]) -> Array:
    flat = np.asarray(picture).reshape(-1, 3)
    if not len(flat):
        raise ValueError("there are no colors to fit a chain to")
    return flat.astype(np.float64) / (255 if flat.dtype == np.uint8 else 1)


def _gathered(picture: Array, own: _Primaries) -> tuple[Array, Array]:
    """The commonest own colors (M, 3), and each one's share (M,) of the picture."""
    # A pixel in so many is enough to know how often a color occurs.
    unit = own.encoded(picture[:: max(len(picture) // 60000, 1)]).clip(0, 1)
    bins = (unit * 15.999).astype(int) @ (256, 16, 1)
    counts = np.bincount(bins, minlength=4096)
    sums = np.stack([np.bincount(bins, unit[:, c], 4096) for c in range(3)], -1)
    commonest = np.argsort(-counts, kind="stable")[:_MOST_COLORS]
    commonest = commonest[counts[commonest] > 0]
    share = counts[commonest].astype(np.float64)
    return sums[commonest] / share[:, None], share / share.sum()


@dataclass(frozen=True)
class _Problem:
    """Inputs and wanted results, of the picture first; wanted CIELAB, and each number's weight."""

    colors: Array
    results: Array
    wanted: Array
    weight: Array
    own: _Primaries

    @classmethod
    def of(cls, lut: LutData, colors: Array, share: Array, own: _Primaries) -> _Problem:
        cube = lattice(_CUBE, (0, 0, 0), (1, 1, 1)).reshape(-1, 3).astype(np.float64)
        joined = np.concatenate([colors, cube])
        results = own.encoded(beyond.apply_float64(lut, own.srgb(joined))).clip(0, 1)
        wanted = own.lab(results)
        even = np.full(len(cube), _CUBE_SHARE / len(cube))
        weight = np.concatenate([share * (1 - _CUBE_SHARE), even])
        # Differences between vivid colors are seen less: the scales of CIE94.
        chroma = np.hypot(wanted[:, 1], wanted[:, 2])
        scale = np.stack([np.ones_like(chroma), *[1 / (1 + 0.035 * chroma)] * 2], -1)
        return cls(joined, results, wanted, np.sqrt(weight)[:, None] * scale, own)


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
        lab = problem.own.lab(evaluate(self.first, self.matrix, self.last, problem.colors))
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


def _starts(problem: _Problem, count: int) -> Iterator[tuple[_Parts, float]]:
    """Where to descend from, and how carefully: no change, then curves alone in three places."""
    straight = np.repeat(curves.inputs()[:, None], 3, 1)
    yield _Parts(straight, np.eye(3), straight), 1e-3
    bent = _curves_alone(problem.colors[:count], problem.results[:count])
    half = (straight + bent) / 2
    yield _Parts(straight, np.eye(3), bent), 1e-3
    yield _Parts(half, np.eye(3), half), 1e-1
    yield _Parts(bent, np.eye(3), straight), 1e-1


def _curves_alone(colors: Array, results: Array) -> Array:
    """The curves that come closest, each channel by itself."""
    stiff = np.diff(np.eye(curves.KNOTS), 2, axis=0) * np.sqrt(0.003 * len(colors))
    columns = []
    for channel in range(3):
        rows, _slopes = curves.weights(colors[:, channel])
        columns.append(
            np.linalg.solve(rows.T @ rows + stiff.T @ stiff, rows.T @ results[:, channel])
        )
    return _rising(np.stack(columns, -1))


def _descend(problem: _Problem, parts: _Parts, damping: float) -> _Parts:
    cost = parts.cost(problem)
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
    by_out = _lab_slopes(out, problem.own)
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


def _lab_slopes(encoded: Array, own: _Primaries) -> Array:
    """(M, 3, 3): CIELAB by own encoded values."""
    white = own.to_white
    xyz = decode(encoded) @ white.T
    root = np.cbrt(np.maximum(xyz, (6 / 29) ** 3)) ** -2 / 3
    slopes: Array = (_LAB * root[:, None]) @ white * _decode_slope(encoded)[:, None]
    return slopes


def _decode_slope(encoded: Array) -> Array:
    curve = 2.4 / 1.055 * ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 1.4
    return np.where(encoded <= 0.04045, 1 / 12.92, curve)


def _encode_slope(linear: Array) -> Array:
    return 1 / _decode_slope(encode(linear))


def _measured(parts: _Parts, problem: _Problem, share: Array) -> Chain:
    count = len(share)
    chain = evaluate(parts.first, parts.matrix, parts.last, problem.colors[:count])
    difference = ciede2000(problem.own.lab(chain), problem.wanted[:count])
    order = np.argsort(difference)
    at = int(np.searchsorted(np.cumsum(share[order]), 0.95))
    highest = float(difference[order[min(at, len(order) - 1)]])
    return Chain(parts.first, parts.matrix, parts.last, float(difference @ share), highest)
