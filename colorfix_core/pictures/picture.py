"""A picture in memory, and how its colors are corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from colorfix_core.pictures import profiles
from colorfix_core.pictures.metadata import Metadata

Array = np.ndarray[Any, np.dtype[Any]]


class Correction(Protocol):
    """What can be done to colors: a `Lut3D`, or anything else that keeps this promise."""

    @property
    def is_identity(self) -> bool:
        """Whether nothing would change."""

    @property
    def of_color_alone(self) -> bool:
        """Whether equal colors stay equal, wherever they are; else it wants whole pictures."""

    def apply(self, image: Array, out: Array | None = None) -> Array:
        """Correct (..., 3 or 4) sRGB-encoded colors of any dtype; alpha stays."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, upright, and what its file says about it.

    Parameters
    ----------
    pixels : (H, W, 3 or 4) uint8 or uint16
        Encoded as `profile` says; a fourth channel is alpha, not premultiplied.
    profile : bytes, optional
        An ICC profile; without one the pixels are sRGB.
    metadata : what else the file says, true of upright pixels, without the old thumbnail
    dpi : two floats, optional
    aspect : how dense pixels are across and down, where that differs and no unit is told
    lossless : bool
        Whether the file kept every pixel exactly; decides how WebP is written.
    extra : (H, W) of the pixels' dtype, optional
        A channel of which the file does not say what it is; only TIFF holds it.
    tables : quantization tables and subsampling of a JPEG file, for its own quality
    source : the pixels as they were read: while `pixels` is this array, the file can be copied
    packing : how a TIFF file's pixels are to be compressed
    kind : the format of the file that was read
    misnamed : what the file's format is called if its name says another
    origin : the file that was read, whatever became of its colors
    """

    pixels: Array
    profile: bytes | None = None
    metadata: Metadata = Metadata()
    dpi: tuple[float, float] | None = None
    aspect: tuple[int, int] | None = None
    lossless: bool = True
    extra: Array | None = None
    tables: tuple[dict[int, list[int]], int] | None = None
    source: Array | None = None
    packing: str = "zlib"
    kind: str | None = None
    misnamed: str | None = None
    origin: Path | None = None

    @property
    def weights(self) -> Array | None:
        """What counts for a prediction: (H, W) bool, False where nothing is to be seen."""
        return self.pixels[..., 3] > 0 if self.pixels.shape[2] == 4 else None

    def srgb(self) -> Array:
        """The colors, sRGB-encoded.

        Returns
        -------
        (H, W, 3) of the pixels' dtype, or float32, not clipped, if there is another profile
        """
        profile = self._other_profile
        if profile is None:
            return self.pixels[..., :3]
        return self._convert(lambda colors: profiles.to_srgb(colors, profile))

    def corrected(self, correction: Correction) -> Picture:
        """This picture with its colors passed through a correction; alpha stays."""
        if correction.is_identity:
            return self
        profile = self._other_profile
        if profile is None:
            return replace(self, pixels=correction.apply(self.pixels))
        pixels = self.pixels.copy()
        if correction.of_color_alone:
            pixels[..., :3] = self._convert(lambda colors: _through(correction, colors, profile))
        else:
            pixels[..., :3] = _through(correction, pixels[..., :3], profile)
        return replace(self, pixels=pixels)

    def _convert(self, convert: Callable[[Array], Array]) -> Array:
        """Convert the colors; of 8 bits there are few enough to convert each only once."""
        colors = self.pixels[..., :3]
        if colors.dtype == np.uint8:
            return profiles.once_per_color(convert, colors)
        return convert(colors)

    @property
    def _other_profile(self) -> bytes | None:
        """The profile, unless its colors are those of sRGB."""
        return None if self.profile is None or profiles.is_srgb(self.profile) else self.profile


def _through(correction: Correction, colors: Array, profile: bytes) -> Array:
    """Colors of a profile, passed through a correction of sRGB colors."""
    srgb = profiles.to_srgb(colors, profile)
    return profiles.from_srgb(correction.apply(srgb, out=srgb), profile, colors.dtype)
