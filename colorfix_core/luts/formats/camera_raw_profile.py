"""Adobe's .xmp profile with an RGB table, for Camera Raw, Lightroom and Photoshop.

The table's structure is that of Adobe's DNG SDK 1.7.1, dng_big_table.cpp, dng_rgb_table: 16-bit
differences from the identity, blue fastest, then primaries, gamma, gamut and the range of the
amount slider; deflated, and spelled with 85 characters that XML leaves alone.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from typing import BinaryIO
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from colorfix_core.errors import LutFileError
from colorfix_core.luts import reference
from colorfix_core.luts.data import LutData, lattice
from colorfix_core.luts.formats.text import require_unit_domain
from colorfix_core.messages import tell

_LETTERS = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?`'|()[]{}@%$#"
# Camera Raw takes no larger tables.
LARGEST_SIZE = 32
_GROUP = "Remove Colored Lighting"
_RGB_TABLE, _VERSION, _DIMENSIONS = 1, 1, 3
_SRGB_PRIMARIES, _SRGB_GAMMA, _CLIP = 0, 1, 0
_LARGEST_FILE = 16 << 20
_TABLE = re.compile(rb"""crs:Table_[0-9A-Fa-f]{32}\s*=\s*("[^"]*"|'[^']*')""")
_PROFILE = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   crs:PresetType="Look" crs:Cluster="" crs:UUID="{uuid}"
   crs:SupportsAmount="True" crs:SupportsColor="True" crs:SupportsMonochrome="True"
   crs:SupportsHighDynamicRange="True" crs:SupportsNormalDynamicRange="True"
   crs:SupportsSceneReferred="True" crs:SupportsOutputReferred="True"
   crs:RequiresRGBTables="False" crs:CameraModelRestriction="" crs:Copyright=""
   crs:ContactInfo="" crs:Version="14.3" crs:ProcessVersion="11.0"
   crs:ConvertToGrayscale="False" crs:RGBTable="{digest}"
   crs:Table_{digest}="{table}" crs:HasSettings="True">
   <crs:Name><rdf:Alt><rdf:li xml:lang="x-default">{name}</rdf:li></rdf:Alt></crs:Name>
   <crs:Group><rdf:Alt><rdf:li xml:lang="x-default">{group}</rdf:li></rdf:Alt></crs:Group>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write a profile; more than 32 points are resampled, which is told; clipped to 0..1."""
    require_unit_domain(lut, ".xmp")
    packed = _packed(lut)
    digest = hashlib.md5(packed, usedforsecurity=False).hexdigest().upper()
    name = "".join(c if c.isprintable() else " " for c in lut.title).strip() or _GROUP
    # The profile's identity is its content's, so that writing it twice gives one profile.
    uuid = hashlib.md5((digest + name).encode(), usedforsecurity=False).hexdigest().upper()
    table = _spelled(struct.pack("<I", len(packed)) + zlib.compress(packed))
    text = _PROFILE.format(
        uuid=uuid, digest=digest, table=table, name=escape(name), group=escape(_GROUP)
    )
    stream.write(text.encode("utf-8"))


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a profile of `size` bytes; its name is not taken over.

    Raises
    ------
    LutFileError
        If there is no RGB table in it, or one for other colors than sRGB's.
    """
    if size > _LARGEST_FILE:
        raise LutFileError(f"a profile has no {size} bytes")
    found = _TABLE.search(stream.read())
    if not found:
        raise LutFileError("it holds sliders and no RGB table; only profiles with a table are LUTs")
    try:
        data = _unspelled(found[1][1:-1])
        (length,) = struct.unpack_from("<I", data)
        packed = zlib.decompressobj().decompress(data[4:], min(length, _LARGEST_FILE))
        return _unpacked(packed)
    except (struct.error, zlib.error, ValueError, OverflowError) as error:
        raise LutFileError("its RGB table is damaged") from error


def _tell_loss(lut: LutData, resampled: NDArray[np.float64]) -> None:
    """Say how far off fewer points are at the LUT's own."""
    grid = lattice(lut.size, (0, 0, 0), (1, 1, 1))
    found = reference.look_up(LutData(resampled), grid)
    levels = 255 * float(np.abs(found - lut.table.clip(0, 1)).max())
    tell(
        f"Camera Raw takes {LARGEST_SIZE} points an axis at most; resampled from {lut.size}, the "
        f"profile is off by up to {levels:.1f} levels of 255."
    )


def _packed(lut: LutData) -> bytes:
    size = min(lut.size, LARGEST_SIZE)
    colors = reference.look_up(lut, lattice(size, (0, 0, 0), (1, 1, 1))).clip(0, 1)
    if size < lut.size:
        _tell_loss(lut, colors)
    differences = (np.floor(colors * 65535 + 0.5).astype(np.int64) - _identity(size)) & 0xFFFF
    head = struct.pack("<4I", _RGB_TABLE, _VERSION, _DIMENSIONS, size)
    # The amount slider goes from 0 to 200 %.
    tail = struct.pack("<3I2d", _SRGB_PRIMARIES, _SRGB_GAMMA, _CLIP, 0.0, 2.0)
    return head + differences.astype("<u2").tobytes() + tail


def _unpacked(packed: bytes) -> LutData:
    kind, version, dimensions, size = struct.unpack_from("<4I", packed)
    if (kind, version, dimensions) != (_RGB_TABLE, _VERSION, _DIMENSIONS):
        raise LutFileError("its table is no three-dimensional RGB table")
    if not 2 <= size <= LARGEST_SIZE:
        raise LutFileError(f"its RGB table has {size} points an axis; 2..32 are possible")
    differences = np.frombuffer(packed, "<u2", size**3 * 3, 16).reshape(size, size, size, 3)
    primaries, gamma = struct.unpack_from("<2I", packed, 16 + differences.nbytes)
    if (primaries, gamma) != (_SRGB_PRIMARIES, _SRGB_GAMMA):
        raise LutFileError("its RGB table is not for sRGB, so this picture's colors do not suit it")
    return LutData(((differences + _identity(size)) & 0xFFFF) / 65535)


def _identity(size: int) -> NDArray[np.int64]:
    """The (size, size, size, 3) 16-bit colors that differences are from."""
    axis = (np.arange(size) * 0xFFFF + size // 2) // (size - 1)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)


def _spelled(data: bytes) -> str:
    """Four bytes, lowest first, as five letters, lowest digit first; n left over as n + 1."""
    words = np.frombuffer(data + bytes(-len(data) % 4), "<u4").astype(np.int64)
    digits = words[:, None] // 85 ** np.arange(5) % 85
    letters: bytes = np.frombuffer(_LETTERS, np.uint8)[digits].tobytes()
    return letters[: len(letters) - -len(data) % 4].decode("ascii")


def _unspelled(text: bytes) -> bytes:
    value = np.full(256, -1, np.int64)
    value[np.frombuffer(_LETTERS, np.uint8)] = np.arange(85)
    digits = value[np.frombuffer(text, np.uint8)]
    digits = digits[digits >= 0]
    missing = -len(digits) % 5
    words = np.pad(digits, (0, missing)).reshape(-1, 5) @ 85 ** np.arange(5)
    data = (words & 0xFFFFFFFF).astype("<u4").tobytes()
    return data[: len(data) - missing]
