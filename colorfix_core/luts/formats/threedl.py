"""The .3dl format of Autodesk Flame and Lustre: whole numbers, blue fastest.

An optional head (``3DMESH``, ``Mesh 4 12``: log2 of the cells an axis and the bits of the
output), a line with the input code value of each lattice point, then the rows. There is no
specification; where the head does not give the bits they are guessed from the largest value as
OpenColorIO does (FileFormat3DL.cpp).
"""

from __future__ import annotations

from array import array
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import SIZES, LutData
from colorfix_core.luts.formats.text import Lines, require_unit_domain, shortened

MESH_BITS, OUTPUT_BITS = 10, 12
_MOST_ROWS = SIZES[-1] ** 3
# Writers round the codes of an even mesh down, up, or to the power of two above.
_MESH_TOLERANCE = 2.0


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a .3dl file.

    Raises
    ------
    LutFileError
        Naming the line and the reason; also for a mesh of uneven steps, about whose meaning
        programs disagree.
    """
    bits, most_rows, values = None, _MOST_ROWS, array("I")
    with Lines(stream) as lines:
        for line in lines:
            if not line or line[0] in "#<":
                lines.overhead(line)
            elif line[0].isalpha() or line.upper() == "3DMESH":
                lines.overhead(line)
                bits = _read_keyword(lines, line) or bits
            elif len(fields := line.split()) > 3 and not values:
                _check_mesh(lines, fields)
                most_rows = len(fields) ** 3
            else:
                values.extend(_whole(lines, field) for field in _three(lines, fields))
                if len(values) > 3 * most_rows:
                    raise lines.error(f"is one more than the {most_rows} rows there can be")
        rows = len(values) // 3
        n = round(rows ** (1 / 3))
        if n not in SIZES or n**3 != rows:
            raise lines.error(f"ends the file after {rows} rows, which is no cube of 2..256")
    table = np.frombuffer(values, np.uintc).astype(np.float64)
    full = 2 ** (bits or _likely_bits(table.max())) - 1
    return LutData((table / full).reshape(n, n, n, 3))


def _read_keyword(lines: Lines, line: str) -> int | None:
    """Check a head or tail line; the output bits if it is the one that gives them."""
    fields = line.split()
    keyword = fields[0].upper()
    if keyword == "MESH":
        numbers = [_whole(lines, field) for field in fields[1:]]
        if len(numbers) != 2 or not 8 <= numbers[1] <= 16:
            raise lines.error("is a Mesh line without two numbers, the second in 8..16 bits")
        return numbers[1]
    if keyword not in ("3DMESH", "LUT8", "GAMMA"):
        raise lines.error(f"reads {shortened(line)}, which is neither a keyword nor a row")
    return None


def _three(lines: Lines, fields: list[str]) -> list[str]:
    if len(fields) != 3:
        raise lines.error(f"has {len(fields)} fields instead of 3 numbers")
    return fields


def _whole(lines: Lines, field: str) -> int:
    if not (field.isascii() and field.isdigit() and len(field) < 7):
        raise lines.error(f"has {shortened(field)} where a whole number belongs")
    return int(field)


def _check_mesh(lines: Lines, fields: list[str]) -> None:
    if len(fields) not in SIZES:
        raise lines.error(f"gives a mesh of {len(fields)} points; it has 2..256")
    mesh = np.array([_whole(lines, field) for field in fields], np.float64)
    even = np.linspace(0, mesh[-1], len(mesh))
    if np.abs(mesh - even).max() > _MESH_TOLERANCE:
        raise lines.error("gives a mesh of uneven steps, which cannot be used")


def _likely_bits(largest: float) -> int:
    """The depth of which `largest` is at most twice the full scale."""
    return next((bits for bits in (8, 10, 12) if largest < 2 ** (bits + 1)), 16)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write 12-bit values, clipped to 0..1, as Lustre does.

    ffmpeg reads size 17 only; `Lut3D.resize` makes it.

    Raises
    ------
    LutFileError
        If the file could not be read back: the depth is guessed from the largest value, and the
        mesh told from a row by its length.
    """
    require_unit_domain(lut, ".3dl")
    if lut.table.max() < 0.51:
        raise LutFileError("it is too dark for .3dl, which does not tell its depth; use .cube")
    if lut.size < 4:
        raise LutFileError(f"size {lut.size} is too small for .3dl; resize it to 17")
    top = 2**MESH_BITS - 1
    mesh = np.rint(np.linspace(0, top, lut.size)).astype(int)
    stream.write((" ".join(map(str, mesh)) + "\n").encode())
    values = np.rint(lut.table.clip(0, 1).astype(np.float64) * (2**OUTPUT_BITS - 1)).astype(int)
    for slab in values:
        rows = slab.reshape(-1, 3)
        stream.write((("%d %d %d\n" * len(rows)) % tuple(rows.ravel().tolist())).encode())
