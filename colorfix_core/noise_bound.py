"""What keeps a correction from lifting a picture's noise out of its flat parts."""

from __future__ import annotations

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
_REACH = 0.25  # encoded; colors as near as this stand for one another
_STEP = 1 / 64  # encoded; the span over which a map's slope is measured


def bound_noise(lut: Lut3D, picture: NDArray[np.generic], flat: FlatParts | None) -> Lut3D:
    """Flatten a map along those channels whose noise it would make too visible.

    A map multiplies noise by its slope. Where a light left little of a channel, the slope along
    that channel is steep, though most of what the channel still says is noise. There the map is
    mixed with one that takes the channel's own variation as it is and the change of color from
    the other two: the displacement averaged along the channel over the picture's colors. Where the
    picture's mean color goes stays as it was.

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
    if flat is None or not _too_noisy(lut, flat):
        return lut
    plain = lut if lut.is_plain else lut.resize(max(lut.size, 33))
    flattened = Lut3D(_flattened(plain.table, picture, _blame(plain, flat)))
    low, high = 0.0, 1.0
    for _ in range(5):
        share = (low + high) / 2
        mixed = Lut3D(plain.table + np.float32(share) * (flattened.table - plain.table))
        low, high = (share, high) if _too_noisy(mixed, flat) else (low, share)
    tell(
        "The correction was made gentler where it would have brought out noise; reduce the noise "
        "first for the full correction."
    )
    return Lut3D(plain.table + np.float32(high) * (flattened.table - plain.table))


def noise_of(lut: Lut3D, flat: FlatParts) -> tuple[Array, Array]:
    """Standard deviations in L*, a* and b* before and after a map, (3,) each."""
    before, after = (_variances(map_, flat).sum(0) for map_ in (None, lut))
    return np.sqrt(before), np.sqrt(after)


def _too_noisy(lut: Lut3D, flat: FlatParts) -> bool:
    before, after = noise_of(lut, flat)
    return bool(((after > MOST * before) & (after > VISIBLE)).any())


def _blame(lut: Lut3D, flat: FlatParts) -> Array:
    """How much of the noise comes by way of each channel, (3,), the worst one 1."""
    before = _variances(None, flat, own_axes=False).sum(1)
    after = _variances(lut, flat, own_axes=False).sum(1)
    gained = np.maximum(after - MOST**2 * before, 0)
    return np.asarray(gained / max(gained.max(), 1e-12))


def _variances(lut: Lut3D | None, flat: FlatParts, own_axes: bool = True) -> Array:
    """Mean variances in L*, a*, b*, (3 sources, 3); sources are the noise's axes, or channels."""
    if own_axes:
        sizes, axes = np.linalg.eigh(flat.noise.astype(np.float64))
        steps = axes.T
    else:
        sizes, steps = np.diag(flat.noise), np.eye(3)
    found = []
    for size, step in zip(sizes.clip(0), steps, strict=True):
        away = (_STEP / 2 * step).astype(np.float32)
        ends = [(flat.colors + sign * away).clip(0, 1) for sign in (1, -1)]
        labs = [_lab(lut.apply(end) if lut else end) for end in ends]
        slope = (labs[0] - labs[1]) / _STEP
        found.append(size * np.square(slope).mean(0))
    return np.asarray(found, np.float32)


def _flattened(table: Array, picture: NDArray[np.generic], blame: Array) -> Array:
    """The table with its displacement averaged along each channel as far as that is to blame."""
    size = len(table)
    grid = np.linspace(0, 1, size, dtype=np.float32)
    weights = _histogram(picture, size)
    moved = (table - np.stack(np.meshgrid(grid, grid, grid, indexing="ij"), -1)) * weights
    for axis, share in enumerate(blame):
        reach = max(_REACH * float(share), 1e-3)
        kernel = np.exp(-0.5 * ((grid[:, None] - grid) / reach) ** 2).astype(np.float32)
        weights = np.moveaxis(np.tensordot(kernel, weights, (1, axis)), 0, axis)
        moved = np.moveaxis(np.tensordot(kernel, moved, (1, axis)), 0, axis)
    return np.asarray(np.stack(np.meshgrid(grid, grid, grid, indexing="ij"), -1) + moved / weights)


def _histogram(picture: NDArray[np.generic], size: int) -> Array:
    """How common each cell of the lattice is, (size, size, size, 1), none of them zero."""
    cells = np.rint(picture.reshape(-1, 3) * (size - 1)).astype(int)
    counts = np.bincount(np.ravel_multi_index(tuple(cells.T), (size,) * 3), minlength=size**3)
    return (counts / counts.sum() + 1e-7).astype(np.float32).reshape(size, size, size, 1)


def _lab(encoded: Array) -> Array:
    import torch

    from colorfix_core.color.lab import srgb_to_lab

    return np.asarray(srgb_to_lab(torch.from_numpy(np.ascontiguousarray(encoded))).numpy())
