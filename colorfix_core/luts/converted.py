"""A LUT for another encoding, applied to sRGB-encoded pictures: converted, corrected, converted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colorfix_core.color import srgb
from colorfix_core.luts.data import Array
from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.spaces import conversion
from colorfix_core.luts.spaces.names import Meaning
from colorfix_core.parallel import spread
from colorfix_core.pixels.depths import full

STRIP_PIXELS = 1 << 18


def converted(lut: Lut3D, meaning: Meaning, strength: float = 1.0) -> Lut3D | ConvertedLut:
    """What applies a LUT of some meaning to sRGB-encoded pictures.

    Parameters
    ----------
    strength : 0..1, how much of the correction; mixed in sRGB-encoded colors

    Raises
    ------
    LutFileError : another encoding than sRGB needs OpenColorIO, which is not installed
    """
    if meaning.is_srgb:
        return lut.blend(strength)
    conversion.require()
    return ConvertedLut(lut, meaning, strength)


@dataclass(frozen=True, eq=False)
class ConvertedLut:
    """See `converted`."""

    lut: Lut3D
    meaning: Meaning
    strength: float = 1.0

    @property
    def is_identity(self) -> bool:
        """Whether nothing would change."""
        return self.strength == 0

    @property
    def of_color_alone(self) -> bool:
        """Whether equal colors stay equal, wherever they are."""
        return True

    def apply(self, image: Array, out: Array | None = None) -> Array:
        """Correct an image; parameters and result as in `Lut3D.apply`."""
        result = np.empty_like(image) if out is None else out
        rows = image.reshape(-1, image.shape[-1]) if image.ndim == 2 else image
        target = result.reshape(rows.shape)
        height = max(1, STRIP_PIXELS // max(1, rows[0].size // rows.shape[-1]))
        spread(
            lambda top: self._correct(rows[top : top + height], target[top : top + height]),
            [(top,) for top in range(0, len(rows), height)],
        )
        return result

    def _correct(self, image: Array, out: Array) -> None:
        colors = image[..., :3].astype(np.float32) / np.float32(full(image.dtype))
        found = self._through(np.nan_to_num(colors, nan=0.0))
        mixed = colors + self.strength * (found - colors)
        out[...] = image
        if image.dtype.kind == "f":
            out[..., :3] = mixed
        else:
            out[..., :3] = (mixed * full(image.dtype) + 0.5).clip(0, full(image.dtype))

    def _through(self, colors: Array) -> Array:
        linear = srgb.decode(colors.astype(np.float64))
        taken = conversion.from_linear(linear, self.meaning.takes).astype(np.float32)
        given = self.lut.apply(taken).astype(np.float64)
        return np.asarray(srgb.encode(conversion.to_linear(given, self.meaning.gives)))
