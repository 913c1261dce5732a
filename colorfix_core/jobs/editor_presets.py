"""Presets of editors that take a LUT as a picture: the preset, and the HaldCLUT beside it.

darktable's style holds the parameters of its module "lut 3D" (src/iop/lut3d.c, version 3) as
hexadecimal digits; RawTherapee's profile is a text file with the section "Film Simulation".
"""

from __future__ import annotations

import struct
from pathlib import Path
from xml.sax.saxutils import escape

from colorfix_core.errors import LutFileError
from colorfix_core.files.replace import replacing
from colorfix_core.luts.lut import Lut3D
from colorfix_core.messages import tell

EXTENSIONS = (".dtstyle", ".pp3")
_LONGEST_PATH = 511
_KEYPOINTS, _NAME = 2048 * 2 * 3, 128
_STYLE = """<?xml version="1.0" encoding="UTF-8"?>
<darktable_style version="1.0">
  <info><name>{name}</name><description>{picture}</description></info>
  <style>
    <plugin>
      <num>0</num>
      <module>3</module>
      <operation>lut3d</operation>
      <op_params>{parameters}</op_params>
      <enabled>1</enabled>
      <multi_priority>0</multi_priority>
      <multi_name></multi_name>
    </plugin>
  </style>
</darktable_style>
"""
_PROFILE = """[Version]
AppVersion=5.9
Version=349

[Film Simulation]
Enabled=true
ClutFilename={picture}
Strength=100
"""


def is_preset(path: Path) -> bool:
    """Whether a file of this name is an editor's preset."""
    return path.suffix.lower() in EXTENSIONS


def files_of(path: Path) -> list[Path]:
    """All files that `save` writes under this name."""
    return [path, path.with_suffix(".png")] if is_preset(path) else [path]


def save(lut: Lut3D, path: Path) -> None:
    """Write a LUT, or a preset and its HaldCLUT; tells where both have to go.

    Raises
    ------
    LutFileError : a file cannot be written
    """
    if not is_preset(path):
        lut.save(path)
        return
    picture = path.with_suffix(".png")
    if path.suffix.lower() == ".pp3":
        text = _PROFILE.format(picture=picture.name)
        help_ = (
            f"{picture.name} goes into the folder that RawTherapee's Preferences > Image Processing"
            f" name for HaldCLUTs, and {path.name} into its folder of processing profiles."
        )
    else:
        text = _style(path, picture)
        help_ = (
            f"{picture.name} goes into darktable's 3D LUT root folder (Preferences > Processing), "
            f"and {path.name} is imported in the lighttable's module Styles."
        )
    lut.save(picture)
    try:
        with replacing(path) as part:
            part.write_text(text, "utf-8")
    except OSError as error:
        raise LutFileError(f"{path} cannot be written: {error.strerror or error}") from error
    tell(help_)


def _style(path: Path, picture: Path) -> str:
    encoded = picture.name.encode()
    if len(encoded) > _LONGEST_PATH:
        raise LutFileError(f"{picture.name} is too long a name for darktable; choose a shorter one")
    # Path, sRGB, tetrahedral, no compressed table, and no name of one.
    packed = struct.pack(f"<{_LONGEST_PATH + 1}s3i{_KEYPOINTS}x{_NAME}x", encoded, 0, 0, 0)
    return _STYLE.format(
        name=escape(path.stem), picture=escape(picture.name), parameters=packed.hex()
    )
