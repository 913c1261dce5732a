"""The command ``colorfix`` in the user's folder of programs."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

from installer.places import data_folder
from installer.runtime import Runtime

_MARK = "Made by the installer of Remove Colored Lighting, which also removes it."
_CODE = "import sys; sys.path.append(sys.argv.pop(1)); from colorfix_core.cli.main import main; "
_CODE += "sys.exit(main())"
_SHELL = """#!/bin/sh
# {mark}
exec {python} -P -c {code} {core} "$@"
"""
_BATCH = """@echo off
rem {mark}
"{python}" -P -c "{code}" "{core}" %*
"""


def write(runtime: Runtime, core: Path) -> Path | None:
    """Make the command, unless another one of that name is there; returns where it is."""
    command = path()
    if command.exists() and not _is_ours(command):
        return None
    command.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        text = _BATCH.format(mark=_MARK, python=runtime.python, code=_CODE, core=core)
    else:
        quoted = {"python": runtime.python, "code": _CODE, "core": str(core)}
        text = _SHELL.format(mark=_MARK, **{key: shlex.quote(one) for key, one in quoted.items()})
    partly = command.with_name(f".{command.name}-new")
    partly.write_text(text, "utf-8")
    partly.chmod(0o755)
    partly.replace(command)
    return command


def remove() -> bool:
    """Remove the command if it was made by `write`; returns whether it was."""
    ours = _is_ours(path())
    if ours:
        path().unlink()
        with contextlib.suppress(OSError):  # others have programs there
            path().parent.rmdir()
    return ours


def path() -> Path:
    """Where the command is, or would be."""
    if os.name == "nt":
        return data_folder() / "bin" / "colorfix.cmd"
    return Path.home() / ".local" / "bin" / "colorfix"


def how_to_find(command: Path) -> str | None:
    """How its folder gets onto the PATH; None if it is there."""
    folder = command.parent
    if str(folder) in os.environ.get("PATH", "").split(os.pathsep):
        return None
    if os.name == "nt":
        return (
            f"To call it by its name, add {folder} to Path: Settings, search for 'environment "
            "variables', then 'Edit environment variables for your account'."
        )
    shell = Path(os.environ.get("SHELL", "sh")).name
    if shell == "fish":
        return f"To call it by its name: fish_add_path {shlex.quote(str(folder))}"
    file = {"zsh": "~/.zshrc", "bash": "~/.bashrc"}.get(shell, "~/.profile")
    text = shlex.quote(f'export PATH="{folder}:$PATH"')
    return f"To call it by its name in new terminals: echo {text} >> {file}"


def _is_ours(command: Path) -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return _MARK in command.read_text("utf-8")
    return False
