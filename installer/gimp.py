"""GIMP 3: finding it, and asking it for things without opening a window."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer import InstallError
from installer.processes import last_line
from installer.runtime import OLDEST, Python, dotted

NAME = "remove-colored-lighting"
PROCEDURE = f"plug-in-{NAME}"
# GIMP's consoles need no screen; the plain programs do with -i.
CONSOLES = [f"gimp-console-3.{minor}" for minor in (6, 4, 2, 0)] + ["gimp-console"]
PROGRAMS = [f"gimp-3.{minor}" for minor in (6, 4, 2, 0)] + ["gimp"]


class NoGimpError(InstallError):
    """There is no GIMP that the filter could be installed in."""


@dataclass(frozen=True)
class Gimp:
    """A GIMP 3, the Python that runs its plug-ins, and its folder of user settings."""

    program: str
    version: str
    python: Python
    config: Path

    @property
    def plug_in(self) -> Path:
        """Where the filter is, or will be."""
        return self.config / "plug-ins" / NAME

    def __str__(self) -> str:
        return f"GIMP {self.version} with Python {dotted(self.python.version)}: {self.program}"


def find_gimp(chosen: str | None) -> Gimp:
    """Find GIMP 3 and ask it about itself."""
    if sys.platform != "linux":
        raise NoGimpError(
            "GIMP on Windows and macOS cannot load the compiled packages that the filter needs; "
            "the command line works there, and install.py --demo shows it"
        )
    reason = "no GIMP 3 was found; install it, or name its program with --gimp"
    for name in [chosen] if chosen else CONSOLES + PROGRAMS:
        program = shutil.which(name)
        if program is None:
            continue
        if Path(program).resolve().name == "snap":
            reason = "GIMP from a Snap does not load plug-ins of users; install another build"
            continue
        version = _gimp_version(program)
        if version and (3, 0) <= version < (4, 0):
            return _about_itself(program, dotted(version))
        if version:
            reason = f"GIMP {dotted(version)} was found, and the filter needs GIMP 3.0 or later"
    raise NoGimpError(_flatpak_reason() or reason)


def prove(gimp: Gimp) -> None:
    """Ask GIMP for the procedure, and let it correct a small picture."""
    facts = _ask(gimp.program, _PROOF, procedure=PROCEDURE)
    if not facts["registered"]:
        raise InstallError(f"GIMP did not register {PROCEDURE} from {gimp.plug_in}")
    if facts["error"]:
        raise InstallError(f"the filter fails in GIMP: {facts['error']}")


def correct(gimp: Gimp, photo: Path, picture: Path, lut: Path) -> None:
    """Run the filter on a photograph, in a GIMP without windows."""
    facts = _ask(
        gimp.program,
        _CORRECTION,
        procedure=PROCEDURE,
        photo=str(photo),
        picture=str(picture),
        lut=str(lut),
    )
    if facts["error"]:
        raise InstallError(f"the filter fails in GIMP: {facts['error']}")


def _ask(program: str, code: str, **values: object) -> dict[str, Any]:
    """Run Python in a GIMP without windows; returns the `answer` that the code makes.

    `values` are known to the code by their names.
    """
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    lines += [code, "import json", "print('colorfix' + json.dumps(answer), flush=True)"]
    command = [program, "-n", "-i", "--no-data", "--batch-interpreter=python-fu-eval",
               "-b", "\n".join(lines), "--quit"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                              timeout=300)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"{program} did not answer within five minutes") from error
    for line in done.stdout.splitlines():
        if line.startswith("colorfix{"):
            answer: dict[str, Any] = json.loads(line.removeprefix("colorfix"))
            return answer
    raise InstallError(
        f"{program} could not run Python, which may be missing: {last_line(done.stderr)}"
    )


def _gimp_version(program: str) -> tuple[int, ...] | None:
    """The version as numbers; 2.99, a preview of 3.0 with another interface, counts as 2."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
        if found := re.search(r"version (\d+(?:\.\d+)+)", answer.stdout):
            return tuple(map(int, found[1].split(".")))
    return None


def _flatpak_reason() -> str | None:
    """Why a GIMP from a Flatpak is not used, if that is the one there is."""
    if not shutil.which("flatpak"):
        return None
    found = subprocess.run(["flatpak", "info", "org.gimp.GIMP"], capture_output=True)
    if found.returncode:
        return None
    return (
        "GIMP from a Flatpak has a Python of its own that cannot be extended yet; "
        "install GIMP 3 from your distribution's packages"
    )


def _about_itself(program: str, version: str) -> Gimp:
    facts = _ask(program, _ABOUT_ITSELF)
    python = Python(facts["python"], tuple(facts["version"]))
    if python.version < OLDEST:
        raise InstallError(
            f"GIMP's Python is {dotted(python.version)}, and the filter needs "
            f"{dotted(OLDEST)} or later"
        )
    return Gimp(program, version, python, Path(facts["config"]))


_ABOUT_ITSELF = """
import sys
answer = {
    "python": sys.executable,
    "version": sys.version_info[:2],
    "config": Gimp.directory(),
}
"""

# Defines `run`, which gives the reason of a failure or None.
_RUN = """
def run(image, lut=None):
    config = filter.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_selected_layers())
    if lut:
        config.set_property("lut-file", Gio.File.new_for_path(lut))
    result = filter.run(config)
    if result.index(0) == Gimp.PDBStatusType.SUCCESS:
        return None
    return Gimp.get_pdb().get_last_error() or "no reason given"

filter = Gimp.get_pdb().lookup_procedure(procedure)
"""

_PROOF = (
    _RUN
    + """
answer = {"registered": filter is not None, "error": None}
if filter:
    image = Gimp.Image.new(16, 16, Gimp.ImageBaseType.RGB)
    layer = Gimp.Layer.new(
        image, "proof", 16, 16, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL
    )
    image.insert_layer(layer, None, 0)
    layer.fill(Gimp.FillType.BACKGROUND)
    answer["error"] = run(image)
    image.delete()
"""
)

_CORRECTION = (
    _RUN
    + """
image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(photo))
answer = {"error": run(image, lut)}
target = Gio.File.new_for_path(picture)
if not answer["error"] and not Gimp.file_save(
    Gimp.RunMode.NONINTERACTIVE, image, target, None
):
    answer["error"] = f"{picture} could not be written"
image.delete()
"""
)
