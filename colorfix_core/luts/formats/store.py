"""LUT files: one module a format, chosen by the file's extension.

`load` and `save` add what all formats share: the choice, the error text, the file's name before
what is told, and the rename that makes saving all or nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

from colorfix_core.errors import LutFileError
from colorfix_core.files.replace import replacing
from colorfix_core.luts import beyond
from colorfix_core.luts.data import LutData
from colorfix_core.luts.formats.table import EXTENSIONS, UNREAD
from colorfix_core.messages import listening, one_line, tell

_WITH_SHAPERS = (".cube", ".clf")


class FormatModule(Protocol):
    """What a module of this folder promises for its format."""

    def read(self, stream: BinaryIO, size: int) -> LutData:
        """Read a LUT from a stream of `size` bytes; LutFileError if it holds none."""

    def write(self, lut: LutData, stream: BinaryIO) -> None:
        """Write a LUT; LutFileError if the format cannot hold it."""


def load(path: str | Path) -> LutData:
    """See `Lut3D.load`."""
    path = Path(path)
    module = _module_for(path)
    try:
        with path.open("rb") as stream, listening() as told:
            lut = module.read(stream, os.fstat(stream.fileno()).st_size)
    except LutFileError as error:
        reason = one_line(error)
        raise LutFileError(f"{path.name} is not a LUT that can be used: {reason}") from error
    except OSError as error:
        raise LutFileError(f"{path} cannot be read: {error.strerror or error}") from error
    for sentence in told:
        tell(f"{path.name}: {sentence}")
    return lut


def save(lut: LutData, path: str | Path) -> None:
    """See `Lut3D.save`."""
    path = Path(path)
    module = _module_for(path)
    if lut.mirrored:
        lut = _as_files_hold_it(lut, path)
    try:
        with replacing(path) as part, part.open("wb") as stream, listening() as told:
            module.write(lut, stream)
    except OSError as error:
        raise LutFileError(f"{path} cannot be written: {error.strerror or error}") from error
    for sentence in told:
        tell(f"{path.name}: {sentence}")


def _as_files_hold_it(lut: LutData, path: Path) -> LutData:
    """A LUT that reaches beyond sRGB, in the way that a format has for it; tells which."""
    if path.suffix.lower() in _WITH_SHAPERS:
        tell(
            f"{path.name} is for colors beyond sRGB, too: a curve stands before its table, which "
            "OpenColorIO and DaVinci Resolve take; ffmpeg needs .png, .3dl or .spi3d."
        )
        return beyond.with_shaper(lut)
    tell(
        f"{path.name} holds 0..1 only, where colors beyond sRGB are clipped before it is applied; "
        "use .cube or .clf for programs that do not clip."
    )
    return beyond.cut(lut)


def _module_for(path: Path) -> FormatModule:
    """The module for a file's extension, imported when it is first needed."""
    match path.suffix.lower():
        case ".cube":
            from colorfix_core.luts.formats import cube

            return cube
        case ".png":
            from colorfix_core.luts.formats import hald

            return hald
        case ".3dl":
            from colorfix_core.luts.formats import threedl

            return threedl
        case ".spi3d":
            from colorfix_core.luts.formats import spi3d

            return spi3d
        case ".clf":
            from colorfix_core.luts.formats import clf

            return clf
        case ".xmp":
            from colorfix_core.luts.formats import camera_raw_profile

            return camera_raw_profile
        case ".icc":
            from colorfix_core.luts.formats import device_link

            return device_link
        case ".tif" | ".tiff":
            from colorfix_core.luts.formats import hald_tiff

            return hald_tiff
        case ".vlt":
            from colorfix_core.luts.formats import vlt

            return vlt
        case ".csp" | ".lut" | ".itx" | ".cub" | ".ctf" | ".spi1d" as extension:
            from colorfix_core.luts.formats.by_opencolorio import Reader

            return Reader(extension)
    known = ", ".join(EXTENSIONS)
    if unread := UNREAD.get(path.suffix.lower()):
        raise LutFileError(
            f"{path.name} is {unread}, which is not read; export it as .cube (known are {known})"
        )
    raise LutFileError(f"{path.name} has no LUT format's extension; those known are {known}")
