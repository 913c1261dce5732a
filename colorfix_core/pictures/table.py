"""Which formats pictures come in: extensions, names, what they can hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """One way to store a picture.

    Parameters
    ----------
    name : as Pillow calls it
    title : as people call it
    needs : the Python package that is needed beside those that are always there
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    bits: str = "8"
    holds_alpha: bool = False
    largest_edge: int = (1 << 31) - 1
    writes: bool = True
    needs: str = ""

    @property
    def holds_16_bits(self) -> bool:
        """Whether more than 8 bits a channel can be stored."""
        return self.bits != "8"

    @property
    def holds_floats(self) -> bool:
        """Whether light above white can be stored."""
        return "float" in self.bits


FORMATS = (
    Format(
        "JPEG",
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp"),
        largest_edge=65500,
    ),
    Format("PNG", "PNG", (".png",), "8, 16", holds_alpha=True),
    Format("TIFF", "TIFF", (".tif", ".tiff"), "8, 16, float", holds_alpha=True),
    Format("WEBP", "WebP", (".webp",), holds_alpha=True, largest_edge=16383),
    Format("EXR", "OpenEXR", (".exr",), "float", holds_alpha=True, needs="openexr"),
    Format("BMP", "BMP", (".bmp", ".dib"), writes=False),
    Format("GIF", "GIF", (".gif",), holds_alpha=True, writes=False),
    Format("JPEG2000", "JPEG 2000", (".jp2", ".j2k", ".jpx"), holds_alpha=True, writes=False),
    Format("AVIF", "AVIF", (".avif",), holds_alpha=True, writes=False),
    Format("HEIF", "HEIC", (".heic", ".heif"), holds_alpha=True, writes=False, needs="pillow-heif"),
)
# zlib's effort: a third of the time of the usual 6, and files 6 to 9 % larger.
PNG_LEVEL = 4
# Formats that pictures can be written in, by extension.
EXTENSIONS = {extension: format_ for format_ in FORMATS if format_.writes
              for extension in format_.extensions}  # fmt: skip
# What becomes of pictures in formats that are read and not written, if only a folder is named.
INSTEAD = {extension: ".png" if format_.name in ("BMP", "GIF") else ".jpg"
           for format_ in FORMATS if not format_.writes
           for extension in format_.extensions}  # fmt: skip


def named(writes: bool = False) -> str:
    """The formats that are read, or those that are written, too, as part of a sentence."""
    titles = [format_.title for format_ in FORMATS if format_.writes or not writes]
    return f"{', '.join(titles[:-1])} or {titles[-1]}"
