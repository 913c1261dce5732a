"""pip, where there is one: it fetches uv, and knows which index and proxy the user has."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from installer.processes import clean_environment

_SHIPPED = Path(__file__).resolve().parent / "wheels"  # in releases, not in a checkout


def command(offline: Path | None) -> list[str] | None:
    """How to run a pip: the Python's own, or one out of a wheel; None if there is none."""
    return next(_candidates(offline), None)


def settings(pip: list[str]) -> dict[str, str]:
    """What the user has set for pip, by name: ``{"index-url": ...}``; variables come last."""
    done = subprocess.run([*pip, "config", "list"], env=clean_environment(), capture_output=True,
                          text=True, errors="replace")  # fmt: skip
    found = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        scope, _, name = key.rpartition(".")
        if scope in ("global", "install", "download", ":env:"):
            try:
                found[name] = str(ast.literal_eval(value))
            except (ValueError, SyntaxError):
                continue
    return found


def _candidates(offline: Path | None) -> Iterator[list[str]]:
    if importlib.util.find_spec("pip"):
        yield [sys.executable, "-m", "pip"]
    for folder in _folders_of_wheels(offline):
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            yield [sys.executable, f"{wheel}/pip"]


def _folders_of_wheels(offline: Path | None) -> Iterator[Path]:
    """Where pip may lie in a wheel: brought along, in ensurepip, and where Debian keeps it."""
    if offline is not None:
        yield offline
    yield _SHIPPED
    if (found := importlib.util.find_spec("ensurepip")) and found.origin:
        yield Path(found.origin).parent / "_bundled"
    if folder := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        yield Path(folder)
