"""Common LUT Format: Academy S-2014-006, read and written by OpenColorIO.

A CLF file is a chain of operations. Those that are a matrix with a diagonal, curves and a 3D table
in that order, each optional but the last, become a `Lut3D` as they are; any other chain is
sampled. The title is the chain's name, the comments are its descriptions.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from types import ModuleType
from typing import BinaryIO

import numpy as np

from ..errors import LutFileError
from ..lut import SIZES, Lut3D, Shaper

SAMPLED_SIZE = 65
LARGEST_FILE = 1 << 28


def _ocio() -> ModuleType:
    try:
        import PyOpenColorIO
    except ImportError as error:
        raise LutFileError(
            'CLF files need OpenColorIO; install it with "pip install opencolorio", or use .cube'
        ) from error
    return PyOpenColorIO


def read(stream: BinaryIO, size: int) -> Lut3D:
    """Read a CLF file; `stream` must be a named file, which OpenColorIO opens itself.

    Raises
    ------
    LutFileError
        With what OpenColorIO says about the file.
    """
    ocio = _ocio()
    if size > LARGEST_FILE or not stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise LutFileError("line 1 does not start an XML document")
    ocio.ClearAllCaches()
    transform = ocio.FileTransform(stream.name, interpolation=ocio.INTERP_TETRAHEDRAL)
    try:
        processor = ocio.Config.CreateRaw().getProcessor(transform)
        group = processor.createGroupTransform()
        lut = _as_stored(ocio, list(group)) or _sampled(ocio, processor)
        return replace(lut, title=group.getFormatMetadata().getName(), comments=_comments(group))
    except (ocio.Exception, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        raise LutFileError(f"OpenColorIO says: {reason}") from error


def _comments(group) -> tuple[str, ...]:
    """The lines of a chain's descriptions."""
    elements = group.getFormatMetadata().getChildElements()
    texts = [e.getElementValue() for e in elements if e.getElementName() == "Description"]
    return tuple(line for text in texts for line in text.splitlines())


def _as_stored(ocio: ModuleType, steps: list) -> Lut3D | None:
    """The LUT that these steps are, or None where they are something else."""
    matrix = curves = None
    if steps and isinstance(steps[0], ocio.MatrixTransform):
        matrix = steps.pop(0)
    if steps and isinstance(steps[0], ocio.Lut1DTransform):
        curves = steps.pop(0)
    if len(steps) != 1 or not isinstance(steps[0], ocio.Lut3DTransform):
        return None
    table = steps[0]
    if any(s.getDirection() != ocio.TRANSFORM_DIR_FORWARD for s in (matrix, curves, table) if s):
        return None
    if curves and (curves.getInputHalfDomain() or curves.getOutputRawHalfs()):
        return None
    domain = _domain(matrix) if matrix else ((0.0,) * 3, (1.0,) * 3)
    n = table.getGridSize()
    if domain is None or n not in SIZES:
        return None
    values = np.array(table.getData(), np.float32).reshape(n, n, n, 3)
    if not curves:
        return Lut3D(values, *domain)
    curve = np.array(curves.getData(), np.float32).reshape(-1, 3)
    return Lut3D(values, shaper=Shaper(curve, *domain))


def _domain(matrix) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """What a diagonal matrix and its offset send to 0 and to 1."""
    square = np.array(matrix.getMatrix()).reshape(4, 4)
    scale, offset = np.diag(square)[:3], np.array(matrix.getOffset())[:3]
    if np.count_nonzero(square - np.diag(np.diag(square))) or (scale <= 0).any():
        return None
    return tuple(-offset / scale), tuple((1 - offset) / scale)


def _sampled(ocio: ModuleType, processor) -> Lut3D:
    """Any other chain, sampled over 0..1."""
    colours = np.array(Lut3D.identity(SAMPLED_SIZE).table).reshape(-1, 3)
    processor.getDefaultCPUProcessor().applyRGB(colours)
    warnings.warn(f"CLF operations sampled into a LUT of size {SAMPLED_SIZE}", stacklevel=2)
    return Lut3D(colours.reshape((SAMPLED_SIZE,) * 3 + (3,)))


def write(lut: Lut3D, stream: BinaryIO) -> None:
    """Write a CLF file that asks for tetrahedral interpolation."""
    ocio = _ocio()
    from .. import engine_ocio

    if lut.size > engine_ocio.LARGEST_SIZE:
        raise LutFileError(f"OpenColorIO writes sizes up to {engine_ocio.LARGEST_SIZE} only")
    group = engine_ocio.transform(lut)
    metadata = group.getFormatMetadata()
    metadata.setName(_printable(lut.title))
    for comment in lut.comments:
        metadata.addChildElement("Description", _printable(comment))
    text = group.write("Academy/ASC Common LUT Format", ocio.Config.CreateRaw())
    stream.write(text.encode("utf-8"))


def _printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
