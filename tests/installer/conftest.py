"""install.py as users run it."""

import subprocess
import sys

import pytest

from tests.helpers.paths import REPOSITORY
from tests.installer.user import environment_of


@pytest.fixture
def install(tmp_path):
    """Run install.py for a user without GIMP, whose home is in tmp_path."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, REPOSITORY / "install.py", *map(str, arguments)],
            cwd=tmp_path, env=environment_of(tmp_path, **environment),
            capture_output=True, text=True, timeout=900,
        )  # fmt: skip

    return run
