"""What the tests of the installer share: a download, an environment, and what is looked at."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core import Lut3D
from tests.helpers.paths import REPOSITORY

WHAT_IS_INSTALLED = ("install.py", "installer", "sample", "colorfix_core", "colorfix_training",
                     "plug-ins", "models",
                     "pyproject.toml", "setup.py", "LICENSE")  # fmt: skip


def copy_repository(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """What a user downloads, where a test may damage it."""
    ignore = shutil.ignore_patterns("__pycache__", *without)
    for name in WHAT_IS_INSTALLED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder)
    return folder


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user without GIMP; pip keeps its downloads between tests."""
    cache = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    environment = {**os.environ, "HOME": str(home), "PIP_CACHE_DIR": cache, "PATH": "/nonexistent"}
    environment.pop("XDG_DATA_HOME", None)
    return {**environment, **more}


def assert_one_sentence(done: subprocess.CompletedProcess, says: str) -> None:
    """It failed, and the last line says why, without a traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("install.py: ")
    assert says in lines[0]


def assert_demo_is_complete(folder: Path) -> None:
    """The picture, the LUT that made it, and the sheet of both."""
    photo = Image.open(REPOSITORY / "sample" / "portrait-magenta-light.jpg")
    corrected = np.asarray(Image.open(folder / "corrected.png").convert("RGB"))
    lut = Lut3D.load(folder / "correction.cube")
    # JPEG decoders differ by one or two steps, the LUT can stretch that.
    difference = abs(lut.apply(np.asarray(photo)).astype(int) - corrected)
    assert difference.mean() < 0.5
    assert Image.open(folder / "before-after.png").width > 2 * photo.width


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip
