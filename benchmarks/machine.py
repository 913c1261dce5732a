"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "torch", "opencolorio", "pillow")


def describe() -> str:
    """Processor, memory, load and versions, a line each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"processor: {_processor()}, {cores} cores for this process",
        f"caches:    {_caches()}",
        f"system:    {platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions:  " + ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
    ]
    if hasattr(os, "getloadavg"):
        lines.append("load:      " + ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    return "\n".join(lines)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _caches() -> str:
    try:
        lines = subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines()
    except OSError:
        return "unknown"
    found = [" ".join(line.split()) for line in lines if line.startswith(("L2", "L3"))]
    return ", ".join(found) or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


class PeakMemory:
    """The memory that a block of code needs beside what there was before, in MiB.

    Linux only; elsewhere `mib` stays None.
    """

    mib: float | None = None
    _before: int | None = None

    def __enter__(self) -> PeakMemory:
        try:
            Path("/proc/self/clear_refs").write_text("5")  # starts a new high-water mark
            self._before = _status("VmRSS")
        except OSError:
            pass
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            self.mib = max(0.0, (_status("VmHWM") - self._before) / 1024)


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise OSError(f"no {field} in /proc/self/status")
