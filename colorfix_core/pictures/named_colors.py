"""Colors that a file names without a profile: by codes, or by primaries and gamma; as profiles."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import imagecodecs
import numpy as np

from colorfix_core.color import srgb
from colorfix_core.errors import ImageError


def romm() -> bytes:
    """The profile of ROMM RGB (ISO 22028-2), known as ProPhoto RGB."""
    primaries = (0.7347, 0.2653, 1.0, 0.1596, 0.8404, 1.0, 0.0366, 0.0001, 1.0)
    white = (0.3457, 0.3585)
    return bytes(imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=1.8))


def of_chunks(chunks: Mapping[bytes, bytes], embedded: bytes | None = None) -> bytes | None:
    """A profile for the colors that a PNG file's chunks name (W3C PNG 3, 4.3).

    cICP goes before an embedded profile, that before sRGB, and gAMA with cHRM come last.

    Returns
    -------
    An ICC profile, or None where the colors are sRGB's or nothing sensible is said

    Raises
    ------
    ImageError
        If the picture has more light than a screen (PQ, HLG), or values of video range.
    """
    named = chunks.get(b"cICP", b"")
    if len(named) == 4 and is_known(named[0], named[1]):
        if named[3] != 1:
            raise ImageError("its values are in video range; convert it to full range first")
        return of_codes(named[0], named[1])
    if embedded:
        return embedded
    if b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    gamma = int.from_bytes(chunks[b"gAMA"], "big") / 1e5
    if not 0.1 <= gamma <= 10:
        return None
    values = [v / 1e5 for v in struct.unpack(">8I", chunks.get(b"cHRM", b"").ljust(32, b"\0")[:32])]
    if not all(values[1::2]):
        values = [*_D65, *_PRIMARIES[1]]
    curve = None if abs(gamma - 0.45455) < 1e-4 else 1 / gamma
    try:
        return _named(tuple(values[2:]), (values[0], values[1]), curve)
    except imagecodecs.CmsError:  # primaries on one line span no colors
        return _named(_PRIMARIES[1], _D65, curve)


def is_known(primaries: int, transfer: int) -> bool:
    """Whether codes of ITU-T H.273 name colors, and not that nobody knows."""
    return (primaries in _PRIMARIES or primaries == _UNKNOWN) and (
        transfer in _CURVES or transfer in _HDR or (transfer == _UNKNOWN != primaries)
    )


def of_codes(primaries: int, transfer: int) -> bytes | None:
    """A profile for codes that are known; None for sRGB.

    Raises
    ------
    ImageError
        If the picture has more light than a screen (PQ, HLG).
    """
    if transfer in _HDR:
        raise ImageError("it is an HDR picture (PQ or HLG); convert it to SDR and try again")
    known = 1 if primaries == _UNKNOWN else primaries
    return _named(_PRIMARIES[known], _WHITES.get(known, _D65), _CURVES.get(transfer))


_D65, _C = (0.3127, 0.3290), (0.310, 0.316)
_UNKNOWN = 2
# ITU-T H.273, table 2: x and y of red, green and blue, and whites that are not D65.
_PRIMARIES = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    7: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
    12: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
    22: (0.63, 0.34, 0.295, 0.605, 0.155, 0.077),
}
_WHITES = {4: _C, 8: _C, 11: (0.314, 0.351)}
# Table 3: gammas; None is sRGB's curve, by which screens show what cameras encode by BT.709.
_CURVES = {1: None, 4: 2.2, 5: 2.8, 6: None, 7: None, 8: 1.0, 11: None, 12: None, 13: None,
           14: None, 15: None, 17: 2.6}  # fmt: skip
_HDR = (16, 18)


def _named(
    primaries: tuple[float, ...], white: tuple[float, float], gamma: float | None
) -> bytes | None:
    """A matrix profile; sRGB's curve if there is no gamma, for BT.709's too, as screens show it."""
    if primaries == _PRIMARIES[1] and gamma is None:
        return None
    xyy = [v for x, y in zip(primaries[::2], primaries[1::2], strict=True) for v in (x, y, 1.0)]
    curve = {"gamma": gamma} if gamma else {"transferfunction": _srgb_curve()}
    return bytes(imagecodecs.cms_profile("rgb", whitepoint=white, primaries=xyy, **curve))


def _srgb_curve() -> np.ndarray:
    return np.asarray(srgb.decode(np.linspace(0, 1, 4096)), np.float32)
