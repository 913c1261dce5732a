"""Who interpolates: what a module ``by_*`` of this folder promises.

Kernels know pixels of few kinds; everything else that an image may bring (other dtypes, strides,
values out of range, NaN) is dealt with by the engine that runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from colorfix_core.luts.data import Array, LutData

if TYPE_CHECKING:  # torch takes a second to import, and LUTs do without it
    from torch import Tensor


class Kernel(Protocol):
    """Corrects pixels; any number of threads may call it at once."""

    def __call__(self, pixels: Array, out: Array, /) -> None:
        """Correct one row of pixels.

        Parameters
        ----------
        pixels : (M, 3 or 4) of the dtype it was prepared for, C-contiguous, without NaN
            Colors lie in the LUT's `carry_range` and are clamped to its domain; they are counted
            as the table counts, and so is what is found.
        out : like `pixels`, and may be the same array
            The fourth channel is copied, whatever it holds.
        """


class Kernels(Protocol):
    """A module whose kernels take arrays: ``by_opencolorio``, ``by_numpy``."""

    STRIP_PIXELS: int
    """How many pixels it wants at once."""
    MEMO_PIXELS: int
    """8-bit images from this size on are worth remembering colors."""

    def name(self) -> str:
        """Name these kernels and their version, for people: ``"OpenColorIO 2.6.0"``."""

    def prepare(self, lut: LutData, dtype: np.dtype[Any]) -> Kernel | None:
        """Make the kernel for a LUT and native dtype; None where it takes not this size or dtype.

        Whoever runs kernels keeps them in `LutData.prepared`.
        """


class TensorKernels(Protocol):
    """A module whose kernel takes tensors, on whatever device: ``by_triton``, ``by_torch``."""

    def table_of(self, lut: LutData) -> Tensor:
        """Make the table that `correct` wants, float32, in the processor's memory."""

    def correct(
        self,
        source: Tensor,
        target: Tensor,
        table: Tensor,
        bounds: Tensor,
        full: int,
        mirrored: bool,
        /,
    ) -> None:
        """Correct pixels on the device that holds them.

        Parameters
        ----------
        source, target : (M, 3 or 4) contiguous, of one dtype; may be the same tensor
            Any colors; unlike a `Kernel` it does itself what `luts.beyond` defines.
        table : from `table_of`
        bounds : (5, 4) float32
            Rows: the domain's low end, lattice cells per unit, the low and high ends of the LUT's
            box, and its low end mirrored; the fourth column is unused.
        full : int
            What integers of this dtype call 1; 0 for floats.
        mirrored : bool
            Whether the table counts as `gamut.mirrored` does.
        """
