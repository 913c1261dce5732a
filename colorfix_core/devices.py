"""Which device is meant by "auto", "cpu", "cuda" and "cuda:1"."""

from __future__ import annotations

import re
from importlib.util import find_spec

from colorfix_core.errors import DeviceError


def choose(device: str) -> str:
    """Name the device to use.

    Parameters
    ----------
    device : "auto" | "cpu" | "cuda" | "cuda:N"

    Returns
    -------
    "cpu", "cuda" or "cuda:N"; torch is imported only where a graphics card may be meant.

    Raises
    ------
    DeviceError : the device is unknown, or does not exist here
    """
    if device == "cpu":
        return device
    if device != "auto" and not re.fullmatch(r"cuda(:\d+)?", device):
        raise DeviceError(f'The device "{device}" is unknown; use auto, cpu, cuda or cuda:1.')
    count = _cuda_devices()
    if device == "auto":
        return "cuda" if count else "cpu"
    if int(device.partition(":")[2] or 0) >= count:
        raise DeviceError(f'The device "{device}" was not found here; use auto or cpu.')
    return device


def _cuda_devices() -> int:
    if not find_spec("torch"):
        return 0
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0
