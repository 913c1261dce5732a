"""Pictures with names, for all tests."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from tests.gimp.place import ENGINES, SUITES, WANTED, WANTED_ENGINE
from tests.helpers.paths import REPOSITORY

TESTS = REPOSITORY / "tests"
LAST = ("gimp", "installer")
# How long an example takes is the machine's matter.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser):
    """`--gimp 3.2`: try only what needs GIMP, and in that one; `--engine helper`: so, too."""
    parser.addoption("--gimp", choices=SUITES, help="run the tests in GIMP alone, in this one")
    parser.addoption("--engine", choices=ENGINES, help="where the plug-in's engine works")


def pytest_configure(config):
    """Tell all that looks for GIMP which one is wanted; processes beside this one do the same."""
    config.addinivalue_line("markers", "every_gimp: tests/run tries it in each GIMP, not in one")
    if wanted := config.getoption("gimp"):
        os.environ[WANTED] = wanted
    if engine := config.getoption("engine"):
        os.environ[WANTED_ENGINE] = engine


def pytest_collection_modifyitems(config, items):
    """First what needs no GIMP, which may still be under way."""
    items.sort(key=lambda item: [item.path.is_relative_to(TESTS / name) for name in LAST])
    if config.getoption("gimp"):
        config.hook.pytest_deselected(items=[item for item in items if not needs_gimp(item)])
        items[:] = filter(needs_gimp, items)


def needs_gimp(item) -> bool:
    """Whether a test is tried in GIMP."""
    return not {"place", "machine"}.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """A person in colours one knows, (512, 512, 3) uint8."""
    from skimage import data

    return data.astronaut()


@pytest.fixture(scope="session")
def sample() -> Path:
    """The portrait under magenta light, as a JPEG file."""
    return REPOSITORY / "sample" / "portrait-magenta-light.jpg"


@pytest.fixture
def colorfix(tmp_path):
    """Run the command as a user does; returns what subprocess.run returns."""

    def run(*arguments: object, core: Path = REPOSITORY, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "colorfix_core", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(core)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True,
                              text=True, timeout=300, **options)  # fmt: skip

    return run


@pytest.fixture(scope="session")
def photos(tmp_path_factory, portrait):
    """A folder of pictures to train on."""
    folder = tmp_path_factory.mktemp("photos")
    for index in range(4):
        Image.fromarray(np.roll(portrait, 97 * index, 1)).save(folder / f"{index}.png")
    return folder
