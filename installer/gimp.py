"""Asking a GIMP for things without opening a window."""

from __future__ import annotations

import json
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer import InstallError
from installer.finding.found import Found
from installer.places import NAME
from installer.plan import Plan, Python, Wish, dotted, for_helper, for_itself, for_system
from installer.processes import last_line

PROCEDURE = f"plug-in-{NAME}"
_PATIENCE = 600  # seconds; the first start of a GIMP asks all its plug-ins


class NoPythonError(InstallError):
    """A GIMP that cannot run Python, as far as can be told."""


@dataclass(frozen=True)
class Gimp:
    """A GIMP 3, the Python that runs its plug-ins, and its folder of user settings.

    Attributes
    ----------
    tag : which Python that is, as the plug-in looks for its runtime: "cpython-313-flatpak"
    helped : whether its Python cannot load compiled packages that were not made for it, so that
        a helper process has to; on Windows it is MSYS2's, on macOS a signed one
    """

    found: Found
    version: str
    python: Python
    config: Path
    tag: str
    helped: bool = False

    @property
    def plug_in(self) -> Path:
        """Where the filter is, or will be."""
        return self.config / "plug-ins" / NAME

    def plan(self, wish: Wish) -> Plan:
        """The runtime that its Python can import packages from."""
        if self.helped:
            return for_helper(wish)
        if self.tag.count("-") == 1:
            return for_system(self.python, wish)
        return for_itself(self.python.version, wish)

    def __str__(self) -> str:
        return (
            f"GIMP {self.version} with Python {dotted(self.python.version)}, "
            f"{self.found.kind}: {self.found.place}"
        )


def about(found: Found) -> Gimp:
    """Ask a GIMP about itself."""
    facts = _ask(found, _ABOUT_ITSELF)
    helped = facts["platform"].startswith(("mingw", "macosx"))
    python = Python(facts["python"], (facts["version"][0], facts["version"][1]))
    return Gimp(found, facts["gimp"], python, Path(facts["config"]), facts["tag"], helped)


def prove(gimp: Gimp) -> None:
    """Ask GIMP for the procedure, and let it correct a small picture."""
    facts = _ask(gimp.found, _PROOF, procedure=PROCEDURE)
    if not facts["registered"]:
        raise InstallError(f"GIMP did not register {PROCEDURE} from {gimp.plug_in}")
    if facts["error"]:
        raise InstallError(f"the filter fails in GIMP: {facts['error']}")


def correct(gimp: Gimp, photo: Path, picture: Path, lut: Path) -> None:
    """Run the filter on a photograph, in a GIMP without windows."""
    facts = _ask(
        gimp.found,
        _CORRECTION,
        procedure=PROCEDURE,
        photo=str(photo),
        picture=str(picture),
        lut=str(lut),
    )
    if facts["error"]:
        raise InstallError(f"the filter fails in GIMP: {facts['error']}")
    if not picture.exists():  # a sandbox may have a folder of that name for itself
        raise InstallError(
            f"{gimp.found.place} does not see {picture.parent} as others do; name a folder below "
            "your home folder"
        )


def _ask(found: Found, code: str, **values: object) -> dict[str, Any]:
    """Run Python in a GIMP without windows; returns the `answer` that the code makes.

    `values` are known to the code by their names.
    """
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    lines += ["try:", textwrap.indent(code, "    "), _RAISED]
    lines += ["import json", "print('colorfix' + json.dumps(answer), flush=True)"]
    command = [*found.command, "-n", "-i", "--no-data", "--batch-interpreter=python-fu-eval",
               "-b", "\n".join(lines), "--quit"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                              timeout=_PATIENCE)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"{found.place} did not answer within ten minutes") from error
    for line in done.stdout.splitlines():
        if line.startswith("colorfix{"):
            answer: dict[str, Any] = json.loads(line.removeprefix("colorfix"))
            if raised := answer.get("raised"):
                raise InstallError(f"{found.place} failed: {raised}")
            return answer
    raise NoPythonError(
        f"{found.place} could not run Python, which may be missing: {last_line(done.stderr)}"
    )


_RAISED = """
except Exception as error:
    answer = {"raised": " ".join(str(error).split()) or type(error).__name__}
"""

# The tag is made as colorfix_gimp.runtime makes it.
_ABOUT_ITSELF = """
import os, sys, sysconfig
tag = sys.implementation.cache_tag
if os.path.exists("/.flatpak-info"):
    tag += "-flatpak"
elif os.environ.get("APPDIR") and sys.executable.startswith(os.environ["APPDIR"]):
    tag += "-appimage"
answer = {
    "python": sys.executable,
    "version": sys.version_info[:2],
    "platform": sysconfig.get_platform(),
    "gimp": "%d.%d.%d" % (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION, Gimp.MICRO_VERSION),
    "config": Gimp.directory(),
    "tag": tag,
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
