"""Where GIMP 3 is: on this machine, or in a Debian root directory made for the tests."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CONSOLES = ("gimp-console-3.0", "gimp-console-3.2", "gimp-console")
# Where `find` looks which GIMP is wanted; pytest's --gimp sets it.
WANTED = "COLORFIX_GIMP"
# Where the plug-in's engine works; pytest's --engine sets it.
WANTED_ENGINE = "COLORFIX_WANTED_ENGINE"
ENGINES = ("in-process", "helper")
SUITES = {"3.0": "trixie", "3.2": "forky"}

# Besides what every program needs there is a disk, /mnt, that is full after 64 KiB.
ENTER = """
mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
mount -t tmpfs -o size=64k tiny "$0/mnt" && exec chroot "$0" "$@"
"""


@dataclass(frozen=True)
class Place:
    """A file system with a GIMP in it; paths are those seen inside."""

    root: Path
    console: str

    @property
    def is_a_root(self) -> bool:
        """Whether this is a root directory of our own."""
        return self.root != Path("/")

    @property
    def store(self) -> str:
        """A folder for what is kept between runs."""
        if self.is_a_root:
            return "/opt"
        cache = Path(os.environ.get("COLORFIX_CACHE", Path.home() / ".cache/colorfix-tests"))
        cache.mkdir(parents=True, exist_ok=True)
        return str(cache)

    def outside(self, path: str) -> Path:
        """The same file as this machine sees it."""
        return self.root / path.lstrip("/")

    def command(self, *arguments: str, **environment: str) -> list[str]:
        """A command line that runs something inside, alone in its environment.

        Whatever it starts ends with it.
        """
        variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **environment}
        clean = ["env", "-i", *(f"{key}={value}" for key, value in variables.items()), *arguments]
        if not self.is_a_root:
            return clean
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return [*alone, "bash", "-c", ENTER, str(self.root), *clean]

    def run(self, *arguments: str, timeout: float = 300, **environment: str) -> str:
        """Run something inside to its end and return what it printed; it must succeed."""
        done = subprocess.run(
            self.command(*arguments, **environment),
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} ended with {done.returncode}:\n{done.stderr[-4000:]}")
        return done.stdout


def find(version: str = "") -> Place:
    """This machine's own GIMP 3 if there is one, else one in a cached root, made if need be.

    Parameters
    ----------
    version : of SUITES; by default what the environment's COLORFIX_GIMP says, else any will do

    Raises
    ------
    RuntimeError
        If there is none, and no root can be made; with the reason.
    """
    version = version or os.environ.get(WANTED, "")
    for name in CONSOLES:
        if (path := shutil.which(name)) and f" {version or '3'}." in _output(path, "--version"):
            return Place(Path("/"), path)
    root = Path(_output(str(HERE / "make_root.sh"), SUITES[version or "3.0"]).strip())
    # A moving suite decides itself which GIMP it has.
    newest = max(root.glob("usr/bin/gimp-console-3.*"))
    return Place(root, newest.name)


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise RuntimeError((done.stderr.strip() or f"{command[0]} failed").splitlines()[-1])
    return done.stdout


if __name__ == "__main__":
    for version in sys.argv[1:] or [""]:
        print(find(version))
