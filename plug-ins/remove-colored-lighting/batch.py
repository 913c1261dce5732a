"""Remove Colored Lighting over a folder of pictures, from GIMP's command line.

    gimp-console-3.0 -i --batch-interpreter=python-fu-eval --quit -b 'import sys;
      sys.path.append(Gimp.directory() + "/plug-ins/remove-colored-lighting");
      import batch; batch.correct("photos", "corrected", strength=80)'

Written on one line, this corrects every picture in the folder `photos`.
"""

import os
from pathlib import Path

from gi.repository import Gimp, Gio

PROCEDURE = "plug-in-remove-colored-lighting"
PICTURES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".xcf", ".psd", ".exr", ".heic"}


def correct(source: str, target: str, **arguments: object) -> None:
    """Correct every picture of a folder and save it under its name in another.

    Parameters
    ----------
    source, target : folders; relative ones start where GIMP was started
    **arguments : the filter's, with underscores, as in ``keep_brightness=True``

    Raises
    ------
    SystemExit
        After the last picture, if some could not be corrected; each has said why.
    """
    here = Path(os.environ.get("PWD", "."))
    inputs = sorted(p for p in (here / source).iterdir() if p.suffix.lower() in PICTURES)
    outputs = here / target
    outputs.mkdir(parents=True, exist_ok=True)
    failed = 0
    for path in inputs:
        reason = _correct_one(path, outputs / path.name, arguments)
        failed += bool(reason)
        print(f"{path.name}: {reason or 'corrected'}", flush=True)
    if failed:
        raise SystemExit(f"{failed} of {len(inputs)} pictures were not corrected")


def _correct_one(source: Path, target: Path, arguments: dict) -> str:
    """Correct one picture; returns what went wrong, or nothing."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(source)))
    if image is None:
        return f"cannot be read ({Gimp.get_pdb().get_last_error()})"
    try:
        procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
        config = procedure.create_config()
        config.set_property("image", image)
        config.set_core_object_array("drawables", image.get_selected_layers())
        for name, value in arguments.items():
            config.set_property(name.replace("_", "-"), value)
        if procedure.run(config).index(0) != Gimp.PDBStatusType.SUCCESS:
            return Gimp.get_pdb().get_last_error()
        file = Gio.File.new_for_path(str(target))
        if not Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None):
            return f"cannot be saved ({Gimp.get_pdb().get_last_error()})"
        return ""
    finally:
        image.delete()
