"""Common LUT Format: Academy S-2014-006, read and written by OpenColorIO.

A CLF file is a chain of operations. Curves, a 3D table, or curves and then a table become a LUT as
they are, with the diagonal matrix that may stand before each of them; any other chain is sampled.
The title is the chain's name, the comments are its descriptions.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Array, LutData, Shaper, Triple
from colorfix_core.messages import tell

SAMPLED_SIZE = 65
_HEAD = 1 << 16  # comments may come first
LARGEST_FILE = 1 << 27  # twice what size 129 takes


def _ocio() -> Any:
    try:
        import PyOpenColorIO
    except ImportError as error:
        raise LutFileError(
            'CLF files need OpenColorIO; install it with "pip install opencolorio", or use .cube'
        ) from error
    return PyOpenColorIO


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a CLF file.

    Raises
    ------
    LutFileError
        With what OpenColorIO says about the file.
    """
    ocio = _ocio()
    if size > LARGEST_FILE or b"ProcessList" not in stream.read(_HEAD):
        raise LutFileError("line 1 does not start a CLF document")
    try:
        processor = _processor(ocio, stream)
        group = processor.createGroupTransform()
        lut = _as_stored(ocio, list(group)) or _sampled(ocio, processor)
        return replace(lut, title=group.getFormatMetadata().getName(), comments=_comments(group))
    except (ocio.Exception, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        raise LutFileError(f"OpenColorIO says: {reason}") from error


def _processor(ocio: Any, stream: BinaryIO) -> Any:
    """What OpenColorIO makes of a file: of a copy, because it expands $ and % in paths."""
    stream.seek(0)
    ocio.ClearAllCaches()
    with tempfile.NamedTemporaryFile(suffix=".clf") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        transform = ocio.FileTransform(copy.name, interpolation=ocio.INTERP_TETRAHEDRAL)
        return ocio.Config.CreateRaw().getProcessor(transform)


def _comments(group: Any) -> tuple[str, ...]:
    """The lines of a chain's descriptions."""
    elements = group.getFormatMetadata().getChildElements()
    texts = [e.getElementValue() for e in elements if e.getElementName() == "Description"]
    return tuple(line for text in texts for line in text.splitlines())


def _as_stored(ocio: Any, steps: list[Any]) -> LutData | None:
    """The LUT that these steps are, or None where they are something else."""
    if any(step.getDirection() != ocio.TRANSFORM_DIR_FORWARD for step in steps):
        return None
    steps = list(steps)
    first, curves = _take(steps, ocio.MatrixTransform), _take(steps, ocio.Lut1DTransform)
    second = _take(steps, ocio.MatrixTransform) if curves else None
    table = _take(steps, ocio.Lut3DTransform)
    domain, table_domain = _domain(first), _domain(second)
    if steps or not (curves or table) or not domain or not table_domain:
        return None
    if not curves:
        return LutData(_values(table), *domain)
    if not _is_plain(ocio, curves):
        return None
    shaper = Shaper(np.array(curves.getData(), np.float32).reshape(-1, 3), *domain)
    if table:
        return LutData(_values(table), *table_domain, shaper=shaper)
    return None if second else LutData.of_curves(shaper)


def _take(steps: list[Any], kind: type) -> Any:
    """The next step, if it is of a kind."""
    return steps.pop(0) if steps and isinstance(steps[0], kind) else None


def _values(table: Any) -> Array:
    n = table.getGridSize()
    return np.array(table.getData(), np.float32).reshape(n, n, n, 3)


def _is_plain(ocio: Any, curves: Any) -> bool:
    """Whether curves act on each channel alone, over evenly spaced inputs."""
    halfs = curves.getInputHalfDomain() or curves.getOutputRawHalfs()
    return not halfs and curves.getHueAdjust() == ocio.HUE_NONE


def _domain(matrix: Any) -> tuple[Triple, Triple] | None:
    """What a diagonal matrix and its offset send to 0 and to 1; None if it is another matrix."""
    if matrix is None:
        return (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    square = np.array(matrix.getMatrix()).reshape(4, 4)
    scale, offset = np.diag(square)[:3], np.array(matrix.getOffset())[:3]
    if np.count_nonzero(square - np.diag(np.diag(square))) or (scale <= 0).any():
        return None
    low, high = tuple(0 - offset / scale), tuple((1 - offset) / scale)
    return low, high


def _sampled(ocio: Any, processor: Any) -> LutData:
    """Any other chain, sampled over 0..1."""
    colors = np.array(LutData.identity(SAMPLED_SIZE).table).reshape(-1, 3)
    processor.getDefaultCPUProcessor().applyRGB(colors)
    tell(f"CLF operations sampled into a LUT of size {SAMPLED_SIZE}.")
    return LutData(colors.reshape((SAMPLED_SIZE,) * 3 + (3,)))


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write a CLF file that asks for tetrahedral interpolation."""
    ocio = _ocio()
    from colorfix_core.luts import opencolorio

    if lut.size > opencolorio.LARGEST_SIZE:
        raise LutFileError(f"OpenColorIO writes sizes up to {opencolorio.LARGEST_SIZE} only")
    group = opencolorio.transform(lut)
    metadata = group.getFormatMetadata()
    metadata.setName(_printable(lut.title))
    for comment in lut.comments:
        metadata.addChildElement("Description", _printable(comment))
    text = group.write("Academy/ASC Common LUT Format", ocio.Config.CreateRaw())
    stream.write(text.encode("utf-8"))


def _printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
