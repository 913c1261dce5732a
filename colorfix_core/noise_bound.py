"""What keeps a correction from lifting a picture's noise out of its flat parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorfix_core.luts.lut import Lut3D
from colorfix_core.messages import tell
from colorfix_core.pixels.flat_parts import FlatParts

Array = NDArray[np.float32]

# How many times noisier than before flat parts may become in L*, a* and b* each ...
MOST = 1.8
# ... if they end up with more noise than this, which is about what an eye can see.
VISIBLE = (0.8, 1.5, 1.5)
_REACHES = (0.06, 0.12)  # encoded; how near colors are averaged, the second if need be
_UNSEEN = 1e-6  # weight of a color that the picture does not have
_STEP = 1 / 64  # encoded; the span over which a map's slope is measured


def bound_noise(lut: Lut3D, picture: NDArray[Any], flat: FlatParts | None) -> Lut3D:
    """Flatten a map where it would make noise too visible.

    A map multiplies noise by its slope. It is mixed with its own average over those colors of the
    picture that are near: what differs by little more than noise comes out alike, and the
    picture's mean colors stay where the correction puts them. As much is mixed in as the bound
    asks for. (The average is the expected result given a noisy color, as far as a thumbnail, in
    which noise has averaged out, tells how likely colors are.)

    Parameters
    ----------
    lut : the correction
    picture : (H, W, 3) float in [0, 1], a thumbnail which it was predicted from
    flat : noise at the picture's own resolution; None leaves the map alone

    Returns
    -------
    `lut` itself where its noise is small, else one that comes as near to the bound as flattening
    can; it says so.
    """
    if flat is None or _excess(lut, flat) <= 1:
        return lut
    plain = lut if lut.is_plain else lut.resize(max(lut.size, 33))
    for reach in _REACHES:
        flattened = Lut3D(_flattened(plain.table, picture, reach))
        if _excess(flattened, flat) <= 1:
            break
    low, high = 0.0, 1.0
    for _ in range(5):
        share = (low + high) / 2
        fine = _excess(_mixed(plain, flattened, share), flat) <= 1
        low, high = (low, share) if fine else (share, high)
    bounded = _mixed(plain, flattened, high)
    tell(
        "The correction was made gentler where it would have brought out noise; reduce the noise "
        "first for the full correction."
    )
    return bounded


def noise_of(lut: Lut3D | None, flat: FlatParts) -> Array:
    """Standard deviations in L*, a* and b* in the flat parts after a map, or before it, (3,)."""
    sizes, axes = np.linalg.eigh(flat.noise.astype(np.float64))
    total = np.zeros(3)
    for size, axis in zip(sizes.clip(0), axes.T, strict=True):
        away = (_STEP / 2 * axis).astype(np.float32)
        ends = [(flat.colors + sign * away).clip(0, 1)[None] for sign in (1, -1)]
        labs = [_lab(lut.apply(end) if lut else end) for end in ends]
        total += size * np.square((labs[0] - labs[1]) / _STEP).mean((0, 1))
    return np.asarray(np.sqrt(total), np.float32)


def _excess(lut: Lut3D, flat: FlatParts) -> float:
    """How many times more noise than it may have a map leaves, along the worst axis."""
    return float((noise_of(lut, flat) / np.maximum(MOST * noise_of(None, flat), VISIBLE)).max())


def _mixed(one: Lut3D, other: Lut3D, share: float) -> Lut3D:
    return Lut3D(one.table + np.float32(share) * (other.table - one.table))


def _flattened(table: Array, picture: NDArray[Any], reach: float) -> Array:
    """Each entry averaged with those near it, by how common their colors are in the picture."""
    grid = np.linspace(0, 1, len(table), dtype=np.float32)
    kernel = np.exp(-0.5 * ((grid[:, None] - grid) / reach) ** 2)
    weights = _histogram(picture, len(table))

    def averaged(values: Array) -> Array:
        for axis in range(3):
            values = np.moveaxis(np.tensordot(kernel, values, (1, axis)), 0, axis)
        return np.asarray(values)

    return np.asarray(averaged(table * weights) / averaged(weights))


def _histogram(picture: NDArray[Any], size: int) -> Array:
    """How common each cell of the lattice is, (size, size, size, 1), none of them zero."""
    cells = np.rint(picture.reshape(-1, 3) * (size - 1)).astype(int)
    counts = np.bincount(np.ravel_multi_index(tuple(cells.T), (size,) * 3), minlength=size**3)
    shares = np.asarray(counts / counts.sum() + _UNSEEN, np.float32)
    return shares.reshape(size, size, size, 1)


def _lab(encoded: Array) -> Array:
    import torch

    from colorfix_core.color.lab import srgb_to_lab

    return np.asarray(srgb_to_lab(torch.from_numpy(np.ascontiguousarray(encoded))).numpy())
