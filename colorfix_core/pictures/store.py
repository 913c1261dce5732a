"""Pictures in files: JPEG, PNG, TIFF and WebP, with 8 or 16 bits, and what comes with the pixels.

Pillow reads and writes them, except where it would lose half of 16 bits, or EXIF: the modules
`deep_png` and `tiff` take over there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.pictures import png, profiles, tiff

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D

log = logging.getLogger(__name__)
# Panoramas are large, and these are the user's own files.
Image.MAX_IMAGE_PIXELS = None

FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
_DEEP = ("PNG", "TIFF")
_ORIENTATION = 0x0112
# ImageDescription, Make, Model, Software, DateTime, Artist, Copyright.
_DESCRIPTIVE_TAGS = {270, 271, 272, 305, 306, 315, 33432}
# What Pillow's modes without colour, or with colours that no LUT is for, are called.
_REFUSED = {
    "1": "greyscale: there is no colour to correct",
    "L": "greyscale: there is no colour to correct",
    "LA": "greyscale: there is no colour to correct",
    "La": "greyscale: there is no colour to correct",
    "I;16": "greyscale: there is no colour to correct",
    "I;16B": "greyscale: there is no colour to correct",
    "I": "greyscale: there is no colour to correct",
    "F": "greyscale: there is no colour to correct",
    "CMYK": "in CMYK, made for a printer; convert it to RGB and try again",
    "LAB": "in CIELAB; convert it to RGB and try again",
}


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, upright, and what its file says about it.

    Parameters
    ----------
    pixels : (H, W, 3 or 4) uint8 or uint16
        Encoded as `profile` says; a fourth channel is alpha, not premultiplied.
    profile : bytes, optional
        An ICC profile; without one the pixels are sRGB.
    exif : PIL.Image.Exif
        Without an orientation, since the pixels are upright, and without the old thumbnail.
    dpi : two floats, optional
    lossless : bool
        Whether the file kept every pixel exactly; decides how WebP is written.
    """

    pixels: np.ndarray
    profile: bytes | None = None
    exif: Image.Exif = field(default_factory=Image.Exif)
    dpi: tuple[float, float] | None = None
    lossless: bool = True

    @property
    def weights(self) -> np.ndarray | None:
        """What counts for a prediction: (H, W) bool, False where nothing is to be seen."""
        return self.pixels[..., 3] > 0 if self.pixels.shape[2] == 4 else None

    def srgb(self) -> np.ndarray:
        """The colours, sRGB-encoded.

        Returns
        -------
        (H, W, 3) of the pixels' dtype, or float32, not clipped, if there is another profile
        """
        if self._is_srgb:
            return self.pixels[..., :3]
        return self._convert(lambda colours: profiles.to_srgb(colours, self.profile))

    def corrected(self, lut: Lut3D) -> Picture:
        """This picture with its colours passed through a LUT; alpha stays."""
        if lut.is_identity:
            return self
        if self._is_srgb:
            return replace(self, pixels=lut.apply(self.pixels))
        pixels = self.pixels.copy()
        pixels[..., :3] = self._convert(lambda colours: self._through(lut, colours))
        return replace(self, pixels=pixels)

    def _through(self, lut: Lut3D, colours: np.ndarray) -> np.ndarray:
        """Colours of this picture's profile, passed through a LUT of sRGB colours."""
        srgb = profiles.to_srgb(colours, self.profile)
        return profiles.from_srgb(lut.apply(srgb, out=srgb), self.profile, colours.dtype)

    def _convert(self, convert: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Convert the colours; of 8 bits there are few enough to convert each only once."""
        colours = self.pixels[..., :3]
        if colours.dtype == np.uint8:
            return profiles.once_per_colour(convert, colours)
        return convert(colours)

    @property
    def _is_srgb(self) -> bool:
        return self.profile is None or profiles.is_srgb(self.profile)


def read(path: str | Path) -> Picture:
    """Read a picture.

    Raises
    ------
    ImageError
        If the file cannot be read, or holds something else than one 8- or 16-bit colour picture.
    """
    path = Path(path)
    try:
        with Image.open(path, formats=("JPEG", "PNG", "TIFF", "WEBP")) as image:
            return _from_pillow(image, path)
    except ImageError as error:
        raise ImageError(f"{path} cannot be used: {error}") from error
    except Image.UnidentifiedImageError as error:
        formats = "JPEG, PNG, TIFF or WebP"
        raise ImageError(f"{path} is not an 8- or 16-bit {formats} picture") from error
    except MemoryError as error:
        raise ImageError(f"{path} is too large for this machine's memory") from error
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # decoders raise whatever a damaged file makes them trip over
        raise ImageError(f"{path} is damaged: {error}") from error


def write(picture: Picture, path: str | Path) -> None:
    """Write a picture; the format follows from the extension.

    The file appears under its name only when it is complete. JPEG and WebP hold 8 bits, to which
    a deeper picture is rounded; a warning is logged then.

    Raises
    ------
    ImageError
        If the format is unknown or cannot hold the picture, or the file cannot be written.
    """
    path = Path(path)
    format_ = format_of(path)
    _check_alpha(picture, format_, path)
    deep = picture.pixels.dtype == np.uint16
    if deep and format_ not in _DEEP:
        log.warning("%s holds 8 bits a channel; the picture had 16", path.name)
        picture = replace(picture, pixels=_to_8_bits(picture.pixels))
        deep = False
    try:
        with _replacing(path) as part:
            if format_ == "TIFF":
                tiff.write(picture, part)
            elif deep:
                png.write(picture, part)
            else:
                _write_with_pillow(picture, part, format_)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path} cannot be written: {reason}") from error


def format_of(path: Path) -> str:
    """Name the format that a file's extension stands for."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(FORMATS)
        raise ImageError(f"{path} does not end in a picture's extension ({known})") from None


def _from_pillow(image: Image.Image, path: Path) -> Picture:
    if reason := _REFUSED.get(image.mode):
        raise ImageError(f"it is {reason}")
    if image.format in ("PNG", "TIFF", "WEBP") and getattr(image, "n_frames", 1) > 1:
        raise ImageError(f"it holds {image.n_frames} pages or frames, and one was expected")
    profile = image.info.get("icc_profile") or None
    if profile:
        profiles.check(profile)
    deep = {"PNG": png.read, "TIFF": tiff.read}.get(image.format)
    pixels = deep(path) if deep else None
    if pixels is None:
        pixels = _decode(image)
    # Pillow turns a TIFF while decoding it, and says so by forgetting its orientation.
    exif = _exif(image, path)
    return Picture(
        _upright(pixels, exif.get(_ORIENTATION, 1)),
        profile,
        _portable(exif),
        _resolution(image),
        lossless=image.format in _DEEP or _is_lossless_webp(path),
    )


def _decode(image: Image.Image) -> np.ndarray:
    """The 8-bit pixels of a picture as (H, W, 3 or 4)."""
    has_alpha = image.mode in ("RGBA", "RGBa", "PA") or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn stored pixels the way that EXIF's orientation 1 to 8 says."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _exif(image: Image.Image, path: Path) -> Image.Exif:
    """The metadata, or none if it is damaged: that must not keep colours from being corrected."""
    try:
        exif = image.getexif()
        _portable(exif).tobytes()
        return exif
    except Exception as error:  # as many kinds as there are kinds of damage
        log.warning("%s: its EXIF is damaged and left out (%s)", path, error)
        return Image.Exif()


def _portable(exif: Image.Exif) -> Image.Exif:
    """The metadata that stays true: no orientation, no thumbnail, nothing of TIFF's layout."""
    portable = Image.Exif()
    for tag in _DESCRIPTIVE_TAGS & set(exif):
        portable[tag] = exif[tag]
    for folder in tiff.FOLDERS:
        if entries := exif.get_ifd(folder):
            portable.get_ifd(folder).update(entries)
    return portable


def _resolution(image: Image.Image) -> tuple[float, float] | None:
    """Dots per inch, if the file tells a sensible number."""
    dpi = tuple(map(float, image.info.get("dpi", ())))
    return dpi if len(dpi) == 2 and all(1 <= value < 1e5 for value in dpi) else None


def _is_lossless_webp(path: Path) -> bool:
    """Whether the picture's chunk is VP8L; a profile may come before it (RFC 9649)."""
    with path.open("rb") as stream:
        stream.seek(12)
        while len(head := stream.read(8)) == 8 and head[:4] not in (b"VP8L", b"VP8 "):
            length = int.from_bytes(head[4:], "little")
            stream.seek(length + length % 2, os.SEEK_CUR)
    return head[:4] == b"VP8L"


def _to_8_bits(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels / np.float32(257)).astype(np.uint8)


def _check_alpha(picture: Picture, format_: str, path: Path) -> None:
    if format_ != "JPEG" or picture.pixels.shape[2] == 3:
        return
    if (picture.pixels[..., 3] < np.iinfo(picture.pixels.dtype).max).any():
        raise ImageError(f"{path} cannot hold transparency; choose PNG, TIFF or WebP")


def _write_with_pillow(picture: Picture, part: Path, format_: str) -> None:
    options = {
        "JPEG": {"quality": 95, "subsampling": 0, "optimize": True},
        "PNG": {"compress_level": png.LEVEL},
        "WEBP": {"quality": 95, "lossless": picture.lossless, "exact": True},
    }[format_]
    if picture.dpi and format_ != "WEBP":
        options["dpi"] = picture.dpi
    if picture.profile:
        options["icc_profile"] = picture.profile
    if len(picture.exif):
        options["exif"] = picture.exif
    pixels = picture.pixels[..., :3] if format_ == "JPEG" else picture.pixels
    Image.fromarray(np.ascontiguousarray(pixels)).save(part, format_, **options)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, which becomes `path` if nothing goes wrong.

    A file that was there hands on its permissions; a link is followed.
    """
    path = path.resolve()
    mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(mode & 0o777)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    """The mask that new files get; the system tells it only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
