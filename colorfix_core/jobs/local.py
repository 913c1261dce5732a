"""The files of a correction that differs from place to place: a LUT for each light, and masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from colorfix_core.errors import ImageError
from colorfix_core.files import png16
from colorfix_core.files.replace import replacing
from colorfix_core.jobs.lut_names import lut_name, mask_name
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pictures.picture import Picture


def save(correction: MaskedLuts, lut: Path, picture: Picture) -> None:
    """Write NAME-1.cube, NAME-2.cube and NAME-mask-2.png; one LUT alone goes to NAME.cube.

    A mask is a 16-bit gray picture of the size of `picture`: white where its LUT counts alone.
    The LUTs' results are to be mixed in linear light.

    Raises
    ------
    ImageError, LutFileError : a file cannot be written
    """
    if not correction.masks:
        correction.luts[0].save(lut)
        return
    for number, part in enumerate(correction.luts, 1):
        part.save(lut_name(lut, number))
    shares = correction.shares(picture.srgb())
    for number, share in enumerate(shares[1:], 2):
        _write_mask(share, mask_name(lut, number))


def _write_mask(share: np.ndarray, target: Path) -> None:
    gray = (share * 65535 + 0.5).astype(np.uint16)
    try:
        with replacing(target) as part, open(part, "wb") as stream:
            png16.write(np.repeat(gray[..., None], 3, -1), stream)
    except OSError as error:
        raise ImageError(f"{target} cannot be written: {error.strerror or error}") from error
