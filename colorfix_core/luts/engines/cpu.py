"""The processor: strips on all cores, each sent through a chain of stages.

Kernels take few kinds of pixels. What else an image may bring (other dtypes, strides, values out
of range, NaN, colors that come again and again) is dealt with by the stages before a kernel, once
for all kernels; what becomes of colors beyond the LUT's box is defined in `luts.beyond`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from importlib.util import find_spec
from typing import Any, TypeAlias, cast

import numpy as np

from colorfix_core.color import gamut
from colorfix_core.luts import beyond
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.engines.memo import Memo
from colorfix_core.luts.engines.strips import cut
from colorfix_core.luts.kernels import by_numpy
from colorfix_core.luts.kernels.contract import Kernel, Kernels
from colorfix_core.parallel import spread

# What a stage does is done around the kernel that it is given: the rest of the chain.
Stage: TypeAlias = Callable[[Kernel], Kernel]
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def best_kernels(is_installed: Callable[[str], object] = find_spec) -> Kernels:
    """OpenColorIO's kernels where it is installed, else numpy's."""
    if is_installed("PyOpenColorIO"):
        with suppress(ImportError, OSError):  # installed, but broken or for another machine
            from colorfix_core.luts.kernels import by_opencolorio

            return by_opencolorio
    return by_numpy


class Cpu:
    """The engine that is always there and takes every LUT.

    Parameters
    ----------
    kernels : who interpolates; None: the best that are installed, looked for when first needed
    workers : threads; None: as many as there are cores
    """

    def __init__(self, kernels: Kernels | None = None, workers: int | None = None) -> None:
        self._given, self._workers = kernels, workers
        self._memo: Memo | None = None

    @cached_property
    def kernels(self) -> Kernels:
        """Who interpolates."""
        return self._given or best_kernels()

    @property
    def name(self) -> str:
        """See `Engine`; the name of its kernels."""
        return self.kernels.name()

    def takes(self, lut: LutData) -> bool:
        """See `Engine`; all of them."""
        return True

    def correct(self, lut: LutData, image: Array, out: Array) -> None:
        """See `Engine`."""
        chain = self._chain(lut, image)
        spread(chain, list(cut(image, out, self.kernels.STRIP_PIXELS)), self._workers)

    def _chain(self, lut: LutData, image: Array) -> Kernel:
        """What each strip of an image goes through.

        A pixel meets the stages from top to bottom, and the kernel last.
        """
        dtype = image.dtype.newbyteorder("=")
        own = _prepared(self.kernels, lut, dtype)
        computed = dtype if own else _SINGLE
        stages: list[Stage] = [_contiguous(dtype)]
        if dtype == np.uint8 and image.size >= image.shape[-1] * self.kernels.MEMO_PIXELS:
            stages.append(self._remembering(lut, image))
        if dtype == _DOUBLE:  # which alone would lose by having that computed in float32
            stages.append(_going_beyond(lut))
        if computed != dtype:
            stages.append(_converting(dtype))
        if dtype.kind == "f" and dtype != _DOUBLE:
            stages.append(_going_beyond(lut))
        kernel = own or _single_kernel(self.kernels, lut)
        for stage in reversed(stages):
            kernel = stage(kernel)
        return kernel

    def _remembering(self, lut: LutData, image: Array) -> Stage:
        """Compute most of an 8-bit image's colors beforehand, and each of the others once."""
        memo = self.memo_of(lut)

        def stage(kernel: Kernel) -> Kernel:
            spread(partial(memo.fill, kernel), memo.missing_cells(image), self._workers)
            return memo.kernel(kernel)

        return stage

    def memo_of(self, lut: LutData) -> Memo:
        """The memo of the latest LUT (64 MB once every color was met), kept between calls."""
        memo = self._memo
        if memo is None or memo.lut is not lut:
            self.forget()  # before the next table is allocated, which then gets the same memory
            memo = None
            self._memo = memo = Memo(lut)
        return memo

    def forget(self) -> None:
        """Free the latest LUT's memo."""
        self._memo = None


def _prepared(kernels: Kernels, lut: LutData, dtype: np.dtype[Any]) -> Kernel | None:
    """The kernel for this dtype, if there is one, made once for each LUT."""
    key = kernels.name(), dtype.name
    if key not in lut.prepared:
        lut.prepared[key] = kernels.prepare(lut, dtype)
    return cast("Kernel | None", lut.prepared[key])


def _single_kernel(kernels: Kernels, lut: LutData) -> Kernel:
    """The kernel for float32: numpy's, which takes all sizes, where there is no other."""
    kernel = _prepared(kernels, lut, _SINGLE) or _prepared(by_numpy, lut, _SINGLE)
    assert kernel
    return kernel


def _contiguous(dtype: np.dtype[Any]) -> Stage:
    """All images: any strides and byte order become rows of pixels of the native dtype."""

    def stage(kernel: Kernel) -> Kernel:
        def work(pixels: Array, out: Array) -> None:
            flat = np.ascontiguousarray(pixels, dtype).reshape(-1, pixels.shape[-1])
            if out.flags.c_contiguous and out.dtype.isnative:
                kernel(flat, out.reshape(flat.shape))
            else:
                result = np.empty_like(flat)
                kernel(flat, result)
                out[...] = result.reshape(out.shape)

        return work

    return stage


def _converting(dtype: np.dtype[Any]) -> Stage:
    """What the kernels lack becomes float32; integers span 0..1 and are rounded to nearest."""
    return _converting_integers(dtype) if dtype.kind == "u" else _converting_floats


def _converting_integers(dtype: np.dtype[Any]) -> Stage:
    full = np.float32(np.iinfo(dtype).max)

    def stage(kernel: Kernel) -> Kernel:
        def convert(pixels: Array, out: Array) -> None:
            work = pixels.astype(np.float32)
            work /= full
            kernel(work, work)
            work *= full  # alpha comes back as it was, and whole rows are faster
            np.rint(work.clip(0, full, out=work), out=work)
            np.copyto(out, work, casting="unsafe")

        return convert

    return stage


def _converting_floats(kernel: Kernel) -> Kernel:
    def convert(pixels: Array, out: Array) -> None:
        work = pixels.astype(np.float32)
        kernel(work, work)
        out[:, 3:] = pixels[:, 3:]
        out[:, :3] = work[:, :3]

    return convert


def _going_beyond(lut: LutData) -> Stage:
    """Floats beyond the LUT's box, infinities and NaN are corrected as `luts.beyond` defines."""

    def stage(kernel: Kernel) -> Kernel:
        def evaluate(colors: Array) -> Array:
            found = np.empty_like(colors)
            kernel(colors, found)
            return found

        def go(pixels: Array, out: Array) -> None:
            if _all_in_unit_range(pixels):
                within(pixels, out)
                return
            where = np.flatnonzero(beyond.is_beyond(lut, pixels[:, :3]))
            inside, far = pixels.copy(), pixels[where, :3]
            inside[where, :3] = 0
            within(inside, out)
            out[where, :3] = beyond.corrected(lut, evaluate, far)

        within = _unmirroring(kernel) if lut.mirrored else kernel
        return go

    return stage


def _unmirroring(kernel: Kernel) -> Kernel:
    """The kernel, with colors that it makes darker than black counted as pixels count them."""

    def work(pixels: Array, out: Array) -> None:
        kernel(pixels, out)
        if out[:, :3].min(initial=0) < -gamut.CURVE_FROM:
            out[:, :3] = gamut.unmirrored(out[:, :3])

    return work


def _all_in_unit_range(pixels: Array) -> bool:
    """Whether every float is in [0, 1]; some False are wrong (-0.0), no True is.

    IEEE 754 numbers order like their bits, read as unsigned integers; negative numbers, infinity
    and NaN come after 1. One pass over the bits answers for all of them.
    """
    bits = pixels.view(f"u{pixels.itemsize}")
    one = np.ones((), pixels.dtype).view(bits.dtype)
    return bool(bits.max(initial=0) <= one)
