"""What a file is, by its first bytes: names lie."""

from __future__ import annotations

_RAW = (
    "it is a camera's raw file; develop it first, in darktable or RawTherapee, or open it in GIMP"
)
_FIRST = (
    (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"BM", "BMP"), (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"II+\0", "TIFF"), (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  ", "JPEG2000"), (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"v/1\x01", "EXR"),
)  # fmt: skip
_NAMED = (
    (b"\0\0\0\x0cJXL ", "it is a JPEG XL picture (JXL); convert it to PNG and try again"),
    (b"\xff\x0a", "it is a JPEG XL picture (JXL); convert it to PNG and try again"),
    (b"8BPS", "it is a Photoshop document; export it as TIFF or PNG and try again"),
    (b"gimp xcf", "it is a GIMP picture (XCF); export it as TIFF or PNG and try again"),
    (b"%PDF", "it is a PDF document; export its picture as PNG and try again"),
    (b"#?RADIANCE", "it is a Radiance picture (HDR); convert it to OpenEXR and try again"),
    (b"P6", "it is a PPM picture; convert it to PNG and try again"),
    (b"FUJIFILMCCD-RAW", _RAW), (b"IIRO", _RAW), (b"IIRS", _RAW), (b"MMOR", _RAW),
    (b"IIU\0", _RAW), (b"FOVb", _RAW), (b"\0MRM", _RAW),
)  # fmt: skip
_RAW_NAMES = frozenset((
    ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".srf", ".sr2", ".dng", ".orf", ".rw2", ".raf",
    ".pef", ".srw", ".3fr", ".iiq", ".erf", ".mef", ".mos", ".kdc", ".dcr", ".rwl", ".x3f", ".raw",
    ".fff", ".cap", ".gpr", ".mrw", ".ptx", ".bay", ".dcs", ".drf", ".ari", ".qtk", ".mdc", ".eip",
    ".cine", ".braw", ".r3d",
))  # fmt: skip
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def kind_of(data: bytes) -> str | None:
    """The format's name as Pillow calls it, or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and (data[8:12] in (b"avif", b"avis") or b"avif" in data[16:48]):
        return "AVIF"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        return "HEIF"
    return next((name for head, name in _FIRST if data.startswith(head)), None)


def refusal(data: bytes, suffix: str) -> str | None:
    """Why a file that people have is not read, by its name; None if nothing speaks against it."""
    if data[4:12] == b"ftypcrx " or (suffix in _RAW_NAMES and kind_of(data) in (None, "TIFF")):
        return _RAW
    if data[4:8] == b"ftyp" and kind_of(data) is None:
        return "it is a film; take a frame of it as PNG and try again"
    return next((why for head, why in _NAMED if data.startswith(head)), None)
