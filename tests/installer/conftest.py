"""install.py as users run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import REPOSITORY
from tests.installer.small import Small, uv_wheel
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


@pytest.fixture(scope="session")
def uv() -> Path:
    """uv's wheel, kept between runs."""
    cache = Path(os.environ.get("COLORFIX_CACHE", Path.home() / ".cache/colorfix-tests"))
    return uv_wheel(cache / "uv")


@pytest.fixture
def small(tmp_path, uv) -> Small:
    """A machine in small, without GIMP as yet."""
    return Small(tmp_path, uv)
