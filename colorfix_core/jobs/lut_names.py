"""What the files of a correction are called."""

from __future__ import annotations

from pathlib import Path


def lut_name(lut: Path, number: int) -> Path:
    """NAME.cube -> NAME-1.cube."""
    return lut.with_name(f"{lut.stem}-{number}{lut.suffix}")


def mask_name(lut: Path, number: int) -> Path:
    """NAME.cube -> NAME-mask-2.png: where the second LUT applies."""
    return lut.with_name(f"{lut.stem}-mask-{number}.png")


def names(lut: Path, lights: str) -> list[Path]:
    """All files that `save` may write."""
    if lights == "one":
        return [lut]
    return [lut, lut_name(lut, 1), lut_name(lut, 2), mask_name(lut, 2)]
