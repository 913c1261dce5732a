"""The way from GIMP's Python to the core and the packages that the installer put in place."""

import json
import os
import sys
from pathlib import Path

from colorfix_gimp.failures import Failure
from colorfix_gimp.translation import _

HERE = Path(__file__).resolve().parents[1]


def connect() -> None:
    """Make `colorfix_core` and its packages importable.

    Raises
    ------
    Failure
        If the runtime was never installed, or has gone since.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    for folder in settings()["site_packages"]:
        if not Path(folder).is_dir():
            raise Failure(
                _("The filter's runtime is gone from {folder}; run install.py again.").format(
                    folder=folder
                )
            )
        if folder not in sys.path:
            sys.path.append(folder)


def settings() -> dict:
    """What the installer wrote down: the folders to import from, and the Python they are for."""
    try:
        found = json.loads((HERE / "runtime.json").read_text("utf-8"))
        return {"site_packages": list(found["site_packages"]), "python": found.get("python")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(
            _("The filter's runtime is not installed; run install.py and try again.")
        ) from error
