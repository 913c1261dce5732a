"""Remove Colored Lighting over a folder of pictures, from GIMP's command line.

    gimp-console-3 -i --batch-interpreter=python-fu-eval --quit -b 'import sys;
      sys.path.append(Gimp.directory() + "/plug-ins/remove-colored-lighting");
      import batch; batch.correct("photos", "corrected", strength=80)'

Written on one line, this corrects every picture in the folder `photos`.
"""

import os
from pathlib import Path

from colorfix_gimp.gimp import Gimp, Gio

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
    ValueError
        For arguments that the filter does not have or take, before anything is written.
    SystemExit
        After the last picture, if some could not be corrected; each has said why.
    """
    here = Path(os.environ.get("PWD", "."))
    inputs, outputs = here / source, here / target
    if inputs.resolve() == outputs.resolve():
        raise ValueError(f"the originals in {source} would be overwritten; name another folder")
    _config(arguments)
    outputs.mkdir(parents=True, exist_ok=True)
    failed = 0
    files = sorted(path for path in inputs.iterdir() if path.is_file())
    for path in files:
        if path.suffix.lower() not in PICTURES:
            print(f"{path.name}: skipped", flush=True)
            continue
        reason = _correct_one(path, outputs / path.name, arguments)
        failed += bool(reason)
        print(f"{path.name}: {reason or 'corrected'}", flush=True)
    if failed:
        raise SystemExit(f"{failed} pictures were not corrected")


def _config(arguments: dict) -> Gimp.ProcedureConfig:
    """The filter's arguments; GIMP itself would replace what it does not take by defaults."""
    config = Gimp.get_pdb().lookup_procedure(PROCEDURE).create_config()
    for name, value in arguments.items():
        if config.find_property(name.replace("_", "-")) is None:
            raise ValueError(f"the filter has no argument {name}")
        config.set_property(name.replace("_", "-"), value)
        if config.get_property(name.replace("_", "-")) != value:
            raise ValueError(f"{name}={value!r} is not what the filter takes")
    return config


def _correct_one(source: Path, target: Path, arguments: dict) -> str:
    """Correct one picture; returns what went wrong, or nothing."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(source)))
    if image is None:
        return f"cannot be read ({Gimp.get_pdb().get_last_error()})"
    try:
        config = _config(arguments)
        config.set_property("image", image)
        config.set_core_object_array("drawables", image.get_selected_layers())
        procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
        if procedure.run(config).index(0) != Gimp.PDBStatusType.SUCCESS:
            return Gimp.get_pdb().get_last_error()
        file = Gio.File.new_for_path(str(target))
        if not Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None):
            return f"cannot be saved ({Gimp.get_pdb().get_last_error()})"
        return ""
    finally:
        image.delete()
