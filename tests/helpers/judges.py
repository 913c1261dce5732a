"""What exiftool and exiv2 say of picture files: whether a correction lost or broke anything.

    python -m tests.helpers.judges FOLDER...

corrects a copy of each JPEG, PNG, TIFF and WebP file in the folders into its own format, and says
what the two programs find worse afterwards.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import store
from tests.fuzz.picture_targets import Darker

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
# Groups of what is true of a file and not of its picture, or computed from other tags.
_OF_FILES = ("System", "ExifTool", "Composite")
# The thumbnail showed the old colors; how pixels are stored is an encoder's matter; where things
# lie in a file may change.
_RENEWED = frozenset((
    "Orientation", "JFIFVersion", "EncodingProcess", "ColorComponents", "YCbCrSubSampling",
    "BitsPerSample", "FileTypeExtension", "FileType", "MIMEType", "CurrentIPTCDigest",
    "ExifByteOrder", "Compression", "PhotometricInterpretation", "StripOffsets", "StripByteCounts",
    "RowsPerStrip", "Predictor", "PlanarConfiguration", "TileOffsets", "TileByteCounts",
    "TileWidth", "TileLength", "SubfileType", "OldSubfileType", "FillOrder", "SamplesPerPixel",
    "SampleFormat", "ExtraSamples", "ImageWidth", "ImageHeight", "ExifImageWidth", "ColorMap",
    "ExifImageHeight", "BitDepth", "ColorType", "Filter", "Interlace", "MPImageStart", "Palette",
    "MPImageLength", "VP8Version", "HorizontalScale", "VerticalScale", "AlphaPreprocessing",
    "AlphaCompression", "AlphaFiltering", "AlphaUsed", "WebP_Flags", "T4Options", "T6Options",
    "YCbCrPositioning", "YCbCrCoefficients", "ReferenceBlackWhite", "Transparency", "JPEGTables",
    "XResolution", "YResolution", "ResolutionUnit", "DCTEncodeVersion", "APP14Flags0",
    "APP14Flags1", "ColorTransform", "ThumbnailOffset", "ThumbnailLength", "ThumbnailImage",
    "PreviewImageStart", "PreviewImageLength", "PreviewImage", "ThumbnailTIFF",
    "SignificantBits", "BackgroundColor", "GrayResponseUnit", "Validate", "ExifToolVersion",
))  # fmt: skip


def corrected(source: Path, folder: Path) -> tuple[Path | None, list[str]]:
    """The file that a correction makes, or None, and what the user is told."""
    with listening() as told:
        try:
            picture = store.read(source)
            suffix = {"JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WEBP": ".webp"}
            target = folder / (source.stem + suffix[picture.kind or ""])
            store.write(picture.corrected(Darker()), target)
        except ImageError as error:
            return None, [*told, str(error)]
    return target, told


def exiftool(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """All tags by file and "group:tag", warnings of its validation among them."""
    command = ["exiftool", "-j", "-G1:4", "-a", "-u", "-validate", "-warning", "-all", *paths]
    done = subprocess.run(command, capture_output=True, check=False)
    answers = json.loads(done.stdout.decode("utf-8", "replace") or "[]")
    return {str(Path(answer["SourceFile"])): answer for answer in answers}


def warned(tags: dict[str, Any]) -> Counter[str]:
    """The sentences in which exiftool finds fault."""
    found = Counter[str]()
    for name, value in tags.items():
        if name.split(":")[-1] in ("Warning", "Error"):
            found[_numberless(str(value))] += 1
    return found


def _numberless(text: str) -> str:
    """A warning without its mark of being minor or repeated."""
    text = text.split("] ", 1)[-1] if text.startswith("[") else text
    return text.split(" [x")[0]


def lost(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Tags that are gone or changed, but for those that a new picture has to have anew."""
    there = {(name.split(":")[0], name.split(":")[-1]): [] for name in new if ":" in name}
    for name, value in new.items():
        if ":" in name:
            there[name.split(":")[0], name.split(":")[-1]].append(value)
    gone = []
    for name, value in old.items():
        group, tag = name.split(":")[0], name.split(":")[-1]
        if ":" not in name or group in _OF_FILES or tag in _RENEWED:
            continue
        if group in ("IFD1", "File", "JFXX") or tag in ("Warning", "Error") or "Offset" in tag:
            continue
        if value not in there.get((group, tag), []):
            gone.append(f"{group}:{tag}")
    return gone


def exiv2(path: Path) -> dict[str, str]:
    """EXIF, IPTC and XMP by key, as exiv2 prints them with their types."""
    command = ["exiv2", "-PEIXkyv", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    rows = (line.split(None, 1) for line in done.stdout.decode("latin-1").splitlines())
    return {row[0]: row[1].strip() if len(row) > 1 else "" for row in rows if row}


def lost_for_exiv2(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Keys that are gone or changed, as `lost`."""
    return [
        key
        for key, value in old.items()
        if not key.startswith(("Exif.Thumbnail", "Exif.SubImage", "Exif.Image2", "Exif.Image3"))
        and key.split(".")[-1] not in _EXIV2_NAMES
        and new.get(key) != value
    ]


_EXIV2_NAMES = frozenset((
    "Orientation", "PixelXDimension", "PixelYDimension", "ImageWidth", "ImageLength", "ExifTag",
    "GPSTag", "InteroperabilityTag", "StripOffsets", "StripByteCounts", "RowsPerStrip", "MakerNote",
    "Compression", "PhotometricInterpretation", "BitsPerSample", "SamplesPerPixel", "Predictor",
    "PlanarConfiguration", "TileOffsets", "TileByteCounts", "TileWidth", "TileLength", "FillOrder",
    "NewSubfileType", "SubfileType", "SampleFormat", "ExtraSamples", "SubIFDs", "ColorMap",
    "T4Options", "T6Options", "YCbCrPositioning", "YCbCrSubSampling", "YCbCrCoefficients",
    "ReferenceBlackWhite", "XResolution", "YResolution", "ResolutionUnit", "JPEGTables", "Offset",
    "ByteOrder", "InterColorProfile",
))  # fmt: skip


def main(folders: list[str]) -> int:
    """Judge all pictures in folders; returns how many came out worse."""
    sources = [path for folder in folders for path in sorted(Path(folder).rglob("*"))
               if path.suffix.lower() in SUFFIXES]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        pairs = {}
        for number, source in enumerate(sources):
            place = Path(name, str(number))
            place.mkdir()
            copy = place / ("old" + source.suffix.lower())
            shutil.copy(source, copy)
            (place / "new").mkdir()
            target, told = corrected(copy, place / "new")
            if target is None:
                print(f"refused {source.name}: {told[-1].split(': ', 1)[-1]}")
            else:
                pairs[source] = copy, target, told
        return _judge(pairs)


def _judge(pairs: dict[Path, tuple[Path, Path, list[str]]]) -> int:
    said = exiftool([path for old, new, _ in pairs.values() for path in (old, new)])
    makers, worse = set[str](), 0
    for source, (old, new, told) in pairs.items():
        before, after = said.get(str(old), {}), said.get(str(new), {})
        makers |= {str(v).split()[0] for k, v in before.items() if k.endswith(":Make") and str(v)}
        faults = [f"warns {text}" for text in warned(after) - warned(before)]
        faults += [f"lost {tag}" for tag in lost(before, after)]
        faults += [f"exiv2 lost {key}" for key in lost_for_exiv2(exiv2(old), exiv2(new))]
        worse += bool(faults)
        if faults:
            print(f"worse {source.name}: {'; '.join(faults[:12])} ({len(faults)}), told {told}")
    named = ", ".join(sorted(makers))
    print(f"{len(pairs)} files of {len(makers)} makers ({named}), {worse} worse")
    return worse


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
