"""What a picture file says beside its pixels: kept byte for byte, but for what would be untrue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core.messages import tell
from colorfix_core.pictures import exif
from colorfix_core.pictures.containers import exr, jpeg, png, tiff, webp


@dataclass(frozen=True)
class Exr:
    """What an OpenEXR file holds beside its picture.

    Parameters
    ----------
    attributes : those of its header; none if there were several parts
    prefix : the name of the picture's layer, before R, G, B and A
    channels : the others by name, (H, W) each
    is_half : whether colors had 16 bits
    """

    attributes: tuple[exr.Attribute, ...]
    prefix: str
    channels: dict[str, np.ndarray]
    is_half: bool


@dataclass(frozen=True)
class Metadata:
    """What goes along into every format, and what only the file's own container holds.

    Parameters
    ----------
    exif : a TIFF structure, whose offsets count from its first byte
    xmp : an XMP packet
    photoshop : image resources, among them IPTC
    jpeg, trailer : a JPEG file taken apart, and what follows its first picture
    chunks : those of a PNG or WebP file
    tags : type and bytes of XMP, IPTC and resources in a TIFF file
    exr : what an OpenEXR file says and holds
    """

    exif: bytes = b""
    xmp: bytes = b""
    photoshop: bytes = b""
    jpeg: jpeg.Jpeg | None = None
    trailer: bytes = b""
    png: tuple[png.Chunk, ...] = ()
    webp: tuple[webp.Chunk, ...] = ()
    tags: tuple[tuple[int, tuple[int, bytes]], ...] = ()
    exr: Exr | None = None

    @property
    def orientation(self) -> int:
        """How the stored pixels are to be turned, 1 to 8."""
        return exif.orientation(self.exif)

    def upright(self, size: tuple[int, int]) -> Metadata:
        """What is true once the pixels are turned to be `size` wide and high."""
        if not self.exif:
            return self
        turned = self.orientation
        block = exif.without_thumbnail(self.exif)
        if turned > 1:
            block = exif.upright(block, size if turned > 4 else None)
        return replace(self, exif=block)


def of_jpeg(parsed: jpeg.Jpeg, data: bytes, path: Path) -> Metadata:
    """What a JPEG file says."""
    return Metadata(
        _block(lambda: parsed.content(jpeg.APP1, jpeg.EXIF), path),
        parsed.content(jpeg.APP1, jpeg.XMP),
        parsed.content(jpeg.APP13, jpeg.PHOTOSHOP),
        jpeg=parsed,
        trailer=data[parsed.end :],
    )


def of_png(chunks: tuple[png.Chunk, ...], path: Path) -> Metadata:
    """What a PNG file says."""
    block = next((c.content for c in chunks if c.kind == b"eXIf"), b"")
    return Metadata(_block(lambda: block, path), png.xmp(chunks), png=chunks)


def of_webp(data: bytes, path: Path) -> Metadata:
    """What a WebP file says."""
    chunks = webp.parse(data)
    block = webp.content(chunks, b"EXIF").removeprefix(jpeg.EXIF)
    return Metadata(_block(lambda: block, path), webp.content(chunks, b"XMP "), webp=chunks)


def of_tiff(data: bytes, page: int, path: Path) -> Metadata:
    """What the page of a TIFF file says."""
    main = tiff.pages(data)[page]
    moved = (exif.XMP, exif.IPTC, exif.PHOTOSHOP)
    tags = {tag: (main.entries[tag].kind, main.entries[tag].value)
            for tag in moved if tag in main.entries}  # fmt: skip
    iptc = tags.get(exif.IPTC, (0, b""))[1]
    resources = tags.get(exif.PHOTOSHOP, (0, exif.resource(iptc) if iptc else b""))[1]
    block = _block(lambda: tiff.relaid(data, main, exif.LAYOUT | set(moved)), path)
    xmp = tags.get(exif.XMP, (0, b""))[1]
    return Metadata(block, xmp, resources, tags=tuple(tags.items()))


def _block(read: Callable[[], bytes], path: Path) -> bytes:
    """A structure that can be read, or none: colors can be corrected without."""
    try:
        block = read()
        return exif.checked(block) if block else b""
    except tiff.Damaged as error:
        tell(f"{path}: its EXIF is damaged and left out ({error})")
        return b""


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn stored pixels the way that EXIF's orientation 1 to 8 says."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def resolution(image: Image.Image) -> tuple[float, float] | None:
    """Dots per inch, if the file tells a sensible number."""
    dpi = tuple(map(float, image.info.get("dpi", ())))
    return dpi if len(dpi) == 2 and all(1 <= value < 1e5 for value in dpi) else None
