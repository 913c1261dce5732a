"""A graphics card: strips go there and back through page-locked buffers, three at a time.

While one strip is being corrected the next is on its way in and the one before on its way out. The
kernel is Triton's where torch brings it along, and otherwise a chain of torch operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
import torch

from colorfix_core.color import gamut
from colorfix_core.errors import DeviceError
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.engines.contract import EngineFull
from colorfix_core.luts.engines.strips import cut
from colorfix_core.luts.kernels import by_torch
from colorfix_core.luts.kernels.contract import TensorKernels

STRIP_PIXELS = 1 << 22
_SLOTS = 3

# correct(source, target): (M, 3 or 4) tensors on the graphics card
Correct: TypeAlias = Callable[[torch.Tensor, torch.Tensor], None]


class Cuda:
    """The engine of one graphics card; it takes LUTs without a shaper.

    Parameters
    ----------
    device : "cuda" or "cuda:N", which exists
    strip_pixels : how many pixels a buffer holds
    """

    def __init__(self, device: str, strip_pixels: int = STRIP_PIXELS) -> None:
        self._device, self._strip_pixels = device, strip_pixels

    @property
    def name(self) -> str:
        """See `Engine`."""
        return f"{torch.cuda.get_device_name(self._device)}, torch {torch.__version__}"

    def takes(self, lut: LutData) -> bool:
        """See `Engine`; shapers come from files of Resolve's, too rarely for code of their own."""
        return lut.shaper is None

    def correct(self, lut: LutData, image: Array, out: Array) -> None:
        """See `Engine`."""
        with self._failing_by_name(), torch.cuda.device(self._device), torch.inference_mode():
            step, slots = self._ready(lut, image)
            for turn, (pixels, target) in enumerate(cut(image, out, self._strip_pixels)):
                slot = slots[turn % _SLOTS]
                slot.finish()
                slot.start(pixels, target, step)
            for slot in slots:
                slot.finish()

    def _ready(self, lut: LutData, image: Array) -> tuple[Correct, list[_Slot]]:
        """Ask for all memory; EngineFull if there is not enough."""
        dtype = image.dtype.newbyteorder("=")
        shape = self._strip_pixels, image.shape[-1]
        try:
            step = prepare(lut, dtype, torch.device("cuda"))
            slots = [_Slot(shape, dtype) for _ in range(_SLOTS)]
            torch.cuda.current_stream().synchronize()
            for slot in slots:
                slot.rehearse(step)
        except torch.OutOfMemoryError as error:
            raise EngineFull(f"{self._device} is out of memory") from error
        return step, slots

    @contextmanager
    def _failing_by_name(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            reason = f"{self._device} failed while applying the LUT: {error}"
            raise DeviceError(reason) from error


class _Slot:
    """Room for one strip: page-locked memory, device memory, and a stream of work."""

    def __init__(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        kind = torch.from_numpy(np.empty(0, dtype)).dtype
        self._device = torch.empty(shape, dtype=kind, device="cuda")
        self._host = torch.empty(shape, dtype=kind, pin_memory=True)
        self._stream = torch.cuda.Stream()
        self._out: Array | None = None

    def rehearse(self, correct: Correct) -> None:
        """Have the kernel ask for its own memory; what it corrects here does not matter."""
        with torch.cuda.stream(self._stream):
            correct(self._device, self._device)

    def start(self, pixels: Array, out: Array, correct: Correct) -> None:
        """Send a strip on its way."""
        count = pixels.size // pixels.shape[-1]
        host, device = self._host[:count], self._device[:count]
        np.copyto(host.numpy().reshape(pixels.shape), pixels)
        with torch.cuda.stream(self._stream):
            device.copy_(host, non_blocking=True)
            correct(device, device)
            host.copy_(device, non_blocking=True)
        self._out = out

    def finish(self) -> None:
        """Wait for the strip and store it."""
        if self._out is None:
            return
        self._stream.synchronize()
        count = self._out.size // self._out.shape[-1]
        np.copyto(self._out, self._host[:count].numpy().reshape(self._out.shape))
        self._out = None


def prepare(
    lut: LutData,
    dtype: np.dtype[Any],
    device: torch.device,
    kernels: TensorKernels | None = None,
) -> Correct:
    """The function that corrects pixels of a dtype on a device.

    Parameters
    ----------
    kernels : None: Triton's where it works, else torch's
    """
    kernels = kernels or best_kernels(device)
    full = int(np.iinfo(dtype).max) if dtype.kind == "u" else 0
    bounds, table = _bounds(lut).to(device), kernels.table_of(lut).to(device)
    mirrored = lut.mirrored
    return lambda source, target: kernels.correct(source, target, table, bounds, full, mirrored)


@cache
def best_kernels(device: torch.device) -> TensorKernels:
    """Triton's kernel where it is there and can compile, else torch's.

    Triton needs a C compiler on the user's machine.
    """
    if find_spec("triton") is None:
        return by_torch
    from colorfix_core.luts.kernels import by_triton

    pixel = torch.zeros(1, 3, device=device)
    table = torch.zeros(2, 2, 2, 4, device=device)
    try:
        by_triton.correct(pixel, pixel, table, torch.ones(5, 4, device=device), 0, False)
    except Exception as error:  # whatever it is, the torch operations do without
        if isinstance(error, torch.OutOfMemoryError):
            raise
        return by_torch
    return by_triton


def _bounds(lut: LutData) -> torch.Tensor:
    """See `TensorKernels.correct`."""
    low, high = np.array(lut.domain_min), np.array(lut.domain_max)
    least, most = lut.carry_range
    floor = least if lut.mirrored else gamut.mirrored(least)
    rows = np.ones((5, 4), np.float32)
    rows[4, 3] = 0
    rows[:, :3] = low, (lut.size - 1) / (high - low), least, most, floor
    return torch.from_numpy(rows)
