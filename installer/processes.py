"""Running programs, and making one sentence of what went wrong."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from installer import Cancelled, InstallError

# What another Python is given of the environment. A list of what is let through, since nobody can
# name all that leads it astray: AppImages preload every library that they bundle, Flatpaks and
# GIMP set search paths, users have PYTHONPATH.
LET_THROUGH = (
    "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM",
    "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
    "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "CUDA_VISIBLE_DEVICES",
    # Windows starts nothing without these.
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP",
    "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
    "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
)  # fmt: skip
LET_THROUGH_IF_NAMED = ("LC_", "PIP_", "UV_", "OMP_", "KMP_")
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_LOOK_SECONDS = 0.5


def clean_environment(environment: Mapping[str, str] | None = None, **more: str) -> dict[str, str]:
    """What another Python is started with: nothing but what is known to do no harm."""
    source = os.environ if environment is None else environment
    clean = {
        key: value
        for key, value in source.items()
        if key in LET_THROUGH or key.startswith(LET_THROUGH_IF_NAMED)
    }
    clean["PATH"] = source.get("PATH", "") if os.name == "nt" else _SYSTEM_PATH
    return {**clean, **more}


def run_quietly(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a program that must succeed; returns what it printed."""
    done = subprocess.run(command, env=environment or clean_environment(), capture_output=True,
                          text=True, errors="replace")  # fmt: skip
    if done.returncode:
        raise InstallError(f"{command[0]} failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def run_watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    look: Callable[[], None],
    cancelled: Callable[[], bool],
    folder: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program that may take minutes, and `look` at what it does twice a second.

    It runs in `folder`, or where this runs.

    Raises
    ------
    Cancelled : `cancelled` has returned True; the program is ended
    """
    process = subprocess.Popen(
        command, env=environment, text=True, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder,
        preexec_fn=_ending_with_the_parent(),
    )  # fmt: skip
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                said, _ = process.communicate(timeout=_LOOK_SECONDS)
                return subprocess.CompletedProcess(command, process.returncode, "", said)
            look()
            if cancelled():
                raise Cancelled("cancelled; what was there before is still there")
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def last_line(text: str) -> str:
    """The last line that says something, preferably of an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "gimp_" not in line]
    return (errors or lines or ["no reason given"])[-1]


def _ending_with_the_parent() -> Callable[[], None] | None:
    """Where Linux offers it: what a killed installer has started does not go on writing."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    end = signal.SIGKILL.value

    def ask() -> None:
        libc.prctl(1, end)  # PR_SET_PDEATHSIG

    return ask
