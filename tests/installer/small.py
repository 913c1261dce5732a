"""A machine in small: GIMPs that only answer, and a download whose packages are a few bytes.

What the installer does between its question to GIMP and GIMP's proof is all real: uv, its
environments, hashes, swaps.
"""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from installer import requirements
from tests.helpers.paths import REPOSITORY
from tests.installer.user import copy_repository

VERSION = sys.version_info[:2]
TAG = sys.implementation.cache_tag

# Answers as a GIMP would; the filter works if its runtime for this Python has the small package.
GIMP = """#!{python}
import json, pathlib, subprocess, sys
if "--version" in sys.argv:
    sys.exit(print("GNU Image Manipulation Program version {version}"))
code = sys.argv[sys.argv.index("-b") + 1]
profile = pathlib.Path.home() / ".config" / "GIMP" / "{version}"[:3]
if "sysconfig" in code:
    answer = dict(python={base!r}, version={numbers}, platform="{platform}", gimp="{version}",
                  config=str(profile), tag="{tag}")
else:
    plug_in = profile / "plug-ins" / "remove-colored-lighting"
    python = json.loads((plug_in / "runtime.json").read_text())["runtimes"]["{tag}"]["python"]
    works = subprocess.run([python, "-c", "import small"], capture_output=True, text=True)
    answer = dict(registered=(plug_in / "remove-colored-lighting.py").exists(),
                  error=works.stderr[-200:] or None)
print("colorfix" + json.dumps(answer))
"""

FLATPAK = """#!/bin/sh
case $1 in
    list) printf 'org.gimp.GIMP\\t3.2.6\\tstable\\tuser\\n' ;;
    run) shift 3; exec {program} "$@" ;;
esac
"""


class Small:
    """A user with a download of this repository, whose packages lie beside it."""

    def __init__(self, folder: Path, uv: Path) -> None:
        self.home = folder / "Jürgens Fotos"
        self.programs, self.wheels = folder / "programs", folder / "wheels"
        self.source = copy_repository(folder / "down load", ("*.safetensors", "*.jpg", "networks"))
        for path in (self.home, self.programs, self.wheels):
            path.mkdir()
        (self.wheels / uv.name).hardlink_to(uv)
        self.release("1.0")

    def release(self, version: str) -> None:
        """Let the download ask for a version of its package."""
        pin = _wheel(self.wheels, "small", version)
        torch = _wheel(self.wheels, "torch", "9.0+cpu")
        locks = self.source / "installer" / "locks"
        (locks / "packages.txt").write_text(pin)
        (locks / "torch-cpu.txt").write_text(torch)
        (locks / "torch.txt").write_text(f"torch==9.0 \\\n    --hash=sha256:{'0' * 64}\n")
        (self.source / "pyproject.toml").write_text(
            "[project]\n"
            f'dependencies = ["small=={version}", "torch>=9.0"]\n'
            "[project.optional-dependencies]\nfast = []\n"
            f'runtime = ["small=={version}", "torch==9.0"]\n'
        )

    def add_gimp(
        self, name: str, version: str, tag: str = TAG, platform: str = "linux-x86_64"
    ) -> Path:
        """A program that answers as GIMP does."""
        program = self.programs / name
        program.write_text(
            GIMP.format(
                python=sys.executable,
                base=sys.executable,
                numbers=VERSION,
                version=version,
                tag=tag,
                platform=platform,
            )
        )
        program.chmod(0o755)
        return program

    def add_flatpak(self) -> None:
        """The user's own GIMP 3.2.6 from a Flatpak."""
        answering = self.add_gimp("in-the-sandbox", "3.2.6", f"{TAG}-flatpak")
        (self.programs / "flatpak").write_text(FLATPAK.format(program=answering))
        (self.programs / "flatpak").chmod(0o755)

    def command(self, *arguments: object) -> list[str]:
        """A command line that runs the installer."""
        return [sys.executable, str(self.source / "install.py"), *map(str, arguments),
                "--offline", str(self.wheels)]  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """Only what this user has."""
        return {"HOME": str(self.home), "PATH": str(self.programs), "LANG": "C.UTF-8",
                "TMPDIR": os.environ.get("TMPDIR", "/tmp")}  # fmt: skip

    def install(self, *arguments: object, **more: str) -> subprocess.CompletedProcess:
        """Run the installer."""
        return subprocess.run(self.command(*arguments), env=self.environment | more,
                              capture_output=True, text=True, timeout=300)  # fmt: skip

    def plug_in(self, version: str) -> Path:
        """Where a GIMP has the filter."""
        return self.home / ".config/GIMP" / version / "plug-ins/remove-colored-lighting"

    @property
    def data(self) -> Path:
        """Where runtimes are."""
        return self.home / ".local/share/colorfix"

    @property
    def runtime(self) -> Path:
        """The runtime of a GIMP of the distribution."""
        return self.data / "runtime-{}.{}".format(*VERSION)

    def small_in_runtime(self) -> str:
        """The version of the small package in that runtime."""
        return _small(self.runtime / "bin" / "python3")

    def small_in(self, version: str, tag: str = TAG) -> str:
        """The version of the small package that a GIMP's filter uses."""
        facts = json.loads((self.plug_in(version) / "runtime.json").read_text())
        return _small(facts["runtimes"][tag]["python"])


def _small(python: str | Path) -> str:
    code = "import small; print(small.version)"
    return subprocess.run([python, "-c", code], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()  # fmt: skip


def _wheel(folder: Path, name: str, version: str) -> str:
    """Make a wheel of one module; returns its entry for a lock."""
    file = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
                         "Tag: py3-none-any\n",
    }  # fmt: skip
    members[f"{info}/RECORD"] = "".join(f"{one},,\n" for one in [*members, f"{info}/RECORD"])
    with zipfile.ZipFile(file, "w") as archive:
        for member, text in members.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


def uv_wheel(cache: Path) -> Path:
    """The pinned uv for this machine, fetched once."""
    wanted = requirements.locked("tools")["uv"]
    if not (found := list(cache.glob(f"uv-{wanted.version}-*.whl"))):
        cache.mkdir(parents=True, exist_ok=True)
        listed = cache / f"uv-{os.getpid()}.txt"
        listed.write_text(wanted.text)
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", cache,
                        "--require-hashes", "-r", listed], check=True, cwd=REPOSITORY)  # fmt: skip
        listed.unlink()
        found = list(cache.glob(f"uv-{wanted.version}-*.whl"))
    return found[0]
