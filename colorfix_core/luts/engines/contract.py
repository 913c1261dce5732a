"""Who runs the strips of an image: what a class of this folder promises."""

from __future__ import annotations

from typing import Protocol

from colorfix_core.luts.data import Array, LutData


class EngineFull(Exception):
    """The memory of an engine does not suffice; nothing was written. Says so in a few words."""


class Engine(Protocol):
    """Corrects whole images: `cpu.Cpu` and `cuda.Cuda`."""

    @property
    def name(self) -> str:
        """For people: ``"OpenColorIO 2.6.0"``."""

    def takes(self, lut: LutData) -> bool:
        """Whether it can apply this LUT; the CPU's engine takes all."""

    def correct(self, lut: LutData, image: Array, out: Array) -> None:
        """Correct the colors of an image.

        Parameters
        ----------
        lut : one that it takes
        image : (..., 3 or 4) uint8, uint16, float16, float32 or float64
            Of any strides and byte order; already checked.
        out : of the shape and dtype of `image`, writable
            The memory of `image`, element by element, or none of it.

        Raises
        ------
        EngineFull
            Before the first pixel is written.
        DeviceError
            If the device is lost.
        """
