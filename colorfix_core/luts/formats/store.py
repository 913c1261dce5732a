"""LUT files: one module per format, chosen by the file's extension.

A format module has ``read(stream, size) -> Lut3D`` for a binary stream of `size` bytes and
``write(lut, stream)``. `load` and `save` add what all formats share: the choice, the error text
and the rename that makes saving all or nothing.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from colorfix_core.errors import LutFileError

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D

_MODULES = {
    ".cube": "cube",
    ".png": "hald",
    ".3dl": "threedl",
    ".spi3d": "spi3d",
    ".clf": "clf",
}
EXTENSIONS = tuple(_MODULES)


def load(path: str | Path) -> Lut3D:
    """See `Lut3D.load`."""
    path = Path(path)
    format_ = _format_of(path)
    try:
        with path.open("rb") as stream:
            return format_.read(stream, os.fstat(stream.fileno()).st_size)
    except LutFileError as error:
        raise LutFileError(f"{path.name} is not a LUT that can be used: {error}") from error
    except OSError as error:
        raise LutFileError(f"{path} cannot be read: {error.strerror or error}") from error


def save(lut: Lut3D, path: str | Path) -> None:
    """See `Lut3D.save`."""
    path = Path(path)
    format_ = _format_of(path)
    part = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        with part.open("xb") as stream:
            format_.write(lut, stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise LutFileError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # such as a folder that is a file
            part.unlink(missing_ok=True)


def _format_of(path: Path) -> ModuleType:
    module = _MODULES.get(path.suffix.lower())
    if module is None:
        known = ", ".join(EXTENSIONS)
        raise LutFileError(f"{path.name} has no LUT format's extension; those known are {known}")
    return import_module(f"colorfix_core.luts.formats.{module}")
