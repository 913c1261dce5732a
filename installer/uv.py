"""uv, the program that makes runtimes: fetching it, and having it do things.

It is fetched by pip in the one version that `locks/tools.txt` names, and its hash is checked. It
makes environments without the module venv, fetches Pythons where there is none that serves (with
hashes of its own), and knows where torch without CUDA comes from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer import Cancelled, InstallError, pip, places, requirements
from installer.pip import Pip
from installer.processes import clean_environment, run_watched

_PROGRAM = "uv.exe" if os.name == "nt" else "uv"
# What a user has told pip, uv wants to be told, too.
_FROM_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
NO_PIP = "there is no pip to fetch packages with"


@dataclass(frozen=True)
class Uv:
    """The program, and the environment that it runs in."""

    program: Path
    environment: dict[str, str]

    def run(
        self,
        *arguments: str,
        look: Callable[[], None] = lambda: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> str:
        """Run it to its end and return what it said."""
        command = [str(self.program), *arguments]
        done = run_watched(command, self.environment, look, cancelled)
        if done.returncode and not done.stderr.strip():
            raise InstallError(
                f"uv, which makes environments of Python, cannot run on this system (exit code "
                f"{done.returncode & 0xFFFFFFFF:#x})"
            )
        if done.returncode:
            raise InstallError(reason_of(done.stderr))
        return done.stderr


def folders() -> tuple[Path, ...]:
    """What fills while it is fetched, and while it works."""
    cache = os.environ.get("UV_CACHE_DIR")
    return places.downloads(), places.own_pythons(), *([Path(cache)] if cache else [])


def provide(
    offline: Path | None,
    look: Callable[[], None] = lambda: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Uv:
    """Have the pinned uv, which is fetched unless an earlier run did so.

    Parameters
    ----------
    offline : a folder of wheels, where nothing is to be fetched
    look, cancelled : as `run_watched` has them

    Raises
    ------
    Cancelled : `cancelled` has returned True
    InstallError : there is no pip, it could not fetch uv, or what it fetched is something else
    """
    wanted = requirements.locked("tools")["uv"]
    folder = places.downloads() / f"uv-{wanted.version}"
    fetcher = pip.find(offline)
    if not (folder / _PROGRAM).exists():
        if fetcher is None:
            raise InstallError(f"{NO_PIP}; install your system's package of it")
        try:
            _fetch(fetcher, wanted, folder, offline, look, cancelled)
        except BaseException:
            _forget(folder)
            raise
        _unpack(next(folder.glob("uv-*.whl")), wanted, folder)
    return Uv(folder / _PROGRAM, _environment(fetcher, offline))


def own_python(
    uv: Uv, version: str, look: Callable[[], None], cancelled: Callable[[], bool]
) -> str:
    """A Python that uv has fetched, or fetches now; returns its path."""
    try:
        uv.run("python", "install", version, look=look, cancelled=cancelled)
    except Cancelled:
        raise
    except InstallError as error:
        raise InstallError(
            f"Python {version} could not be fetched; name one with --python, or in "
            f"UV_PYTHON_INSTALL_MIRROR where it can be had: {error}"
        ) from error
    return uv.run("python", "find", "--managed-python", version).strip().splitlines()[-1]


def wheels_at_hand(uv: Uv, pattern: str) -> list[Path]:
    """The wheels in local folders that the user has named, to pip or with --offline."""
    folders = uv.environment.get("UV_FIND_LINKS", "").replace(",", " ").split()
    return [wheel for folder in folders for wheel in sorted(Path(folder).glob(pattern))]


def reason_of(said: str) -> str:
    """One sentence for what uv, or pip, says when it fails."""
    low = said.lower()
    if "no space left" in low or "not enough space" in low or "quota exceeded" in low:
        return "the disk is full; make room and try again"
    if "hash mismatch" in low or "hashes mismatch" in low or "do not match the hashes" in low:
        return (
            "a package is not the file that this version was made with, so nothing was installed; "
            "try again, and if it stays so, report it"
        )
    line = _telling_line(said)
    return f"the packages could not be had ({line}); check the network connection and try again"


def _telling_line(said: str) -> str:
    """The line that says most of an error."""
    if lacks := re.search(r"no versions? of ([\w.+=-]+)", said):
        return f"there is no {lacks[1].rstrip('.')}"
    lines = [line.strip(" ×╰─▶├│") for line in said.splitlines()]
    lines = [line for line in lines if line and not line.lower().startswith(("hint", "[notice"))]
    causes = [line for line in lines if "error" in line.lower() or line.startswith("Failed")]
    return (causes or lines or ["no reason given"])[-1]


def _fetch(
    fetcher: Pip,
    wanted: requirements.Locked,
    folder: Path,
    offline: Path | None,
    look: Callable[[], None],
    cancelled: Callable[[], bool],
) -> None:
    """Have pip bring the wheel for this machine, whichever that is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = folder / "uv.txt"
    listed.write_text(wanted.text, "utf-8")
    command = [*fetcher.command, "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--require-hashes", "-d", str(folder),
               "-r", str(listed)]  # fmt: skip
    if offline is not None:
        command += ["--no-index", "--find-links", str(offline)]
    done = run_watched(command, fetcher.environment, look, cancelled, fetcher.folder)
    if done.returncode:
        raise InstallError(reason_of(done.stderr))


def _unpack(wheel: Path, wanted: requirements.Locked, folder: Path) -> None:
    with wheel.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() not in wanted.hashes:
            raise InstallError(reason_of("hash mismatch"))
    with zipfile.ZipFile(wheel) as archive:
        name = next(one for one in archive.namelist() if one.endswith(f"/scripts/{_PROGRAM}"))
        partly = folder / "uv.partly"
        with archive.open(name) as source, partly.open("wb") as target:
            shutil.copyfileobj(source, target)
    partly.chmod(0o755)
    partly.rename(folder / _PROGRAM)
    wheel.unlink()


def _environment(fetcher: Pip | None, offline: Path | None) -> dict[str, str]:
    environment = clean_environment(
        UV_CACHE_DIR=os.environ.get("UV_CACHE_DIR") or str(places.downloads() / "cache"),
        UV_PYTHON_INSTALL_DIR=str(places.own_pythons()),
        UV_NO_CONFIG="1",
        UV_NO_PROGRESS="1",
        UV_PYTHON_INSTALL_BIN="0",
        UV_HTTP_TIMEOUT=os.environ.get("UV_HTTP_TIMEOUT", "60"),
    )
    if offline is not None:
        return environment | {"UV_FIND_LINKS": str(offline), "UV_OFFLINE": "1", "UV_NO_INDEX": "1"}
    for name, value in (fetcher.settings() if fetcher else {}).items():
        if name in _FROM_PIP:
            separator = "," if name == "find-links" else " "
            environment.setdefault(_FROM_PIP[name], separator.join(value.split()))
        elif name == "no-index" and value.lower() in ("1", "true", "yes", "on"):
            environment |= {"UV_NO_INDEX": "1", "UV_OFFLINE": "1"}
    if "UV_INDEX" in environment:  # as pip does; hashes say which file is the right one
        environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return environment


def _forget(folder: Path) -> None:
    """Leave nothing of an attempt that has fetched nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    for above in (folder.parent, folder.parent.parent):
        with contextlib.suppress(OSError):
            above.rmdir()
