"""Pictures given the colors of a reference, and LUTs of pictures in which a chart is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorfix_core.adjustments.adjusted import described
from colorfix_core.errors import ImageError
from colorfix_core.jobs.one import read_visible
from colorfix_core.matching import chart_finding, charts, references
from colorfix_core.matching.charts import Chart
from colorfix_core.messages import tell
from colorfix_core.pictures import store
from colorfix_core.pictures.picture import Picture
from colorfix_core.pixels.depths import full

# A pixel in so many is enough to know a picture's colors.
_MOST_PIXELS = 200_000


def match(
    source: Path, reference: Picture, target: Path, strength: float, lut_file: Path | None = None
) -> None:
    """Match one picture to a reference.

    Raises
    ------
    ImageError, LutFileError : a file cannot be read or written, or the pictures are too unlike;
        `target` is as it was
    """
    picture = read_visible(source)
    store.format_of(target)
    try:
        found = references.match(colors_of(picture), colors_of(reference))
    except ImageError as error:
        raise ImageError(f"{source.name}: {error}") from error
    name = reference.origin.name if reference.origin else ""
    title = f"{source.name} matched to {name}"
    lut = described(found.lut, title, {"fit in %": found.fit}).blend(strength)
    corrected = picture.corrected(lut)
    if lut_file:
        lut.save(lut_file)
    store.write(corrected, target)
    tell(f"{source.name}: {found.sentence()}")


def colors_of(picture: Picture) -> NDArray[np.float64]:
    """(N, 3) sRGB-encoded colors of what can be seen of a picture, in 0..1."""
    step = max(1, int((picture.pixels.shape[0] * picture.pixels.shape[1] / _MOST_PIXELS) ** 0.5))
    small = replace(picture, pixels=picture.pixels[::step, ::step])
    colors = _unit(small.srgb())
    return colors[small.weights] if small.weights is not None else colors.reshape(-1, 3)


def chart(source: Path, corners: Sequence[tuple[float, float]] | None = None) -> Chart:
    """The LUT of a picture in which a chart is held.

    Parameters
    ----------
    corners : x and y of the patches' outer corners; None: the chart is looked for

    Raises
    ------
    ImageError : the file cannot be read, or no chart is there
    """
    colors = _unit(read_visible(source).srgb())
    if corners is not None:
        readings = charts.read(colors, np.array(corners, np.float64))
    else:
        readings = chart_finding.patches(colors)
    if not readings:
        raise ImageError(
            f"no color chart was found in {source.name}; give its corners with --corners, or "
            "choose a picture in which it is larger"
        )
    found = charts.fit(readings)
    off = {"mean CIEDE2000": f"{found.errors.mean():.2f}"}
    return replace(found, lut=described(found.lut, f"Chart in {source.name}", off))


def _unit(colors: NDArray[np.generic]) -> NDArray[np.float64]:
    return (colors.astype(np.float64) / full(colors.dtype)).clip(0, 1)
