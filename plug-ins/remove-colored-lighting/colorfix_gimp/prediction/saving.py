"""The files of a correction: a LUT, or one for each light and where the others apply."""

from __future__ import annotations

from pathlib import Path

from colorfix_core.jobs.lut_names import lut_name, mask_name
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.masked import shares_of
from colorfix_gimp.lut_files import save
from colorfix_gimp.prediction.corrections import Correction
from colorfix_gimp.settings import Settings


def save_correction(
    correction: Correction, layer: Gimp.Layer, settings: Settings, file: Path, points: int | None
) -> list[str]:
    """Write FILE, or FILE-1, FILE-2 and FILE-mask-2.png for two lights.

    Parameters
    ----------
    layer : what the correction is for
    points : how fine the LUTs are; None: as they are

    Returns what the user should read about the files.

    Raises
    ------
    LutFileError, ImageError : they cannot be written
    """
    luts = [settings.describe(lut, layer.get_name()) for lut in correction.luts]
    if len(luts) == 1:
        return save(luts[0], file, points)
    notes = []
    for number, lut in enumerate(luts, start=1):
        notes += save(lut, lut_name(file, number), points)
    for number in range(1, len(luts)):
        shares = list(shares_of(layer, correction.whole, number))
        engine.call("saved_mask", shares, str(mask_name(file, number + 1)))
    return list(dict.fromkeys(notes))
