"""Adobe's profile, read by a plain transcription of the DNG SDK's reader."""

import hashlib
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.messages import listening
from tests.helpers.lut_examples import smooth_lut

CRS = "{http://ns.adobe.com/camera-raw-settings/1.0/}"
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?`'|()[]{}@%$#"


def _sdk_table(path):
    """The (n, n, n, 3) 16-bit samples and the tail, letter by letter and number by number."""
    look = ElementTree.parse(path).getroot()[0][0]
    digest = look.get(f"{CRS}RGBTable")
    text, data = look.get(f"{CRS}Table_{digest}"), bytearray()
    for at in range(0, len(text), 5):
        group = text[at : at + 5]
        value = sum(LETTERS.index(letter) * 85**i for i, letter in enumerate(group))
        data += struct.pack("<I", value)[: len(group) - 1]
    raw = zlib.decompress(bytes(data[4:]))
    assert struct.unpack_from("<I", data) == (len(raw),)
    assert hashlib.md5(raw).hexdigest().upper() == digest
    assert struct.unpack_from("<3I", raw) == (1, 1, 3)
    n = struct.unpack_from("<I", raw, 12)[0]
    nop = [(i * 0xFFFF + (n >> 1)) // (n - 1) for i in range(n)]
    samples = np.zeros((n, n, n, 3))
    numbers = iter(struct.unpack_from(f"<{3 * n**3}H", raw, 16))
    for place in np.ndindex(n, n, n):
        samples[place] = [(next(numbers) + nop[i]) & 0xFFFF for i in place]
    return samples, struct.unpack("<3I2d", raw[16 + 6 * n**3 :])


@pytest.mark.parametrize("size", [2, 17, 32])
def test_the_sdk_reads_the_table_that_was_written(tmp_path, size):
    lut = smooth_lut(size)
    lut.save(tmp_path / "look.xmp")
    samples, tail = _sdk_table(tmp_path / "look.xmp")
    assert np.abs(samples / 65535 - lut.table.clip(0, 1)).max() <= 0.51 / 65535
    assert tail == (0, 1, 0, 0.0, 2.0)


def test_a_larger_lut_is_resampled_and_read_back(tmp_path):
    lut = Lut3D(smooth_lut(33).table.clip(0, 1), title="Été & <co>")
    with listening() as told:
        lut.save(tmp_path / "look.xmp")
    again = Lut3D.load(tmp_path / "look.xmp")
    colors = np.random.default_rng(0).random((2000, 3))
    assert again.size == 32
    assert np.abs(again.evaluate(colors) - lut.resize(32).evaluate(colors)).max() < 1 / 65535
    error = 255 * np.abs(again.evaluate(Lut3D.identity(33).table) - lut.table).max()
    assert told == [
        "look.xmp: Camera Raw takes 32 points an axis at most; resampled from 33, the profile is "
        f"off by up to {error:.1f} levels of 255."
    ]


@pytest.mark.parametrize("text", ["", "<x/>", "crs:Table_" + "0" * 32 + '="abcde"'])
def test_what_holds_no_table_is_refused(tmp_path, text):
    (tmp_path / "look.xmp").write_text(text)
    with pytest.raises(LutFileError, match="RGB table"):
        Lut3D.load(tmp_path / "look.xmp")
