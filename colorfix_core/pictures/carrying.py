"""What a file said, put into another one: verbatim where the format has a place for it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from colorfix_core.messages import tell
from colorfix_core.pictures import exif, profiles
from colorfix_core.pictures.containers import exr, jpeg, png, tiff, webp
from colorfix_core.pictures.picture import Picture

_C2PA = "its proof of origin (C2PA) is left out: it vouches for the old colors"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# What is written anew, or speaks of how pixels were stored.
_RENEWED = (b"eXIf", b"iCCP", b"sBIT", b"bKGD", b"hIST", b"tRNS", b"acTL", b"caBX")
_OF_PIXELS = (b"sBIT", b"bKGD", b"hIST")
_COLORS = (b"gAMA", b"cHRM", b"cICP", b"sRGB", b"mDCV", b"cLLI")


def into_jpeg(picture: Picture, encoded: bytes) -> bytes:
    """An encoder's JPEG picture with all that the picture's file said."""
    said = picture.metadata
    _tell_of_texts(picture)
    if said.jpeg is None:
        head = [s for s in jpeg.parse(encoded).said if s.marker == jpeg.APP0]
        if picture.aspect:
            head = [jpeg.with_aspect(segment, *picture.aspect) for segment in head]
        return jpeg.assembled(encoded, [*head, *_fitting(_new_segments(picture))])
    segments = list(_fitting(_old_segments(picture)))
    if picture.profile and not any(s.content.startswith(jpeg.ICC) for s in segments):
        segments += jpeg.icc_segments(picture.profile)
    return jpeg.with_pictures(jpeg.assembled(encoded, segments), said.trailer, said.jpeg)


def _old_segments(picture: Picture) -> Iterator[jpeg.Segment]:
    said = picture.metadata
    segments = said.jpeg.said if said.jpeg else ()
    vouching = {s.content[2:4] for s in segments if s.marker == jpeg.APP11 and b"c2pa" in s.content}
    for segment in segments:
        marker, content, _ = segment
        if marker == jpeg.APP1 and content.startswith(jpeg.EXIF):
            if said.exif:
                yield jpeg.Segment(marker, jpeg.EXIF + said.exif)
        elif marker == jpeg.APP11 and content[2:4] in vouching:
            tell(_C2PA)  # its box may go on in further segments
        elif marker == jpeg.APP0 and content.startswith(b"JFXX"):
            continue  # a thumbnail in the old colors
        elif marker == jpeg.APP14 and content.startswith(b"Adobe"):
            yield jpeg.Segment(marker, content[:11] + b"\1" + content[12:])  # YCbCr, as encoded
        else:
            yield segment


def _new_segments(picture: Picture) -> Iterator[jpeg.Segment]:
    said = picture.metadata
    if said.exif:
        yield jpeg.Segment(jpeg.APP1, jpeg.EXIF + said.exif)
    if said.xmp:
        yield jpeg.Segment(jpeg.APP1, jpeg.XMP + said.xmp)
    if said.photoshop:
        yield jpeg.Segment(jpeg.APP13, jpeg.PHOTOSHOP + said.photoshop)
    if picture.profile:
        yield from jpeg.icc_segments(picture.profile)


def _fitting(segments: Iterator[jpeg.Segment]) -> Iterator[jpeg.Segment]:
    for segment in segments:
        if len(segment.content) <= jpeg.LONGEST:
            yield segment
        else:
            name = {jpeg.APP13: "IPTC"}.get(segment.marker, "EXIF")
            name = "XMP" if segment.content.startswith(jpeg.XMP) else name
            tell(f"its {name} is longer than JPEG can hold and is left out")


def into_png(picture: Picture, encoded: bytes) -> bytes:
    """An encoder's PNG picture with all that the picture's file said."""
    picture = _without_gain_map(picture, "PNG")
    said = picture.metadata
    _tell_of_resources(picture, "PNG")
    kept = [c for c in said.png if c.kind[0] & 32 and c.kind not in _RENEWED
            and (c.kind[3] & 32 or c.kind in _COLORS)]  # fmt: skip
    if any(c.kind == b"caBX" for c in said.png):
        tell(_C2PA)
    _tell_of_pixels(said.png, kept)
    if profile := picture.profile:
        if len(profile) > png.SUSPICIOUS:
            profile = profiles.essential(profile)
            tell("its ICC profile is cut to what colors need: so long a one many programs refuse")
        named = [c for c in said.png if c.kind == b"iCCP"]
        own = named[:1] if png.icc_profile(named) == profile else []
        kept = [*(own or [png.icc_chunk(profile)]), *(c for c in kept if c.kind != b"sRGB")]
    if said.exif:
        kept.append(png.Chunk(b"eXIf", said.exif))
    if said.xmp and not said.png:
        kept.append(png.xmp_chunk(said.xmp))
    if picture.dpi and not any(c.kind == b"pHYs" for c in kept):
        per_meter = [round(value / 0.0254) for value in picture.dpi]
        kept.append(png.Chunk(b"pHYs", struct.pack(">IIB", *per_meter, 1)))
    if picture.aspect and not any(c.kind == b"pHYs" for c in kept):
        kept.append(png.Chunk(b"pHYs", struct.pack(">IIB", *picture.aspect, 0)))
    return png.assembled(encoded, map(png.readable, kept))


def into_webp(picture: Picture, encoded: bytes) -> bytes:
    """An encoder's WebP picture with all that the picture's file said."""
    picture = _without_gain_map(picture, "WebP")
    said = picture.metadata
    _tell_of_resources(picture, "WebP")
    _tell_of_texts(picture)
    known = (*webp.PIXELS, b"ICCP", b"EXIF", b"XMP ", b"C2PA")
    parts = {b"ICCP": picture.profile, b"EXIF": said.exif, b"XMP ": said.xmp}
    chunks = [webp.Chunk(kind, content) for kind, content in parts.items() if content]
    chunks += [c for c in said.webp if c.kind not in known]
    if any(c.kind == b"C2PA" for c in said.webp):
        tell(_C2PA)
    height, width, channels = picture.pixels.shape
    return webp.assembled(encoded, (width, height), channels == 4, chunks) if chunks else encoded


def into_tiff(picture: Picture, encode: Callable[[str], bytes]) -> bytes:
    """An encoder's TIFF picture with all that the picture's file said."""
    picture = _without_gain_map(picture, "TIFF")
    said = picture.metadata
    _tell_of_texts(picture)
    _tell_of_segments(picture, "TIFF")
    extra = dict(said.tags)
    if not extra and said.xmp:
        extra[exif.XMP] = (1, said.xmp)
    if not extra and said.photoshop:
        extra[exif.PHOTOSHOP] = (7, said.photoshop)
    return tiff.assembled(encode, said.exif, extra)


def into_exr(picture: Picture, encode: Callable[[Picture], bytes]) -> bytes:
    """An OpenEXR picture with what such a file had said; others' sayings have no place in it."""
    picture = _without_gain_map(picture, "OpenEXR")
    said = picture.metadata
    _tell_of_texts(picture)
    _tell_of_resources(picture, "OpenEXR")
    lost = [
        f"{name} is"
        for name, there in (("EXIF", not exif.says_nothing(said.exif)), ("XMP", said.xmp))
        if there
    ]
    for name in lost:
        tell(f"its {name} left out: OpenEXR has no place for it")
    return encode(picture)


def tell_of_exr(picture: Picture) -> None:
    """Say what only OpenEXR holds, before a picture from there goes into another format."""
    said = picture.metadata.exr
    if said and said.channels:
        names = ", ".join(list(said.channels)[:5])
        tell(f"its further channels ({names}) are left out: only OpenEXR has a place for them")
    if said and (names := ", ".join(exr.told_names(said.attributes)[:5])):
        tell(f"what its header says ({names}) is left out: only OpenEXR has a place for it")


def _tell_of_texts(picture: Picture) -> None:
    if any(c.kind in _TEXTS and not c.content.startswith(png.XMP) for c in picture.metadata.png):
        tell("its texts (title, author and the like) are left out: only PNG has a place for them")


def _tell_of_pixels(old: Iterable[png.Chunk], kept: Iterable[png.Chunk]) -> None:
    """Say which chunks that spoke of the old pixels are gone."""
    known = (*_RENEWED, *(c.kind for c in kept))
    gone = [c.kind for c in old if c.kind[0] & 32 and (c.kind not in known or c.kind in _OF_PIXELS)]
    lost = dict.fromkeys(kind.decode("latin-1") for kind in gone)
    if lost:
        tell(f"what it says of the old pixels is left out ({', '.join(lost)})")


def _without_gain_map(picture: Picture, name: str) -> Picture:
    """The picture as a format takes it that has no place for a second one; tells of it."""
    said = picture.metadata
    if not said.has_gain_map:
        return picture
    said = said.without_gain_map("")
    tell(f"its gain map (HDR) is left out: {name} has no place for it")
    return replace(picture, metadata=said)


def _tell_of_resources(picture: Picture, name: str) -> None:
    if picture.metadata.photoshop:
        tell(f"its IPTC is left out: {name} has no place for it")
    _tell_of_segments(picture, name)


def _tell_of_segments(picture: Picture, name: str) -> None:
    """Say what only JPEG has a place for."""
    said = picture.metadata
    segments = said.jpeg.said if said.jpeg else ()
    if any(s.marker == jpeg.COM for s in segments):
        tell(f"its comment is left out: {name} has no place for it")
    if any(s.content.startswith(jpeg.MORE_XMP) for s in segments):
        tell(f"the extension of its XMP is left out: {name} has no place for it")
    if any(s.marker == jpeg.APP11 and b"c2pa" in s.content for s in segments):
        tell(_C2PA)
    others = {f"APP{s.marker - 0xE0}" for s in segments
              if s.marker not in _PLACED and not s.content.startswith(_KNOWN)}  # fmt: skip
    if others:
        tell(f"what makers have added ({', '.join(sorted(others))}) is left out: {name} has no "
             "place for it")  # fmt: skip
    if said.trailer.strip(b"\0"):
        tell(f"its further pictures are left out: {name} has no place for them")


_PLACED = (jpeg.APP0, jpeg.APP11, jpeg.APP13, jpeg.APP14, jpeg.COM)
_KNOWN = (jpeg.EXIF, jpeg.XMP, jpeg.MORE_XMP, jpeg.ICC, jpeg.MPF, b"Ducky")
