"""The command ``colorfix`` in the user's folder of programs."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

from installer.runtime import Runtime

_MARK = "# Made by the installer of Remove Colored Lighting, which also removes it."
_TEXT = """#!/bin/sh
{mark}
exec {python} -P -c 'import sys
sys.path.append(sys.argv.pop(1))
from colorfix_core.cli.main import main
sys.exit(main())' {core} "$@"
"""


def write(runtime: Runtime, core: Path) -> Path | None:
    """Make the command, unless another one of that name is there; returns where it is."""
    command = _path()
    if os.name == "nt" or (command.exists() and not _is_ours(command)):
        return None
    command.parent.mkdir(parents=True, exist_ok=True)
    places = {"python": shlex.quote(runtime.python), "core": shlex.quote(str(core))}
    command.write_text(_TEXT.format(mark=_MARK, **places), "utf-8")
    command.chmod(0o755)
    return command


def remove() -> bool:
    """Remove the command if it was made by `write`; returns whether it was."""
    ours = _is_ours(_path())
    if ours:
        _path().unlink()
    return ours


def _path() -> Path:
    return Path.home() / ".local" / "bin" / "colorfix"


def _is_ours(command: Path) -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return _MARK in command.read_text("utf-8")
    return False
