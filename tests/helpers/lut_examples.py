"""LUTs, pictures and a textbook interpolation that the LUT tests share."""

from types import SimpleNamespace

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color.gamut import Wider
from colorfix_core.luts.kernels import by_numpy

KERNELS = ("OpenColorIO", "numpy")
DTYPES = ("uint8", "uint16", "float16", "float32", "float64")


def smooth_lut(size=33, seed=0, amplitude=0.15):
    """A look: smooth, colourful, slightly beyond 0..1 at both ends."""
    rng = np.random.default_rng(seed)
    grid = Lut3D.identity(size).table.astype(np.float64)
    waves = sum(
        rng.normal(size=3) * np.sin(grid @ rng.uniform(-4, 4, 3) + rng.uniform(0, 6))[..., None]
        for _ in range(4)
    )
    return Lut3D(grid + amplitude / 2 * waves)


def beyond_srgb_lut():
    """A look whose lattice holds all of BT.2020."""
    return smooth_lut(17).widened(Wider(1.0))


def rough_lut(size=9, seed=0):
    """Every lattice point at random: what finds the wrong corner at once."""
    return Lut3D(np.random.default_rng(seed).random((size, size, size, 3)))


def full_scale(dtype):
    return np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1


def stored(values, dtype):
    """Floats in 0..1 as pixels of this dtype."""
    dtype = np.dtype(dtype)
    if dtype.kind == "u":
        return np.rint(np.clip(values, 0, 1) * full_scale(dtype)).astype(dtype)
    return values.astype(dtype)


def picture(dtype="float32", channels=3, shape=(67, 91), seed=0, beyond=0.0):
    """A noisy picture whose float values reach `beyond` outside 0..1."""
    rng = np.random.default_rng(seed)
    return stored(rng.uniform(-beyond, 1 + beyond, (*shape, channels)), dtype)


def textbook_tetrahedral(table, colors):
    """One pixel at a time, six cases, float64; after the table in OpenColorIO's GPU shader."""
    table = np.asarray(table, np.float64)
    n = len(table)
    result = []
    for color in np.clip(np.asarray(colors, np.float64).reshape(-1, 3), 0, 1) * (n - 1):
        i, j, k = (int(min(c, n - 2)) for c in color)
        x, y, z = color - (i, j, k)
        c = table[i : i + 2, j : j + 2, k : k + 2]
        black, white = c[0, 0, 0], c[1, 1, 1]
        if x >= y >= z:
            walk = (1 - x) * black + (x - y) * c[1, 0, 0] + (y - z) * c[1, 1, 0] + z * white
        elif x >= z >= y:
            walk = (1 - x) * black + (x - z) * c[1, 0, 0] + (z - y) * c[1, 0, 1] + y * white
        elif z >= x >= y:
            walk = (1 - z) * black + (z - x) * c[0, 0, 1] + (x - y) * c[1, 0, 1] + y * white
        elif z >= y >= x:
            walk = (1 - z) * black + (z - y) * c[0, 0, 1] + (y - x) * c[0, 1, 1] + x * white
        elif y >= z >= x:
            walk = (1 - y) * black + (y - z) * c[0, 1, 0] + (z - x) * c[0, 1, 1] + x * white
        else:
            walk = (1 - y) * black + (y - x) * c[0, 1, 0] + (x - z) * c[1, 1, 0] + z * white
        result.append(walk)
    return np.array(result).reshape(np.shape(colors))


def inside_unit_range(lut):
    """The LUT with its colours clipped, as formats of whole numbers clip them."""
    return Lut3D(lut.table.clip(0, 1), title=lut.title, comments=lut.comments)


LAYOUTS = {
    "every second pixel": lambda image: image[::2, ::2],
    "mirrored": lambda image: image[:, ::-1],
    "turned": lambda image: image.transpose(1, 0, 2),
    "planes": lambda image: np.ascontiguousarray(image.transpose(2, 0, 1)).transpose(1, 2, 0),
    "a crop": lambda image: image[5:40, 3:50],
    "the other byte order": lambda image: image.astype(image.dtype.newbyteorder()),
    "one row of pixels": lambda image: image.reshape(-1, image.shape[-1]),
    "unaligned": lambda image: np.frombuffer(b"x" + image.tobytes(), image.dtype, offset=1).reshape(
        image.shape
    ),
}


def kernels_of(name):
    if name == "numpy":
        return by_numpy
    pytest.importorskip("PyOpenColorIO")
    from colorfix_core.luts.kernels import by_opencolorio

    return by_opencolorio


def changed(kernels, **sizes):
    """The same kernels with another STRIP_PIXELS or MEMO_PIXELS."""
    members = ("STRIP_PIXELS", "MEMO_PIXELS", "name", "prepare")
    return SimpleNamespace(**{name: getattr(kernels, name) for name in members} | sizes)
