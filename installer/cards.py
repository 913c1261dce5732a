"""Whether this machine has a graphics card that torch could use."""

from __future__ import annotations

from pathlib import Path


def has_nvidia(root: Path = Path("/")) -> bool:
    """Whether NVIDIA's driver for Linux is loaded; torch for CUDA needs nothing else."""
    return (root / "proc/driver/nvidia/version").exists()
