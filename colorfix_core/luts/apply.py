"""Applying a LUT to an image: the strips, the threads, and the choice of who interpolates.

An engine is a module with ``prepare(lut, dtype)``. It returns a kernel, ``kernel(pixels, out)``,
for C-contiguous (M, 3 or 4) arrays, or None where the engine does not take that LUT or dtype.
Kernels clamp colours to the LUT's domain and copy alpha; everything else that an image may bring
(other dtypes, strides, values out of range, NaN) is dealt with here, once for all engines.
"""

from __future__ import annotations

import os
import re
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from colorfix_core.errors import DeviceError
from colorfix_core.luts import reference
from colorfix_core.luts.engines.memo import memo_of

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D

Kernel = Callable[[np.ndarray, np.ndarray], None]
DTYPES = ("uint8", "uint16", "float16", "float32", "float64")


@cache
def engine_module() -> ModuleType:
    """Return the CPU engine: OpenColorIO where it is installed, else numpy."""
    if find_spec("PyOpenColorIO") is not None:
        with suppress(ImportError, OSError):  # installed, but broken or for another machine
            return import_module("colorfix_core.luts.opencolorio")
    return reference


def engine_name() -> str:
    """Name the CPU engine and its version, for people: ``"OpenColorIO 2.6.0"``."""
    return engine_module().name()


def apply(lut: Lut3D, image: np.ndarray, out: np.ndarray | None, device: str) -> np.ndarray:
    """See `Lut3D.apply`."""
    image = _checked_image(image)
    out = np.empty_like(image, order="C") if out is None else _checked_out(out, image)
    if _overlap(image, out):
        image = image.copy()
    gpu = _gpu(device)
    if lut.is_identity:
        np.copyto(out, image)
    elif not (gpu and _run_on_gpu(lut, image, out, gpu)):
        strips = list(_strips(image, out, engine_module().STRIP_PIXELS))
        _run(_strip_worker(lut, image), strips)
    return out


def _gpu(device: str) -> str | None:
    """The CUDA device that is meant, None for the CPU; DeviceError if it does not exist."""
    if device == "cpu":
        return None
    if device != "auto" and not re.fullmatch(r"cuda(:\d+)?", device):
        raise DeviceError(f'There is no device "{device}"; use auto, cpu, cuda or cuda:N.')
    torch = import_module("torch") if find_spec("torch") else None
    count = torch.cuda.device_count() if torch and torch.cuda.is_available() else 0
    if device == "auto":
        return "cuda" if count else None
    if int(device.partition(":")[2] or 0) >= count:
        raise DeviceError(f"{device} does not exist here: torch finds {count} CUDA devices.")
    return device


def _run_on_gpu(lut: Lut3D, image: np.ndarray, out: np.ndarray, device: str) -> bool:
    """Correct on a GPU; False, with a warning, where its memory does not suffice."""
    import torch

    from colorfix_core.luts.engines import cuda

    if lut.shaper is not None:  # from a file of Resolve's; no GPU code for such a rarity
        return False
    strips = _strips(image, out, cuda.STRIP_PIXELS)
    try:
        native = image.dtype.newbyteorder("=")
        cuda.run(lut, strips, image.shape[-1], native, device)
    except torch.OutOfMemoryError:
        warnings.warn(f"{device} is out of memory; the CPU applies the LUT", stacklevel=4)
        return False
    except RuntimeError as error:
        raise DeviceError(f"{device} failed while applying the LUT: {error}") from error
    return True


def _run(work: Callable[..., None], jobs: list[tuple[np.ndarray, ...]]) -> None:
    """Do all jobs, strips mostly, on all cores; OpenColorIO and numpy let go of the GIL."""
    left = iter(jobs)  # one queue for all: waking this thread after each job would cost as much

    def work_on() -> None:
        for job in left:
            work(*job)

    workers = min(len(jobs), _cores())
    if workers < 2:
        work_on()
        return
    with ThreadPoolExecutor(workers) as pool:
        at_work = [pool.submit(work_on) for _ in range(workers)]
        try:
            wait(at_work, return_when=FIRST_EXCEPTION)
        finally:  # an error, or Ctrl+C, leaves nothing to do for the others
            deque(left, maxlen=0)
    for done in at_work:
        done.result()


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _checked_image(image: np.ndarray) -> np.ndarray:
    if not isinstance(image, np.ndarray) or image.dtype.name not in DTYPES:
        kind = getattr(image, "dtype", type(image).__name__)
        raise TypeError(f"an image is a numpy array of {', '.join(DTYPES)}, not {kind}")
    if image.ndim < 1 or image.shape[-1] not in (3, 4):
        raise ValueError(f"an image's last axis holds 3 or 4 channels; this shape is {image.shape}")
    return image


def _checked_out(out: np.ndarray, image: np.ndarray) -> np.ndarray:
    if not isinstance(out, np.ndarray) or (out.shape, out.dtype) != (image.shape, image.dtype):
        found = f"{out.shape} {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
        raise ValueError(f"out must be {image.shape} {image.dtype} like the image, not {found}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    return out


def _overlap(image: np.ndarray, out: np.ndarray) -> bool:
    """Whether writing one pixel of `out` could change another pixel of `image`."""
    same = image.ctypes.data == out.ctypes.data and image.strides == out.strides
    return not same and np.may_share_memory(image, out)


def _strips(
    image: np.ndarray, out: np.ndarray, pixels: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Cut both arrays alike into (..., C) views of at most `pixels` pixels."""
    if image.flags.c_contiguous and out.flags.c_contiguous:
        channels = image.shape[-1]
        image, out = image.reshape(-1, channels), out.reshape(-1, channels)
    if image.ndim == 1:
        image, out = image[None], out[None]
    pixels_per_row = max(1, image[:1].size // image.shape[-1]) if image.size else 1
    if pixels_per_row > pixels:
        for row, target in zip(image, out, strict=True):
            yield from _strips(row, target, pixels)
        return
    rows = pixels // pixels_per_row
    for top in range(0, len(image), rows):
        yield image[top : top + rows], out[top : top + rows]


def _strip_worker(lut: Lut3D, image: np.ndarray) -> Kernel:
    """The function that corrects one strip of this image."""
    native = image.dtype.newbyteorder("=")
    kernel = _kernel(lut, native)
    if native == np.uint8 and image.size >= image.shape[-1] * engine_module().MEMO_PIXELS:
        memo = memo_of(lut, engine_name())
        _run(partial(memo.fill, kernel), memo.missing_cells(image))
        kernel = memo.kernel(kernel)
    return _on_contiguous(kernel, native)


def _kernel(lut: Lut3D, dtype: np.dtype) -> Kernel:
    """The kernel for this dtype, prepared once for each LUT."""
    key = engine_name(), dtype.name
    if key not in lut._kernels:
        lut._kernels[key] = _complete(lut, dtype, engine_module().prepare(lut, dtype))
    return lut._kernels[key]


def _complete(lut: Lut3D, dtype: np.dtype, kernel: Kernel | None) -> Kernel:
    """Add to an engine's kernel, if it has one for this LUT and dtype, what engines leave out."""
    if kernel is not None:
        return _carrying_excess(kernel, lut, dtype) if dtype.kind == "f" else kernel
    if dtype == np.float32:
        return _carrying_excess(reference.prepare(lut, dtype), lut, dtype)
    converting = _converting(_kernel(lut, np.dtype(np.float32)), dtype)
    # Only float64 would lose by having its excess carried in float32.
    return _carrying_excess(converting, lut, dtype) if dtype == np.float64 else converting


def _on_contiguous(kernel: Kernel, native: np.dtype) -> Kernel:
    """Let a kernel take views with any strides and byte order."""

    def work(pixels: np.ndarray, out: np.ndarray) -> None:
        flat = np.ascontiguousarray(pixels, native).reshape(-1, pixels.shape[-1])
        if out.flags.c_contiguous and out.dtype.isnative:
            kernel(flat, out.reshape(flat.shape))
        else:
            result = np.empty_like(flat)
            kernel(flat, result)
            out[...] = result.reshape(out.shape)

    return work


def _converting(kernel: Kernel, dtype: np.dtype) -> Kernel:
    """Let a float32 kernel take `dtype`; integers span 0..1 and are rounded to nearest."""
    full = np.float32(np.iinfo(dtype).max if dtype.kind == "u" else 1)

    def convert(pixels: np.ndarray, out: np.ndarray) -> None:
        work = pixels.astype(np.float32)
        if dtype.kind == "u":
            work /= full
        kernel(work, work)
        if dtype.kind == "u":  # alpha comes back as it was, and whole rows are faster
            work *= full
            np.rint(work.clip(0, full, out=work), out=work)
            np.copyto(out, work, casting="unsafe")
        else:
            out[:, 3:] = pixels[:, 3:]
            out[:, :3] = work[:, :3]

    return convert


def _carrying_excess(kernel: Kernel, lut: Lut3D, dtype: np.dtype) -> Kernel:
    """Let a kernel take values outside the LUT's reach, infinities and NaN."""
    low, high = (bound.astype(dtype) for bound in lut._carry_range())

    def carry(pixels: np.ndarray, out: np.ndarray) -> None:
        if _all_in_unit_range(pixels):
            kernel(pixels, out)
            return
        colours = pixels[:, :3]
        inside = pixels.copy()
        np.clip(np.where(np.isnan(colours), 0, colours), low, high, out=inside[:, :3])
        excess = colours - inside[:, :3]
        kernel(inside, out)
        out[:, :3] += excess

    return carry


def _all_in_unit_range(pixels: np.ndarray) -> bool:
    """Whether every float is in [0, 1]; some False are wrong (-0.0), no True is.

    IEEE 754 numbers order like their bits, read as unsigned integers; negative numbers, infinity
    and NaN come after 1. One pass over the bits answers for all of them.
    """
    bits = pixels.view(f"u{pixels.itemsize}")
    one = np.ones((), pixels.dtype).view(bits.dtype)
    return bool(bits.max(initial=0) <= one)
