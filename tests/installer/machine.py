"""A machine with GIMP 3, and a user who installs the filter there."""

import shutil
import subprocess
from pathlib import Path

from tests.gimp import place as places
from tests.gimp.profile_setup import wheels
from tests.installer.user import copy_repository


class Machine:
    """A machine with GIMP 3 and a user who has downloaded this repository."""

    def __init__(self, place: places.Place) -> None:
        self.place = place
        self.home = "/tmp/colorfix-installer"
        shutil.rmtree(self.path(), ignore_errors=True)
        copy_repository(self.path("repository"))
        self.wheels = {}
        if place.is_a_root:  # where pip has no certificates
            self.wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels(place)}

    def path(self, inside: str = "") -> Path:
        """A path in the user's home folder, as seen from outside."""
        return self.place.outside(f"{self.home}/{inside}")

    @property
    def plug_in(self) -> Path:
        """Where the filter is to be found."""
        return next(iter(self.path(".config/GIMP").glob("3.*"))) / (
            "plug-ins/remove-colored-lighting"
        )

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run install.py."""
        script = f"{self.home}/repository/install.py"
        return self.run("python3", script, *arguments, **environment)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Run something as that user."""
        environment = {"HOME": self.home, **self.wheels, **environment}
        inside = self.place.command(*command, **environment)
        return subprocess.run(inside, capture_output=True, text=True, timeout=600)
