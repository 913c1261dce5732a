"""Where things lie in the user's home folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from installer import InstallError

NAME = "remove-colored-lighting"


def data_folder() -> Path:
    """Where runtimes lie; inside a Flatpak the user's own folder, not the sandbox's."""
    if os.name == "nt":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        own = "HOST_XDG_DATA_HOME" if "FLATPAK_ID" in os.environ else "XDG_DATA_HOME"
        home = os.environ.get(own) or Path.home() / ".local" / "share"
    return Path(home) / "colorfix"


def downloads() -> Path:
    """What was fetched, until it is installed; another run goes on from there."""
    return data_folder() / "downloads"


def own_pythons() -> Path:
    """The Pythons that were fetched."""
    return data_folder() / "python"


def profiles() -> list[Path]:
    """The folders of settings of all GIMPs that this user has started."""
    if os.name == "nt":
        above = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "GIMP"
    elif sys.platform == "darwin":
        above = Path.home() / "Library" / "Application Support" / "GIMP"
    else:
        above = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "GIMP"
    return sorted(above.glob("3.*"))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep a second installer of this user out.

    The lock lies in the folder for temporary files of the user or the system, so that nothing
    has to be made in the home folder by who only looks.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    home = hashlib.sha256(bytes(data_folder())).hexdigest()[:8]
    place = Path(tempfile.gettempdir()) / f"colorfix-installer-{os.getuid()}-{home}.lock"
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(place, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InstallError("another installation is under way; wait for its end") from None
    finally:
        os.close(descriptor)
