"""ICC matrix profiles of well-known RGB spaces, written here so that no file is needed.

ICC.1:2001-04 (version 2.4): a header, a table of tags, and for each primary its XYZ, adapted
to the D50 white of the connection space, with one tone curve for all.
"""

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)

# primaries as (x, y) of red, green and blue; white as (x, y); gamma
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), D65, 563 / 256
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65, 2.2
PROPHOTO = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), (0.3457, 0.3585), 1.8


def matrix_profile(name: str, primaries, white, gamma: float) -> bytes:
    """The bytes of an ICC profile."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    text = name.encode() + b"\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": _xyz(D50),
        **{
            sign + b"XYZ": _xyz(column)
            for sign, column in zip((b"r", b"g", b"b"), _matrix(primaries, white).T, strict=True)
        },
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for sign, data in tags.items():
        table += sign + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return _header(start + len(body)) + table + body


def _header(size: int) -> bytes:
    date = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    start = struct.pack(">I4sI", size, b"none", 0x02400000) + b"mntrRGB XYZ " + date + b"acsp"
    return (start + bytes(28) + _fixed(D50)).ljust(128, b"\0")


def _matrix(primaries, white) -> np.ndarray:
    """Linear RGB to XYZ, adapted to D50 with Bradford's cones."""
    columns = np.array([_from_xy(*xy) for xy in primaries]).T
    source = np.array(_from_xy(*white))
    matrix = columns * np.linalg.solve(columns, source)
    cones = (_BRADFORD @ D50) / (_BRADFORD @ source)
    return np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD @ matrix


def _from_xy(x: float, y: float) -> tuple[float, float, float]:
    return x / y, 1.0, (1 - x - y) / y


def _xyz(values) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)


def _fixed(values) -> bytes:
    """Three s15Fixed16 numbers."""
    return struct.pack(">3i", *(round(value * 65536) for value in values))
