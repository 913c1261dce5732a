"""16-bit PNG pictures, as we and others write them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from colorfix_core.files import png, png16
from tests.helpers.lut_examples import picture


def test_a_16_bit_picture_is_read_as_other_programs_filter_it():
    """All five row filters of PNG, each pixel against a plain implementation."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 65536, (20, 9, 3), np.uint16)
    data = pixels.astype(">u2").view(np.uint8).reshape(20, -1).astype(int)
    lines = bytearray()
    for y, row in enumerate(data):
        kind = y % 5
        lines.append(kind)
        for i, byte in enumerate(row):
            a = row[i - 6] if i >= 6 else 0
            b = data[y - 1][i] if y else 0
            c = data[y - 1][i - 6] if y and i >= 6 else 0
            nearest = min((a, b, c), key=lambda v: abs(a + b - c - v))
            lines.append((byte - (0, a, b, (a + b) // 2, nearest)[kind]) % 256)
    file = io.BytesIO()
    file.write(png.SIGNATURE)
    head = struct.pack(">IIBBBBB", 9, 20, 16, 2, 0, 0, 0)
    for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(lines))), (b"IEND", b"")):
        png.write_chunk(file, name, body)
    file.seek(0)
    assert np.array_equal(png16.read(file), pixels)


@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_pictures_survive_a_round_trip(channels):
    pixels, file = picture("uint16", channels), io.BytesIO()
    png16.write(pixels, file)
    file.seek(0)
    assert np.array_equal(png16.read(file), pixels)
    Image.open(io.BytesIO(file.getvalue())).verify()
