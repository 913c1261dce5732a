"""The picture and the look that are timed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.luts.data import Array

SAMPLE = Path(__file__).parents[1] / "sample" / "portrait-magenta-light.jpg"
NOISE = 1.0  # of 255, as a camera has it at low sensitivity


def photo(megapixels: float, dtype: str, channels: int) -> Array:
    """The sample photo, enlarged to 3:2, with noise; an (H, W, channels) array, opaque."""
    width = max(3, round((megapixels * 1e6 * 1.5) ** 0.5))
    height = max(2, round(width / 1.5))
    picture = Image.open(SAMPLE).convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, NOISE, (256, width, 3)).astype(np.float32)
    full = 255 if dtype == "uint8" else 1
    image = np.full((height, width, channels), full, dtype)
    for top in range(0, height, 256):
        rows = np.asarray(picture.crop((0, top, width, min(top + 256, height))), np.float32)
        rows = (rows + np.roll(noise, top * 7919, axis=1)[: len(rows)]).clip(0, 255)
        image[top : top + 256, :, :3] = np.rint(rows) if dtype == "uint8" else rows / 255
    return image


def look(size: int = 33) -> Lut3D:
    """A smooth LUT that reaches a little beyond 0..1."""
    grid = Lut3D.identity(size).table
    waves = np.sin(3 * grid[..., ::-1] + [0.0, 1.0, 2.0]) * [0.1, 0.08, 0.12]
    return Lut3D(grid * [0.95, 0.9, 0.85] + waves)
