"""Pictures in files: JPEG, PNG, TIFF, WebP, OpenEXR and others, and what comes with the pixels.

Pillow reads and writes 8 bits, the modules `png`, `tiff` and `exr` what has more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import UnidentifiedImageError

from colorfix_core.errors import ImageError
from colorfix_core.files.png import DamagedFile
from colorfix_core.files.replace import replacing
from colorfix_core.messages import listening, one_line, tell
from colorfix_core.pictures import by_pillow, carrying, exr, png, profiles, reading, sizes, tiff
from colorfix_core.pictures.containers import exr as exr_container
from colorfix_core.pictures.containers import jpeg
from colorfix_core.pictures.picture import Picture
from colorfix_core.pictures.table import EXTENSIONS, FORMATS, Format, named

_LITTLE_MEMORY = 128 << 20
# Of 8 bits: clipping less than that is rounding.
_HALF_STEP = 1 / 510


def read(path: str | Path) -> Picture:
    """Read a picture.

    Raises
    ------
    ImageError
        If the file cannot be read, or holds something else than one color picture.
    """
    path = Path(path)
    try:
        return reading.picture(path.read_bytes(), path)
    except (ImageError, DamagedFile, jpeg.Damaged, exr_container.Damaged) as error:
        raise ImageError(f"{path} cannot be used: {one_line(error)}") from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{path} is not a picture that is read here: {named()}") from error
    except Exception as error:
        raise ImageError(_why_unread(path, error)) from error


def _why_unread(path: Path, error: Exception) -> str:
    """What kept a picture from being read."""
    # Decoders without memory blame the file.
    if isinstance(error, MemoryError) or sizes.room() < _LITTLE_MEMORY:
        return f"{path} is too large for this machine's memory"
    if isinstance(error, OSError):
        return f"{path} cannot be read: {one_line(error.strerror or error)}"
    # They raise whatever a damaged file makes them trip over.
    return f"{path} is damaged: {one_line(error)}"


def write(picture: Picture, path: str | Path) -> None:
    """Write a picture; the format follows from the extension.

    Everything is encoded before a file is made, and the file appears under its name only when
    it is complete. JPEG and WebP hold 8 bits, to which a deeper picture is rounded, and the user
    is told. A picture whose colors nothing changed is copied as the file that it was.

    Raises
    ------
    ImageError
        If the format is unknown or cannot hold the picture, or the file cannot be written.
    """
    path = Path(path)
    format_ = format_of(path)
    _check_fit(picture, format_, path)
    try:
        with listening() as told:
            encoded = _encoded(picture, format_)
        for sentence in told:
            tell(f"{path}: {sentence}")
        with replacing(path) as part:
            part.write_bytes(encoded)
            if part.stat().st_size != len(encoded):
                raise OSError("the disk took only a part of it")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path} cannot be written: {reason}") from error


def _encoded(picture: Picture, format_: Format) -> bytes:
    """The file's content."""
    if picture.origin and picture.source is picture.pixels and picture.kind == format_.name:
        return picture.origin.read_bytes()
    for sentence in picture.metadata.lost:
        tell(sentence)
    bits = 8 * picture.pixels.dtype.itemsize
    if format_.name != "EXR":
        carrying.tell_of_exr(picture)
    if picture.pixels.dtype == np.float32 and not format_.holds_floats:
        picture = _of_16_bits(picture, format_)
    if format_.name == "TIFF":
        return carrying.into_tiff(picture, lambda order: tiff.encode(picture, order))
    if format_.name == "EXR":
        return carrying.into_exr(picture, exr.encode)
    if picture.pixels.dtype == np.uint16 and not format_.holds_16_bits:
        tell(f"{format_.name} holds 8 bits a channel; the picture had {bits}")
        picture = _of_8_bits(picture)
    if picture.extra is not None:
        tell(f"its fourth channel is left out: {format_.name} has no place for it")
    deep = picture.pixels.dtype == np.uint16
    pixels = png.encode(picture) if deep else by_pillow.encode(picture, format_.name)
    return _INTO[format_.name](picture, pixels)


_INTO: dict[str, Callable[[Picture, bytes], bytes]] = {
    "JPEG": carrying.into_jpeg,
    "PNG": carrying.into_png,
    "WEBP": carrying.into_webp,
}


def format_of(path: Path) -> Format:
    """The format that a file's extension stands for; ImageError if there is none."""
    try:
        return EXTENSIONS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(EXTENSIONS)
        raise ImageError(f"{path} does not end in a picture's extension ({known})") from None


def _of_16_bits(picture: Picture, format_: Format) -> Picture:
    """A picture of floats as one of whole numbers, in which nothing is brighter than white."""
    colors = picture.pixels[..., :3]
    outside = float(((colors < -_HALF_STEP) | (colors > 1 + _HALF_STEP)).any(2).mean())
    if outside:
        tell(f"{format_.name} holds no light above white; {max(outside, 1e-4):.2%} of the pixels "
             "are clipped")  # fmt: skip
    pixels = np.rint(np.nan_to_num(picture.pixels).clip(0, 1) * 65535).astype(np.uint16)
    return replace(picture, pixels=pixels)


def _of_8_bits(picture: Picture) -> Picture:
    """A picture of 16 bits as one of 8; linear light, for which they are too few, becomes sRGB."""
    pixels = picture.pixels / np.float32(257)
    if picture.profile and profiles.is_linear(picture.profile):
        pixels[..., :3] = picture.srgb().clip(0, 1) * 255
        picture = replace(picture, profile=None)
    return replace(picture, pixels=np.rint(pixels).astype(np.uint8))


def _check_fit(picture: Picture, format_: Format, path: Path) -> None:
    """Raise an ImageError if a format cannot hold a picture, or would spoil the only copy."""
    pixels = picture.pixels
    if max(pixels.shape[:2]) > format_.largest_edge:
        edge = f"{format_.largest_edge:,}"
        raise ImageError(f"{path} cannot be written: {format_.name} holds at most {edge} pixels "
                         "a side; choose PNG or TIFF")  # fmt: skip
    if picture.misnamed and picture.kind != format_.name:
        _check_name(picture, format_, path)
    if format_.holds_alpha or pixels.shape[2] == 3:
        return
    if (pixels[..., 3] < profiles.full_of(pixels.dtype)).any():
        raise ImageError(f"{path} cannot hold transparency; choose PNG, TIFF or WebP")


def _check_name(picture: Picture, format_: Format, path: Path) -> None:
    """Refuse to replace a file by one of less quality that its name asks for; tell of others."""
    origin, kind = picture.origin, _titles()[picture.kind or ""]
    kind = f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"
    wide = picture.pixels.dtype.itemsize > 1 + format_.holds_16_bits + 2 * format_.holds_floats
    poorer = wide or (picture.lossless and format_.name == "JPEG")
    if origin and poorer and path.exists() and path.samefile(origin):
        raise ImageError(f"{path} holds {kind} picture in spite of its name, and {format_.title} "
                         "would lose quality; rename it, or write to another file")  # fmt: skip
    lossy = "lossy " if poorer else ""
    tell(f"{origin} holds {kind} picture in spite of its name; {path.name} is a {lossy}"
         f"{format_.title} one")  # fmt: skip


def _titles() -> dict[str, str]:
    return {format_.name: format_.title for format_ in FORMATS}
