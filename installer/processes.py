"""Running programs, and making one sentence of what went wrong."""

from __future__ import annotations

import os
import subprocess

from installer import InstallError


def run_quietly(command: list[str]) -> str:
    """Run a program that must succeed; returns what it printed."""
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True,
                          errors="replace")  # fmt: skip
    if done.returncode:
        raise InstallError(f"{command[0]} failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def clean_environment() -> dict[str, str]:
    """The environment without what would lead another Python astray."""
    astray = ("PYTHONPATH", "PYTHONHOME")
    return {key: value for key, value in os.environ.items() if key not in astray}


def last_line(text: str) -> str:
    """The last line that says something, preferably of an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "gimp_" not in line]
    return (errors or lines or ["no reason given"])[-1]
