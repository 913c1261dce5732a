"""HaldCLUT: a LUT as a PNG picture that any editor can show (Eskil Steenberg, quelsolaar.com).

A picture of level L is L**3 pixels wide and high and holds a lattice of L**2 points an axis, red
fastest, row after row. Values are clipped to 0..1.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from colorfix_core.errors import LutFileError
from colorfix_core.files import png, png16
from colorfix_core.luts import reference
from colorfix_core.luts.data import Array, LutData, lattice
from colorfix_core.luts.formats import layouts, positions
from colorfix_core.messages import tell

_PIXEL_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
# 64 points an axis: the level that other programs ship their HaldCLUTs in.
USUAL_LEVEL = 8
# Posterizing to three levels makes a lattice's roughness 0.03; photos begin above this.
ROUGH = 0.08


def identity_pixels(level: int) -> NDArray[np.float32]:
    """The picture in which each color of a lattice of L**2 points an axis occurs once.

    Parameters
    ----------
    level : int in 2..16

    Returns
    -------
    (L**3, L**3, 4) float32
        Colors in 0..1, opaque.
    """
    steps = np.linspace(0, 1, level**2, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue, np.ones_like(red)], -1).reshape(level**3, level**3, 4)


def lattice_of(pixels: Array) -> Array:
    """The lattice that a picture holds.

    Parameters
    ----------
    pixels : (L**3, L**3, 3 or more), any dtype
        What comes after the third channel is left out.

    Returns
    -------
    (N, N, N, 3) of that dtype, N = L**2, indexed [r, g, b]
    """
    n = round(len(pixels) ** (2 / 3))
    return pixels[..., :3].reshape(n, n, n, 3).transpose(2, 1, 0, 3)


def pixels_of(table: Array) -> Array:
    """The picture that holds an (N, N, N, 3) lattice indexed [r, g, b]; N is a square.

    Returns
    -------
    (L**3, L**3, 3) of that dtype, L the root of N
    """
    side = round(len(table) ** 1.5)
    return table.transpose(2, 1, 0, 3).reshape(side, side, 3)


def roughness(table: Array) -> float:
    """How unlike neighbors are: a lattice's mean second difference, along its roughest axis.

    Parameters
    ----------
    table : (N, N, N, 3) float, 0..1 being black to full

    Returns
    -------
    0 for an identity, 0.6 for noise; and 0 up to 8 points an axis, which tell nothing.
    """
    if len(table) <= 8:
        return 0.0
    return max(float(np.abs(np.diff(table, 2, axis)).mean()) for axis in range(3))


def is_rough(table: Array) -> bool:
    """Whether neighbors differ as in any picture, and not as after edits of colors."""
    return roughness(table) > ROUGH


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a HaldCLUT or tiles of 8 or 16 bits a channel, a preview beside them or not.

    Raises
    ------
    LutFileError
        If the file is no PNG picture, is damaged, or holds no lattice.
    """
    try:
        width, height, depth, *_ = png.header(stream)
        if not layouts.may_hold(width, height):
            raise _no_lattice(width, height)
        if depth == 16:
            pixels = png16.read(stream)[..., :3] / np.float32(65535)
        else:
            pixels = _read_8_bit(stream, (width, height)) / np.float32(255)
    except png.DamagedFile as error:
        raise LutFileError(str(error)) from error
    table = layouts.lattice_in(pixels)
    if table is None:
        raise _no_lattice(width, height)
    levels = positions.moved_levels(table)
    if levels > positions.TOLERATED_LEVELS:
        tell(
            f"neighbors differ by {levels:.0f} levels of 255 where its rows end, as after a blur "
            "or a vignette; a LUT holds edits of colors only."
        )
    elif layouts.looks_like_a_picture(table):
        tell(layouts.NO_LUT)
    return LutData(table)


def _no_lattice(width: int, height: int) -> LutFileError:
    return LutFileError(
        f"it is a picture of {width} x {height}, and neither a HaldCLUT, which is as wide as high, "
        "the cube of 2..16, nor made of as many square tiles as a tile has columns"
    )


def _read_8_bit(stream: BinaryIO, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Pixels by Pillow, which sees nothing but what they are made of."""
    from PIL import Image

    needed = io.BytesIO()
    needed.write(png.SIGNATURE)
    for kind, content in png.chunks(stream):
        if kind in _PIXEL_CHUNKS:
            png.write_chunk(needed, kind, content)
    needed.seek(0)
    try:
        with Image.open(needed, formats=["PNG"]) as picture:
            if picture.size != size:  # a second header
                raise ValueError(f"it is {picture.size} after all")
            return np.asarray(picture.convert("RGB"))
    # Pillow reports damage as OSError, SyntaxError, ValueError and others.
    except Exception as error:
        raise LutFileError(f"its picture data is damaged: {error}") from error


def write(lut: LutData, stream: BinaryIO, bits: int = 16) -> None:
    """Write a HaldCLUT of 8 or 16 bits a channel.

    Its level is the smallest up to 12 whose lattice holds all points of the LUT's, and otherwise
    8, or what takes the LUT's size if that is more.
    """
    n = _level(lut.size) ** 2
    if (n - 1) % (lut.size - 1):
        tell(f"a HaldCLUT does not hold {lut.size} points an axis; it is resampled to {n}.")
    table = reference.look_up(lut, lattice(n, (0, 0, 0), (1, 1, 1)))
    full = {8: 255, 16: 65535}[bits]
    pixels = pixels_of(np.rint(np.clip(table, 0, 1) * full))
    if bits == 16:
        png16.write(pixels.astype(np.uint16), stream)
    else:
        from PIL import Image

        Image.fromarray(pixels.astype(np.uint8)).save(stream, "PNG")


def _level(size: int) -> int:
    """The level to write a LUT of this size at."""
    exact = [k for k in range(2, 13) if k * k >= size and (k * k - 1) % (size - 1) == 0]
    return exact[0] if exact else max(USUAL_LEVEL, int(np.ceil(np.sqrt(size))))
