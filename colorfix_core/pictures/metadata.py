"""What a picture file says beside its pixels: kept byte for byte, but for what would be untrue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core.messages import tell
from colorfix_core.pictures import exif, xmp
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
    lost : what is left out of every result, a sentence each
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
    lost: tuple[str, ...] = ()

    @property
    def orientation(self) -> int:
        """How the stored pixels are to be turned, 1 to 8."""
        return exif.orientation(self.exif)

    @property
    def has_gain_map(self) -> bool:
        """Whether another picture makes this one brighter on HDR screens."""
        named = self.jpeg and any(s.content.startswith(jpeg.GAIN_MAP) for s in self.jpeg.said)
        return bool(self.trailer and (named or xmp.marks_gain_map(self.xmp)))

    def upright(self, size: tuple[int, int]) -> Metadata:
        """What is true once the pixels are turned to be `size` wide and high."""
        if not self.exif:
            return self
        turned, said = self.orientation, self
        block = exif.without_thumbnail(self.exif)
        if turned > 1:
            edges = size if turned > 4 else None
            block = exif.upright(block, edges)
            said = self.with_xmp(xmp.upright(self.xmp, edges))
            if said.has_gain_map:
                said = said.without_gain_map("it is not turned with the picture")
            if edges:
                said = said.with_densities_swapped()
        return replace(said, exif=block)

    def with_xmp(self, packet: bytes) -> Metadata:
        """The same with another XMP packet, wherever the file had it."""
        if packet == self.xmp:
            return self
        head, old, said = jpeg.XMP, self.xmp, self
        if self.jpeg:
            parts = (s._replace(content=head + packet) if s.content == head + old else s
                     for s in self.jpeg.segments)  # fmt: skip
            said = replace(said, jpeg=self.jpeg._replace(segments=tuple(parts)))
        chunks = (png.xmp_chunk(packet) if c.content.startswith(png.XMP) else c for c in self.png)
        tags = ((tag, (kind, packet if tag == exif.XMP else value))
                for tag, (kind, value) in self.tags)  # fmt: skip
        return replace(said, xmp=packet, png=tuple(chunks), tags=tuple(tags))

    def without_gain_map(self, why: str) -> Metadata:
        """The same without what stands behind a JPEG picture, and without mention of it."""
        said = self.with_xmp(xmp.without_gain_map(self.xmp))
        if said.jpeg:
            kept = (s for s in said.jpeg.segments
                    if not s.content.startswith((jpeg.MPF, jpeg.GAIN_MAP)))  # fmt: skip
            said = replace(said, jpeg=said.jpeg._replace(segments=tuple(kept)))
        sentence = f"its gain map (HDR) is left out: {why}"
        return replace(said, trailer=b"", lost=(*said.lost, sentence))

    def with_densities_swapped(self) -> Metadata:
        """Pixels' density across and down in each other's place, in JFIF and in PNG's pHYs."""
        said = self
        if self.jpeg:
            parts = (s._replace(content=s.content[:8] + s.content[10:12] + s.content[8:10]
                                + s.content[12:]) if s.content.startswith(b"JFIF\0") else s
                     for s in self.jpeg.segments)  # fmt: skip
            said = replace(said, jpeg=self.jpeg._replace(segments=tuple(parts)))
        chunks = (c._replace(content=c.content[4:8] + c.content[:4] + c.content[8:])
                  if c.kind == b"pHYs" else c for c in self.png)  # fmt: skip
        return replace(said, png=tuple(chunks))


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
    left_out = exif.LAYOUT | set(moved) | set(_OLD_PICTURE)
    block = _block(lambda: tiff.relaid(data, main, left_out), path)
    packet = tags.get(exif.XMP, (0, b""))[1]
    lost = [sentence for tag, sentence in _OLD_PICTURE.items() if tag in main.entries]
    masks = [_is_mask(data, other) for n, other in enumerate(tiff.pages(data)) if n != page]
    lost += [_MASK] * any(masks) + [_COPIES] * (not all(masks) or _SUB_IFDS in main.entries)
    return Metadata(block, packet, resources, tags=tuple(tags.items()), lost=tuple(lost))


# Photoshop's layers (TIFF, technical note 3), and C2PA's manifest (C2PA 2.1, A.3.6).
_OLD_PICTURE = {
    37724: "its layers are left out: they hold the old colors",
    52545: "its proof of origin (C2PA) is left out: it vouches for the old colors",
}
_MASK = "its page with a mask is left out"
_COPIES = "its thumbnail is left out: it shows the old colors"
_SUB_IFDS = 330


def _is_mask(data: bytes, page: tiff.Directory) -> bool:
    kind = page.entries.get(254)
    value = tiff.numbers(data, kind) if kind else ()
    return bool(value and value[0] & 4)


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
