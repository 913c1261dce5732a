"""The LUT formats there are: what dialogs, messages and pages about them are made from.

A new format is a module of this folder, a line here, and a line in `store`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A LUT format.

    Parameters
    ----------
    extension : in lower case, with the dot
    title : what people call it, in English, without the extension
    writes : whether LUTs can be saved in it; all can be read
    """

    extension: str
    title: str
    writes: bool = True


FORMATS = (
    Format(".cube", "Cube LUT"),
    Format(".png", "HaldCLUT picture"),
    Format(".3dl", "Autodesk"),
    Format(".spi3d", "Sony Imageworks"),
    Format(".clf", "Common LUT Format"),
    Format(".xmp", "Adobe profile"),
    Format(".icc", "ICC device link"),
    Format(".csp", "cineSpace"),
    Format(".lut", "Houdini"),
    Format(".itx", "IRIDAS"),
    Format(".cub", "Truelight"),
    Format(".ctf", "Color Transform Format", writes=False),
    Format(".spi1d", "Sony Imageworks curves", writes=False),
    Format(".vlt", "Panasonic VariCam", writes=False),
    Format(".tif", "HaldCLUT as TIFF", writes=False),
    Format(".tiff", "HaldCLUT in TIFF", writes=False),
)
# Files that people take for LUTs or have beside them, by the name of what they are.
UNREAD = {
    ".3dlut": "a madVR 3D LUT",
    ".acv": "a Photoshop curve",
    ".avif": "a picture with losses",
    ".jpeg": "a picture with losses",
    ".jpg": "a picture with losses",
    ".webp": "a picture of a kind that holds no LUTs",
    ".aml": "an ARRI look",
    ".amf": "an ACES metadata file",
    ".cc": "a color correction of ASC CDL",
    ".ccc": "a collection of color corrections of ASC CDL",
    ".cdl": "a color decision list of ASC CDL",
    ".dctl": "a program for Resolve",
    ".icm": "a color profile",
    ".look": "an IRIDAS or Adobe look",
    ".lrtemplate": "a Lightroom preset",
    ".m3d": "a Pandora LUT",
    ".mga": "a Pandora LUT",
    ".spimtx": "a matrix of Sony Imageworks",
    ".vf": "a Nuke LUT",
}
EXTENSIONS = tuple(format_.extension for format_ in FORMATS)
WRITTEN_EXTENSIONS = tuple(format_.extension for format_ in FORMATS if format_.writes)
