"""Several LUTs for one picture, each with its share of every place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colorfix_core.color import srgb
from colorfix_core.luts.data import Array
from colorfix_core.luts.lut import Lut3D
from colorfix_core.parallel import spread
from colorfix_core.pixels.depths import full
from colorfix_core.pixels.guided_filter import Floats, GuidedMask

STRIP_PIXELS = 1 << 18


@dataclass(frozen=True, eq=False)
class MaskedLuts:
    """LUTs whose results are mixed in linear light.

    Attributes
    ----------
    luts : at least one
    masks : one for each LUT but the first, which gets what the others leave
    """

    luts: tuple[Lut3D, ...]
    masks: tuple[GuidedMask, ...] = ()

    def __post_init__(self) -> None:
        if len(self.luts) != len(self.masks) + 1:
            raise ValueError(f"{len(self.luts)} LUTs need one mask less, not {len(self.masks)}")

    @property
    def is_identity(self) -> bool:
        """Whether no pixel would change."""
        return all(lut.is_identity for lut in self.luts)

    @property
    def of_color_alone(self) -> bool:
        """Whether equal colors stay equal, wherever they are."""
        return not self.masks

    def apply(self, image: Array, out: Array | None = None) -> Array:
        """Correct a whole picture; parameters and result as in `Lut3D.apply`.

        Raises
        ------
        ValueError : it has no rows and columns
        """
        if not self.masks:
            return self.luts[0].apply(image, out)
        if image.ndim != 3:
            raise ValueError(f"masks lie over pictures of shape (H, W, 3 or 4), not {image.shape}")
        result = np.empty_like(image) if out is None else out
        rows = max(1, STRIP_PIXELS // image.shape[1])
        spread(
            lambda top: self._correct(image, result, top, top + rows),
            [(top,) for top in range(0, len(image), rows)],
        )
        return result

    def shares(
        self,
        pixels: Array,
        top: int = 0,
        height: int | None = None,
        left: int = 0,
        width: int | None = None,
    ) -> list[Floats]:
        """How much of each LUT places get, (H, W) each; arguments as in `GuidedMask.share`."""
        nothing = np.zeros(pixels.shape[:2], np.float32)
        others = [mask.share(pixels, top, height, left, width) for mask in self.masks]
        total = np.maximum(sum(others, nothing), 1)
        others = [np.asarray(share / total, np.float32) for share in others]
        return [np.float32(1) - sum(others, nothing), *others]

    def apply_part(
        self,
        pixels: Array,
        top: int,
        height: int,
        left: int = 0,
        width: int | None = None,
    ) -> Array:
        """Correct a part of a picture; arguments as in `GuidedMask.share`."""
        if not self.masks:
            return self.luts[0].apply(pixels)
        shares = self.shares(pixels, top, height, left, width)
        light = np.zeros((*pixels.shape[:2], 3), np.float32)
        for lut, share in zip(self.luts, shares, strict=True):
            light += share[..., None] * _decoded(lut.apply(pixels)[..., :3])
        result = pixels.copy()
        result[..., :3] = _encoded(light, pixels.dtype)
        return result

    def _correct(self, image: Array, out: Array, top: int, bottom: int) -> None:
        out[top:bottom] = self.apply_part(image[top:bottom], top, len(image))


def _decoded(colors: Array) -> Floats:
    return np.asarray(srgb.decode(colors.astype(np.float32) / np.float32(full(colors.dtype))))


def _encoded(light: Floats, dtype: np.dtype) -> Array:
    encoded = srgb.encode(light) * np.float32(full(dtype))
    if dtype.kind == "f":
        return np.asarray(encoded)
    return np.asarray((encoded + 0.5).clip(0, full(dtype)))
