"""Lay the plug-in out in a GIMP profile as the installer does, with a runtime beside it."""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from place import Place

REPOSITORY = Path(__file__).parents[2]
NAME = "remove-colored-lighting"

GIMPRC = """
(config-version "{version}")
(show-welcome-dialog no)
(color-profile-policy keep)
(metadata-rotation-policy rotate)
(check-updates no)
(save-session-info no)
(restore-session no)
{more}
"""


def install(place: Place, profile: str, more: str = "") -> str:
    """Make a GIMP profile with the plug-in in it; returns the plug-in's folder."""
    folder = f"{profile}/plug-ins/{NAME}"
    target = place.outside(folder)
    shutil.rmtree(place.outside(profile), ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "training")
    shutil.copytree(REPOSITORY / "plug-ins" / NAME, target, ignore=ignored)
    shutil.copytree(REPOSITORY / "colorfix_core", target / "colorfix_core", ignore=ignored)
    shutil.copytree(REPOSITORY / "models", target / "models")
    (target / f"{NAME}.py").chmod(0o755)
    python = runtime(place)
    site = place.run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (target / "runtime.json").write_text(
        json.dumps({"site_packages": [site.strip()], "python": python})
    )
    version = place.run(place.console, "--version").split()[-1]
    place.outside(profile).joinpath("gimprc").write_text(GIMPRC.format(version=version, more=more))
    return folder


def runtime(place: Place) -> str:
    """A virtual environment with what the core needs besides the system's torch.

    Made once; inside a root there are no certificates, so the wheels come from outside.
    """
    requirements = _requirements()
    stamp = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    folder = f"/opt/colorfix-runtime-{stamp}"
    python = f"{folder}/bin/python3"
    if place.outside(python).is_symlink():
        return python
    version = place.run("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    wheels = place.outside("/opt/colorfix-wheels")
    _pip("download", "-q", "-d", str(wheels), "--only-binary=:all:",
         "--python-version", version.strip(), *requirements)  # fmt: skip
    place.run("python3", "-m", "venv", "--system-site-packages", f"{folder}.new")
    place.run(f"{folder}.new/bin/python3", "-m", "pip", "install", "-q", "--no-index",
              "--find-links", "/opt/colorfix-wheels", *requirements)  # fmt: skip
    place.outside(f"{folder}.new").rename(place.outside(folder))
    return python


def _requirements() -> list[str]:
    """What pyproject.toml pins, but torch, and with the fast engine."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["fast"]
    return [item for item in wanted if not item.startswith("torch")]


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)
