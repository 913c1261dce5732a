"""Profiles and pixels that several tests use."""

import imagecodecs
import numpy as np

ADOBE = imagecodecs.cms_profile("adobergb")
SRGB = imagecodecs.cms_profile("srgb")
GRAY = imagecodecs.cms_profile("gray")


def with_alpha(pixels: np.ndarray) -> np.ndarray:
    """A left-to-right fade from transparent to opaque."""
    full = np.iinfo(pixels.dtype).max
    height, width, _ = pixels.shape
    fade = np.linspace(0, full, width).astype(pixels.dtype)
    return np.dstack([pixels, np.broadcast_to(fade, (height, width))])
