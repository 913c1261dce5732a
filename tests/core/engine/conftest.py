"""The two ways to an engine, and the processes behind them."""

import os
import signal
import sys

import pytest

from colorfix_core.engine.client import Client
from colorfix_core.engine.helper import Helper
from colorfix_core.engine.session import Session
from colorfix_core.luts.lut import Lut3D
from colorfix_core.service.processes import Installation
from colorfix_core.service.requests import Answer
from tests.helpers.paths import REPOSITORY
from tests.helpers.serving_processes import processes_at


def no_networks(request) -> Answer:
    """Answers with a LUT that depends on what was shown."""
    table = Lut3D.identity(9).table * float(request.thumbnail.picture.mean())
    return Answer((Lut3D(table),) * request.question.iterations)


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """This repository, with processes of its own, which end with the test."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    packages = tuple(path for path in sys.path if path.endswith("site-packages"))
    yield Installation(REPOSITORY, sys.executable, packages, version="of-these-tests")
    for number in processes_at(tmp_path):
        os.kill(number, signal.SIGKILL)


@pytest.fixture
def near():
    """The engine in this process."""
    client = Client(lambda: Session(no_networks))
    yield client
    client.close()


@pytest.fixture
def far(installation):
    """The engine in a process of its own."""
    client = Client(lambda: Helper(installation))
    yield client
    client.close()


@pytest.fixture
def look(tmp_path) -> str:
    """A LUT file that bends colors."""
    table = Lut3D.identity(17).table ** [0.8, 1.1, 1.3]
    Lut3D(table * [1, 0.9, 0.7], title="Bent").save(tmp_path / "look.cube")
    return str(tmp_path / "look.cube")
