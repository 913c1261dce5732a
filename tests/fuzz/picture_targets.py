"""Small valid pictures of each format, and what is done with damaged ones."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import random
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import exr_child, profiles, store
from colorfix_core.pictures.containers import exr, jpeg, png, tiff, webp
from colorfix_core.pictures.picture import Array

NEEDS = {"heif": "pillow_heif", "exr": "OpenEXR"}
_TARGETS = ("a.jpg", "a.png", "a.tif", "a.webp")
# What is larger than this in memory is not written, to have time for more inputs.
_WRITTEN_PIXELS = 1 << 16


class Darker:
    """A correction that needs no LUT."""

    is_identity, of_color_alone = False, True

    def apply(self, image: Array, out: Array | None = None) -> Array:
        """Take a fifth from every color; alpha stays."""
        result = image.copy() if out is None else out
        result[..., :3] = (image[..., :3] * np.float32(0.8)).astype(image.dtype)
        return result


def available(name: str) -> bool:
    """Whether the package that a format needs is there."""
    return name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None


def feed(name: str, data: bytes, folder: str) -> str:
    """Read one damaged file, and write what was read; how it ended."""
    source = Path(folder, "input")
    source.write_bytes(data)
    if name == "exr":  # what the child does, without a process for each input
        with contextlib.suppress(exr.Damaged):
            exr.header(data)
        return "refused" if "error" in exr_child.answer(str(source)) else "read"
    with listening():
        try:
            picture = store.read(source)
        except ImageError as error:
            return "refused" if str(error).isprintable() else f"message {error!r}"
        height, width, channels = picture.pixels.shape
        if channels not in (3, 4) or height * width == 0:
            return f"pixels of {picture.pixels.shape}"
        if height * width > _WRITTEN_PIXELS:
            return "read"
        target = Path(folder, random.Random(len(data)).choice(_TARGETS))
        try:
            store.write(picture.corrected(Darker()), target)
        except ImageError as error:  # transparency in JPEG, and the like
            return "read" if str(error).isprintable() else f"message {error!r}"
        written = store.read(target).pixels.shape
    return "read" if written[:2] == (height, width) else f"{written} written of {height}, {width}"


def seeds(name: str) -> list[bytes]:
    """Small valid files, with all that cameras and editors put beside pixels."""
    return {
        "jpeg": _jpegs, "png": _pngs, "tiff": _tiffs, "float_tiff": _float_tiffs, "webp": _webps,
        "other": _others, "heif": _heifs, "exr": _exrs,
    }[name]()  # fmt: skip


def scene() -> Array:
    """(24, 32, 3) uint8: smooth, with some noise."""
    rows, columns = np.mgrid[:24, :32]
    pixels = np.stack([rows * 9, columns * 7, 220 - rows * 4 - columns * 3], -1)
    noise = np.random.default_rng(4).integers(0, 16, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


def _pillow(format_: str, mode: str = "RGB", **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(scene()).convert(mode).save(stream, format_, **options)
    return stream.getvalue()


def _exif(orientation: int = 6) -> bytes:
    """EXIF with a MakerNote, GPS, interoperability, and a thumbnail."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Made up", orientation
    inner = exif.get_ifd(0x8769)
    inner.update({0x9003: "2024:05:06 07:08:09", 0xA001: 65535, 0xA002: 32, 0xA003: 24})
    inner[0x927C] = b"Made up\0II*\0" + bytes(range(40))
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0xA005)[1] = "R03"
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    main = tiff.pages(block)[0]
    thumbnail = _pillow("JPEG", quality=20)
    order = tiff.layout(block).order
    second = struct.pack(order + "HHHIIHHIII", 2, 513, 4, 1, len(block) + 30, 514, 4, 1,
                         len(thumbnail), 0)  # fmt: skip
    at = main.next_at
    block = block[:at] + struct.pack(order + "I", len(block)) + block[at + 4 :]
    return block + second + thumbnail


_XMP = b"<x:xmpmeta><rdf:RDF>\xc3\xa9</rdf:RDF></x:xmpmeta>"
_IPTC = b"8BIM\4\4\0\0\0\0\0\x08\x1c\2\5\0\3abc"


def _jpegs() -> list[bytes]:
    said = [
        jpeg.Segment(jpeg.APP1, jpeg.EXIF + _exif()),
        jpeg.Segment(jpeg.APP1, jpeg.XMP + _XMP),
        jpeg.Segment(jpeg.APP13, jpeg.PHOTOSHOP + _IPTC),
        jpeg.Segment(jpeg.COM, b"Gr\xfc\xdfe"),
        *jpeg.icc_segments(profiles.adobe_rgb()),
    ]
    plain = _pillow("JPEG", quality=60)
    return [
        jpeg.assembled(plain, said),
        jpeg.assembled(_pillow("JPEG", progressive=True, subsampling=2), said[:1]),
        _two_pictures(plain),
        _pillow("JPEG", quality=30, restart_marker_blocks=2),
        _pillow("JPEG", quality=90, optimize=True, keep_rgb=True),
    ]


def _two_pictures(plain: bytes) -> bytes:
    """A multi-picture file (CIPA DC-007), its index at the first segment."""
    entries = struct.pack("<IIIHH", 0x030000, 0, 0, 0, 0)
    entries += struct.pack("<IIIHH", 0, len(plain), 0, 0, 0)
    index = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0xB002, 7, 32, 26) + bytes(4) + entries
    first = bytearray(jpeg.assembled(plain, [jpeg.Segment(jpeg.APP2, jpeg.MPF + index)]))
    start = bytes(first).index(b"II*\0")
    struct.pack_into("<I", first, start + 26 + 24, len(first) - start)
    return bytes(first) + plain


def _pngs() -> list[bytes]:
    plain = _pillow("PNG")
    said = [
        png.Chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        png.Chunk(b"tEXt", b"Title\0Gr\xfc\xdfe"),
        png.Chunk(b"zTXt", b"Comment\0\0" + imagecodecs.zlib_encode(b"much text " * 9)),
        png.Chunk(b"eXIf", _exif()),
        png.xmp_chunk(_XMP),
    ]
    linear = [png.Chunk(b"gAMA", struct.pack(">I", 100000)),
              png.Chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000,
                                             15000, 6000))]  # fmt: skip
    deep = scene().astype(np.uint16) * 257
    return [
        png.assembled(plain, [png.icc_chunk(profiles.adobe_rgb()), *said]),
        png.assembled(plain, linear),
        png.assembled(plain, [png.Chunk(b"cICP", bytes([12, 13, 0, 1]))]),
        bytes(imagecodecs.png_encode(deep)),
        bytes(imagecodecs.png_encode(np.dstack([deep, deep[..., :1]]))),
        _pillow("PNG", "P", transparency=3),
        _pillow("PNG", "RGBA"),
    ]


def _tiff(pixels: Array, **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **{"photometric": "rgb", "metadata": None, **options})
    return stream.getvalue()


def _tiffs() -> list[bytes]:
    small, deep = scene(), scene().astype(np.uint16) * 257
    tags = [(700, 1, len(_XMP), _XMP, True), (33723, 7, 10, _IPTC[-10:], True)]
    alpha = np.dstack([deep, deep[..., :1]])
    pages = io.BytesIO()
    with tifffile.TiffWriter(pages) as file:
        file.write(small[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
        file.write(small, photometric="rgb", subfiletype=0, metadata=None)
    return [
        _tiff(small, extratags=tags, iccprofile=profiles.adobe_rgb(), resolution=(300, 300)),
        _tiff(deep, compression="zlib", predictor=True, byteorder=">"),
        _tiff(small, tile=(16, 16), compression="lzw"),
        _tiff(alpha, extrasamples=["assocalpha"], bigtiff=True),
        _tiff(alpha, extrasamples=["unspecified"], rowsperstrip=5),
        _tiff(np.moveaxis(deep, -1, 0), planarconfig="separate", compression="packbits"),
        _tiff(small, compression="jpeg"),
        pages.getvalue(),
        _pillow("TIFF", "P"),
    ]


def _float_tiffs() -> list[bytes]:
    pixels = scene().astype(np.float32) / 200
    alpha = np.dstack([pixels, pixels[..., :1]])
    return [
        _tiff(pixels),
        _tiff(pixels, compression="zlib", predictor=True, iccprofile=profiles.adobe_rgb()),
        _tiff(alpha, extrasamples=["assocalpha"], tile=(16, 16), byteorder=">"),
        _tiff(alpha, extrasamples=["unassalpha"], compression="lzw"),
    ]


def _webps() -> list[bytes]:
    said = [webp.Chunk(b"ICCP", profiles.adobe_rgb()), webp.Chunk(b"EXIF", _exif()),
            webp.Chunk(b"XMP ", _XMP)]  # fmt: skip
    plain = _pillow("WEBP", quality=60)
    return [
        webp.assembled(plain, (32, 24), False, said),
        _pillow("WEBP", lossless=True),
        _pillow("WEBP", "RGBA", quality=40),
    ]


def _others() -> list[bytes]:
    files = [_pillow("BMP"), _pillow("GIF"), _pillow("GIF", transparency=2), _pillow("JPEG2000"),
             _pillow("JPEG2000", irreversible=True, quality_layers=[30])]  # fmt: skip
    return [*files, _pillow("AVIF", quality=50, exif=_exif())]


def _heifs() -> list[bytes]:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return [_pillow("HEIF", quality=50), _pillow("HEIF", "RGBA", quality=50, exif=_exif())]


def _exrs() -> list[bytes]:
    """For OpenEXR's own reader, and for what takes headers apart."""
    import OpenEXR

    light = (scene() / np.float32(128)).astype(np.float16)
    files = []
    for names, compression in (("RGB", OpenEXR.ZIP_COMPRESSION), ("RGBA", OpenEXR.PIZ_COMPRESSION),
                               ("RGBZ", OpenEXR.NO_COMPRESSION)):  # fmt: skip
        pixels = np.dstack([light, light[..., :1]])
        channels = {name: np.ascontiguousarray(pixels[..., i]) for i, name in enumerate(names)}
        head = {"compression": compression, "type": OpenEXR.scanlineimage, "owner": "made up",
                "chromaticities": (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)}  # fmt: skip
        stream = io.BytesIO()
        OpenEXR.File(head, channels).write(stream)
        files.append(stream.getvalue())
    return files
