"""`pip install .`, without the installer."""

import os
import subprocess
import sys

from tests.installer.user import copy_repository


def test_pip_installs_the_command_with_its_weights(tmp_path):
    source = copy_repository(tmp_path / "source")
    (source / "README.md").touch()
    target = tmp_path / "target"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
         "--target", target, source],
        check=True,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, target / "bin" / "colorfix", "info"],
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(target / "colorfix_core" / "models") in done.stdout
