"""Applying a LUT to an image: what an image must be, and the choice of the engine.

An engine runs the strips of an image, on the cores of the processor or on a graphics card; its
kernels interpolate. A new engine gets a line in `_engine_for`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np

from colorfix_core.devices import choose
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.engines.contract import Engine, EngineFull
from colorfix_core.luts.engines.cpu import Cpu
from colorfix_core.messages import tell

# `Cpu` is for the annotations of those who call `cpu`.
__all__ = ["DTYPES", "Cpu", "apply", "cpu", "engine_name", "forget"]

DTYPES = ("uint8", "uint16", "float16", "float32", "float64")


def apply(
    lut: LutData,
    image: Array,
    out: Array | None = None,
    device: str = "cpu",
    engine: Engine | None = None,
) -> Array:
    """Correct the colors of an image; see `Lut3D.apply`.

    Parameters
    ----------
    engine : who does it, from `cpu`; None: whom `device` means
    """
    image = _checked_image(image)
    out = np.empty_like(image, order="C") if out is None else _checked_out(out, image)
    if _overlap(image, out):
        image = image.copy()
    engine = engine or _engine_for(device)
    if lut.is_identity:
        np.copyto(out, image)
    else:
        _correct(lut, image, out, engine)
    return out


def engine_name() -> str:
    """Name the processor's engine and its version, for people: ``"OpenColorIO 2.6.0"``."""
    return _usual_cpu().name


def cpu(kernels: Literal["OpenColorIO", "numpy"] | None = None, workers: int | None = None) -> Cpu:
    """An engine that runs on the processor.

    Parameters
    ----------
    kernels : who interpolates; None: the best that are installed
    workers : threads; None: as many as there are cores

    Raises
    ------
    ImportError
        If OpenColorIO is asked for and not installed.
    """
    if kernels == "OpenColorIO":
        from colorfix_core.luts.kernels import by_opencolorio

        return Cpu(by_opencolorio, workers)
    if kernels == "numpy":
        from colorfix_core.luts.kernels import by_numpy

        return Cpu(by_numpy, workers)
    return Cpu(None, workers)


def forget() -> None:
    """Free what is remembered of the latest LUT's colors."""
    _usual_cpu().forget()


@cache
def _usual_cpu() -> Cpu:
    """The engine of all calls that ask for no other: it remembers the latest LUT's colors."""
    return Cpu()


def _engine_for(device: str) -> Engine:
    """Who is meant by a device; DeviceError if it does not exist."""
    chosen = choose(device)
    if chosen == "cpu":
        return _usual_cpu()
    from colorfix_core.luts.engines.cuda import Cuda

    return Cuda(chosen)


def _correct(lut: LutData, image: Array, out: Array, engine: Engine) -> None:
    """Have an engine do the work, or the processor where the engine cannot."""
    if engine.takes(lut):
        try:
            engine.correct(lut, image, out)
            return
        except EngineFull as error:
            tell(f"{error}; the CPU applies the LUT.")
    _usual_cpu().correct(lut, image, out)


def _checked_image(image: Any) -> Array:
    if not isinstance(image, np.ndarray) or image.dtype.name not in DTYPES:
        kind = getattr(image, "dtype", type(image).__name__)
        raise TypeError(f"an image is a numpy array of {', '.join(DTYPES)}, not {kind}")
    if image.ndim < 1 or image.shape[-1] not in (3, 4):
        raise ValueError(f"an image's last axis holds 3 or 4 channels; this shape is {image.shape}")
    return image


def _checked_out(out: Any, image: Array) -> Array:
    if not isinstance(out, np.ndarray) or (out.shape, out.dtype) != (image.shape, image.dtype):
        found = f"{out.shape} {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
        raise ValueError(f"out must be {image.shape} {image.dtype} like the image, not {found}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    return out


def _overlap(image: Array, out: Array) -> bool:
    """Whether writing one pixel of `out` could change another pixel of `image`."""
    same = image.ctypes.data == out.ctypes.data and image.strides == out.strides
    return not same and np.may_share_memory(image, out)
