"""The .spi3d format of Sony Pictures Imageworks: each row names its lattice point.

There is no specification but OpenColorIO's reader, FileFormatSpi3D.cpp: a line ``SPILUT 1.0``,
a line ``3 3``, a line with the three sizes, and rows ``r g b red green blue`` with whole numbers
for the lattice point, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from colorfix_core.luts.data import SIZES, Array, LutData
from colorfix_core.luts.formats.text import Lines, require_unit_domain, shortened

_SHORTEST_ROW = 12


def read(stream: BinaryIO, size: int) -> LutData:
    """Read an .spi3d file of `size` bytes.

    Raises
    ------
    LutFileError
        Naming the line and the reason.
    """
    with Lines(stream) as lines:
        rows = _content(lines)
        if not next(rows, "").upper().startswith("SPILUT"):
            raise lines.error("does not start with SPILUT")
        if next(rows, "").split() != ["3", "3"]:
            raise lines.error('is not "3 3", the numbers of input and output channels')
        n = _size(lines, next(rows, ""))
        if n**3 * _SHORTEST_ROW > size:
            raise lines.error(f"announces {n**3} rows, but the file has only {size} bytes")
        return LutData(_read_table(lines, rows, n))


def _content(lines: Lines) -> Iterator[str]:
    """The lines that are neither blank nor comments."""
    for line in lines:
        if line and not line.startswith("#"):
            yield line
        else:
            lines.overhead(line)


def _size(lines: Lines, line: str) -> int:
    fields = line.split()
    known = {str(n) for n in SIZES}
    if len(fields) != 3 or len(set(fields)) > 1 or fields[0] not in known:
        raise lines.error(f"gives the sizes {shortened(line)}; they are three equal 2..256")
    return int(fields[0])


def _read_table(lines: Lines, rows: Iterator[str], n: int) -> Array:
    table = np.full((n**3, 3), np.nan, np.float32)
    places = {str(i): i for i in range(n)}
    filled = 0
    for line in rows:
        fields = line.split()
        place = [places[field] for field in fields[:3] if field in places]
        if len(fields) != 6 or len(place) != 3:
            raise lines.error(f"is not three lattice indices below {n} and three numbers")
        r, g, b = place
        at = (r * n + g) * n + b
        if table[at, 0] == table[at, 0]:
            raise lines.error(f"gives the lattice point {r} {g} {b} a second time")
        table[at] = [lines.number_of(field) for field in fields[3:]]
        filled += 1
    if filled < n**3:
        raise lines.error(f"ends the file after {filled} of {n**3} lattice points")
    return table.reshape(n, n, n, 3)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write six decimals, blue fastest, as OpenColorIO does."""
    require_unit_domain(lut, ".spi3d")
    n = lut.size
    stream.write(f"SPILUT 1.0\n3 3\n{n} {n} {n}\n".encode())
    for r in range(n):
        lines = [
            f"{r} {g} {b} {red:.6f} {green:.6f} {blue:.6f}\n"
            for g, row in enumerate(lut.table[r].tolist())
            for b, (red, green, blue) in enumerate(row)
        ]
        stream.write("".join(lines).encode("ascii"))
