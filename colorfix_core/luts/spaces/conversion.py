"""LUTs for other encodings as LUTs for sRGB: by OpenColorIO's built-in transforms.

A picture's white is a camera's diffuse white (1 in linear light).
"""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import primaries, srgb
from colorfix_core.errors import LutFileError
from colorfix_core.luts import reference
from colorfix_core.luts.data import LutData, lattice
from colorfix_core.luts.spaces.names import Meaning

Lut = TypeVar("Lut", bound=LutData)
Array = NDArray[np.float64]
SIZE = 65
_LOGS = {
    "logc3": "ARRI_ALEXA-LOGC-EI800-AWG_to_ACES2065-1",
    "logc4": "ARRI_LOGC4_to_ACES2065-1",
    "slog3": "SONY_SLOG3-SGAMUT3.CINE_to_ACES2065-1",
    "slog3-sgamut3": "SONY_SLOG3-SGAMUT3_to_ACES2065-1",
    "vlog": "PANASONIC_VLOG-VGAMUT_to_ACES2065-1",
    "clog2": "CANON_CLOG2-CGAMUT_to_ACES2065-1",
    "clog3": "CANON_CLOG3-CGAMUT_to_ACES2065-1",
    "applelog": "APPLE_LOG_to_ACES2065-1",
    "acescct": "ACEScct_to_ACES2065-1",
}
_DISPLAYS = {
    "srgb": "DISPLAY - CIE-XYZ-D65_to_sRGB - MIRROR NEGS",
    "rec709": "DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.709 - MIRROR NEGS",
    "displayp3": "DISPLAY - CIE-XYZ-D65_to_DisplayP3",
}
# Red, green, blue and white, x and y each.
_ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329)
_ROMM = (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001, 0.3457, 0.3585)
_BT2020 = (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329)
# Primaries, and the exponent of the profiles that carry these names; None: sRGB's curve.
_PRIMARIES: dict[str, tuple[tuple[float, ...], float | None]] = {
    "adobergb": (_ADOBE, 563 / 256),
    "prophoto": (_ROMM, 1.8),
    "adobergb-srgb-curve": (_ADOBE, None),
    "prophoto-srgb-curve": (_ROMM, None),
    "rec2020-srgb-curve": (_BT2020, None),
}


def for_srgb(lut: Lut, meaning: Meaning, size: int = SIZE) -> Lut:
    """A LUT for another encoding as one for sRGB-encoded colors.

    Parameters
    ----------
    lut : what takes and gives colors as `meaning` says
    size : lattice points of the result, which covers [0, 1]

    Returns
    -------
    `lut` itself if it is for sRGB

    Raises
    ------
    LutFileError : OpenColorIO, whose transforms are used, is not installed
    """
    if meaning.is_srgb:
        return lut
    size = max(size, lut.size)
    table = np.stack([_through(lut, meaning, slab) for slab in lattice(size, (0, 0, 0), (1, 1, 1))])
    return type(lut)(table, title=lut.title, comments=lut.comments)


def _through(lut: LutData, meaning: Meaning, colors: NDArray[np.float32]) -> Array:
    """(..., 3) sRGB-encoded colors after a LUT of another meaning."""
    linear = srgb.decode(colors.astype(np.float64))
    found = reference.look_up(lut, from_linear(linear, meaning.takes))
    return np.asarray(srgb.encode(to_linear(found, meaning.gives)))


def from_linear(colors: Array, space: str) -> Array:
    """Encode (..., 3) linear sRGB colors as a space does; raises as `for_srgb`."""
    return _run(_processor(space, False), colors)


def to_linear(colors: Array, space: str) -> Array:
    """Decode (..., 3) colors of a space to linear sRGB; raises as `for_srgb`."""
    return _run(_processor(space, True), colors)


def _run(processor: Any, colors: Array) -> Array:
    values = np.ascontiguousarray(colors, np.float32).reshape(-1, 1, 3)
    # A copy, because what came may be somebody's table; rows of one pixel cost little here.
    values = values.copy()
    processor.applyRGB(values)
    return values.reshape(colors.shape).astype(np.float64)


def require() -> None:
    """Raise a LutFileError where OpenColorIO is not installed."""
    if importlib.util.find_spec("PyOpenColorIO") is None:
        raise LutFileError(
            "LUTs for other encodings than sRGB need OpenColorIO; install it with "
            '"pip install opencolorio"'
        )


@cache
def _processor(space: str, inverse: bool) -> Any:
    require()
    import PyOpenColorIO as ocio

    direction = ocio.TRANSFORM_DIR_INVERSE if inverse else ocio.TRANSFORM_DIR_FORWARD
    config = ocio.Config.CreateRaw()
    return config.getProcessor(_steps(ocio, space), direction).getDefaultCPUProcessor()


def _steps(ocio: Any, space: str) -> Any:
    """From linear sRGB to a space."""
    group = ocio.GroupTransform()
    inverse = ocio.TRANSFORM_DIR_INVERSE
    if space in _LOGS:
        group.appendTransform(
            ocio.BuiltinTransform("UTILITY - ACES-AP1_to_LINEAR-REC709_BFD", inverse)
        )
        group.appendTransform(ocio.BuiltinTransform("ACEScg_to_ACES2065-1"))
        group.appendTransform(ocio.BuiltinTransform(_LOGS[space], inverse))
    elif space in _DISPLAYS:
        group.appendTransform(_matrix(ocio, srgb.RGB_TO_XYZ))
        group.appendTransform(ocio.BuiltinTransform(_DISPLAYS[space]))
    elif space in _PRIMARIES:
        chromaticities, exponent = _PRIMARIES[space]
        group.appendTransform(_matrix(ocio, np.linalg.inv(primaries.to_srgb(chromaticities))))
        group.appendTransform(_curve(ocio, exponent))
    return group


def _matrix(ocio: Any, matrix: NDArray[np.floating]) -> Any:
    square = np.eye(4)
    square[:3, :3] = matrix
    return ocio.MatrixTransform(square.ravel().tolist())


def _curve(ocio: Any, exponent: float | None) -> Any:
    """Encoding with an exponent, or with sRGB's curve; negative numbers mirrored."""
    inverse = ocio.TRANSFORM_DIR_INVERSE
    if exponent is None:
        return ocio.ExponentWithLinearTransform(
            [2.4] * 3 + [1.0], [0.055] * 3 + [0.0], ocio.NEGATIVE_MIRROR, inverse
        )
    return ocio.ExponentTransform([exponent] * 3 + [1.0], ocio.NEGATIVE_MIRROR, inverse)
