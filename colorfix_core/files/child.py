"""Work in a process of its own, with bounded memory and time.

Some libraries read files that nobody has vouched for with code that had memory errors. What they
do in a child may crash, loop, print or eat memory without harm to the process that asks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

SECONDS = 60
MEMORY_LIMIT = 4 << 30
LARGEST_ANSWER = 1 << 28


class Failed(Exception):
    """What became of the child, as "has ..."."""


def ask(module: str, source: Path, target: Path, seconds: float = SECONDS) -> None:
    """Have `main(source, target)` of a module run in a process of its own.

    Raises
    ------
    Failed
        If it crashes, is stopped by its limits, or has not ended in time.
    """
    # Run by -c, as the asker found its packages, whose folders are handed on.
    boot = (f"import sys; sys.path[:] = sys.argv[3:]; from {module} import main; "
            "main(*sys.argv[1:3])")  # fmt: skip
    flags = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OCIO": ""}
    command = [sys.executable, "-c", boot, str(source), str(target), *sys.path]
    try:
        done = subprocess.run(
            command, env=os.environ | flags, timeout=seconds, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"has not read it within {seconds} seconds") from error
    if done.returncode:
        raise Failed("has crashed over it or needs too much memory")


def limit(memory: int = MEMORY_LIMIT, answer: int = LARGEST_ANSWER) -> None:
    """Bound this process's memory, time and files; Windows has the asker's clock alone."""
    with suppress(ImportError):
        import resource

        limits = (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, answer),
            (resource.RLIMIT_CORE, 0),
        )
        for kind, most in limits:
            with suppress(ValueError, OSError):  # a stricter one holds already
                resource.setrlimit(kind, (most, most))
