"""The environment in which the core runs: making it as planned, and removing it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from installer import InstallError, places, say, space, swap
from installer import uv as uvs
from installer.plan import PURPOSE, Plan, dotted, made_for, python_in
from installer.processes import run_quietly
from installer.progress import Listener, Watch
from installer.requirements import Locked
from installer.uv import Uv


@dataclass(frozen=True)
class Runtime:
    """A virtual environment in which the core runs.

    Attributes
    ----------
    engine : whether GIMP's own Python works with the packages, "in-process", or a "helper"
    why : what speaks against the first
    """

    python: str
    site_packages: str
    engine: str = "in-process"
    why: str = ""

    def helping(self, why: str) -> Runtime:
        """The same for a helper process."""
        return replace(self, engine="helper", why=why)


def _never() -> bool:
    return False


@contextlib.contextmanager
def ready(
    plan: Plan,
    offline: Path | None = None,
    listener: Listener = lambda progress: None,
    cancelled: Callable[[], bool] = _never,
) -> Iterator[Runtime]:
    """Have the planned runtime, which is made unless it is there.

    If the block fails, the old one, or none, is back. What was fetched stays until a runtime is
    complete, so that the next try goes on from there.

    Raises
    ------
    Cancelled : `cancelled`, which is asked twice a second, has returned True
    InstallError
    """
    swap.recover(plan.folder)
    if plan.ready:
        yield _runtime_in(plan.folder)
        return
    if plan.folder.exists() and made_for(plan.folder) is None:
        raise InstallError(f"{plan.folder} was not made by this installer; move it out of the way")
    say(f"Making a Python environment: {plan.folder}")
    total = sum(part.written for part in plan.parts)
    watch = Watch("Fetching and unpacking", uvs.folders(), total, listener)
    uv = uvs.provide(offline, watch.look, cancelled)
    with swap.staged(plan.folder) as new:
        _Builder(uv, plan, watch.look, cancelled).build(new)
        (new / PURPOSE).write_text(json.dumps(plan.purpose), "utf-8")
        with swap.swapped_in(new, plan.folder):
            yield _runtime_in(plan.folder)
    shutil.rmtree(places.downloads(), ignore_errors=True)


def remove_all() -> bool:
    """Remove every runtime that was made; returns whether there was one."""
    data = places.data_folder()
    found = [folder for folder in data.glob("runtime-*") if made_for(folder)]
    found += swap.leftovers(data, "runtime-*")
    found += [one for one in (places.downloads(), places.own_pythons()) if one.exists()]
    for folder in found:
        say(f"Removing {folder}")
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):  # not empty, or never made
        data.rmdir()
    return bool(found)


def kept_after_failure() -> str | None:
    """What is said of the files that a failed run has fetched, if that is worth a word."""
    size = space.size_of([places.downloads()])
    if size < space.MEGABYTE:
        shutil.rmtree(places.downloads(), ignore_errors=True)
        with contextlib.suppress(OSError):
            places.data_folder().rmdir()
        return None
    return (
        f"What was fetched ({space.amount(size)}) is kept in {places.downloads()} for the next "
        "try; --uninstall removes it."
    )


@dataclass(frozen=True)
class _Builder:
    """Fills a new folder as planned."""

    uv: Uv
    plan: Plan
    look: Callable[[], None]
    cancelled: Callable[[], bool]

    def build(self, new: Path) -> None:
        """Python, environment, packages, torch."""
        self._run(*self._venv(), str(new))
        elsewhere = [one for one in self.plan.packages if one.version.endswith("+cpu")]
        packages = [one for one in self.plan.packages if one not in elsewhere]
        self._install(new, "packages.txt", packages)
        # PyTorch has an index of its own for the build without CUDA.
        at_hand = uvs.wheels_at_hand(self.uv, "torch-*+cpu-*.whl")
        backend = [] if at_hand else ["--torch-backend", "cpu"]
        self._install(new, "torch.txt", elsewhere, *backend)

    def _install(self, new: Path, name: str, packages: list[Locked], *options: str) -> None:
        """Install what is locked, file by file as its hashes have it."""
        if not packages:
            return
        listed = new / name
        listed.write_text("".join(one.text for one in packages), "utf-8")
        self._run("pip", "install", "--python", str(python_in(new)), "--no-deps", "--only-binary",
                  ":all:", "--require-hashes", "-r", str(listed), *options)  # fmt: skip

    def _venv(self) -> list[str]:
        base = self.plan.base or uvs.own_python(
            self.uv, dotted(self.plan.version), self.look, self.cancelled
        )
        borrow = ["--system-site-packages"] if self.plan.borrows else []
        return ["venv", "--no-project", "--allow-existing", "--relocatable", "--python", base,
                *borrow]  # fmt: skip

    def _run(self, *arguments: str) -> None:
        self.uv.run(*arguments, look=self.look, cancelled=self.cancelled)


def _runtime_in(folder: Path) -> Runtime:
    python, scheme = python_in(folder), "nt_venv" if os.name == "nt" else "posix_venv"
    found = run_quietly([str(python), "-c", f"import sysconfig; print(sysconfig.get_path("
                          f"'purelib', '{scheme}', {{'base': {str(folder)!r}}}))"])  # fmt: skip
    return Runtime(str(python), found.strip())
