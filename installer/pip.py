"""pip, where there is one: it fetches uv, and knows which index and proxy the user has."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from installer.processes import clean_environment

_SHIPPED = Path(__file__).resolve().parent / "wheels"  # in releases, not in a checkout


@dataclass(frozen=True)
class Pip:
    """How to run it.

    Attributes
    ----------
    command : arguments may follow
    environment : what the Python that runs it needs
    folder : where it has to be started; None: anywhere
    """

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str | None

    def settings(self) -> dict[str, str]:
        """What the user has set, by name: ``{"index-url": ...}``; variables come last."""
        done = subprocess.run([*self.command, "config", "list"], env=self.environment,
                              cwd=self.folder, capture_output=True, text=True,
                              errors="replace")  # fmt: skip
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


def find(offline: Path | None) -> Pip | None:
    """The Python's own pip, or one out of a wheel; None if there is none."""
    command = next(_candidates(offline), None)
    return Pip(tuple(command), *_what_this_python_needs()) if command else None


def _what_this_python_needs() -> tuple[dict[str, str], str | None]:
    """Environment and folder; that of an AppImage finds its libraries in no other than its own."""
    mounted = os.environ.get("APPDIR")
    if mounted and sys.executable.startswith(mounted):
        return dict(os.environ), mounted
    return clean_environment(), None


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
