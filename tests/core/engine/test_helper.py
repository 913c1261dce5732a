"""The helper process: whatever happens to it, a call returns, and says what was."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorfix_core.engine import helper, process
from colorfix_core.engine.client import Client
from colorfix_core.engine.contract import Lost, Pixels
from colorfix_core.engine.helper import Helper
from colorfix_core.errors import EngineError
from colorfix_core.service import processes
from tests.helpers.paths import REPOSITORY
from tests.helpers.serving_processes import processes_at

PIXELS = Pixels(bytes(range(240)) * 100, (80, 100, 3), "uint8")


def test_a_dead_engine_is_replaced_and_told_all_it_knew(far, look, tmp_path):
    lut = far.call("lut_in_file", look)
    before = far.call("corrected", lut, PIXELS)
    (first,) = processes_at(tmp_path)
    os.kill(first, signal.SIGKILL)
    assert far.call("corrected", lut, PIXELS) == before
    assert processes_at(tmp_path) != [first]


def test_a_frozen_engine_is_ended_and_replaced(installation, look, tmp_path):
    client = Client(lambda: Helper(installation, patience=1))
    lut = client.call("lut_in_file", look)
    (first,) = processes_at(tmp_path)
    os.kill(first, signal.SIGSTOP)
    corrected, _ = client.call("corrected", lut, PIXELS)
    assert corrected.shape == PIXELS.shape
    assert first not in processes_at(tmp_path)
    client.close()


def test_an_engine_that_is_killed_again_and_again_does_no_harm(far, look, tmp_path):
    """At any stage of a call: what comes back is right, or an error of one sentence."""
    lut = far.call("lut_in_file", look)
    right, _ = far.call("corrected", lut, PIXELS)
    over = threading.Event()

    def kill():
        rng = np.random.default_rng(0)
        while not over.wait(rng.uniform(0.2, 0.9)):
            for number in processes_at(tmp_path):
                os.kill(number, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    results = []
    until = time.monotonic() + 6
    while time.monotonic() < until:
        try:
            results.append(far.call("corrected", lut, PIXELS)[0] == right)
        except EngineError as error:
            results.append(str(error).endswith("."))
    over.set()
    killing.join()
    assert all(results) and len(results) > 5


def test_two_threads_ask_at_a_time(far, look):
    """One answer does not wait for another, and none is mixed up."""
    lut = far.call("lut_in_file", look)
    given = [Pixels(bytes([n]) * 30000, (100, 100, 3), "uint8") for n in range(40)]
    alone = [far.call("corrected", lut, one)[0] for one in given]
    together = dict[int, Pixels]()

    def ask(begin):
        for place in range(begin, len(given), 4):
            together[place] = far.call("corrected", lut, given[place])[0]

    threads = [threading.Thread(target=ask, args=(begin,)) for begin in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[place] for place in range(len(given))] == alone


def test_a_new_process_is_not_taken_for_the_old_one(installation, look, tmp_path):
    """One thread has a connection in use when the engine dies, another one dials."""
    transport = Helper(installation)
    used = transport._idle.pop()  # noqa: SLF001
    for number in processes_at(tmp_path):
        os.kill(number, signal.SIGKILL)
    with pytest.raises(Lost, match="has ended"):
        transport.exchange({"do": "identity_level", "with": [8, 8], "drop": []}, [])
    used.close()


def test_the_process_is_found_again_and_holds_nothing_of_the_last_run(far, installation, tmp_path):
    far.call("identity_level", 8, 8)
    assert len(processes_at(tmp_path)) == 1
    next_run = Client(lambda: Helper(installation))
    next_run.call("identity_level", 8, 8)
    next_run.close()
    assert len(processes_at(tmp_path)) == 1


def test_a_python_that_cannot_is_named_in_one_sentence(installation):
    broken = replace(installation, python="/nowhere/python3")
    with pytest.raises(EngineError, match=r"cannot be started \(.*/nowhere/python3"):
        Client(lambda: Helper(broken)).call("identity_level", 8, 8)


OTHER_VERSION = """
import socket, sys
from colorfix_core.engine.channel import Channel
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("ready", flush=True)
while True:
    channel = Channel(listener.accept()[0])
    channel.receive()
    channel.send({"hello": "colorfix engine 0"}, [])
"""
SOMEBODY_ELSE = """
import os, socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
os.setuid(65534)
listener.listen()
print("ready", flush=True)
while True:
    with listener.accept()[0] as taken:
        print(len(taken.recv(9)), flush=True)
"""


@pytest.fixture
def squatter(installation):
    """Runs code that listens where the engine would."""
    running = []

    def start(code: str) -> subprocess.Popen:
        address = str(processes._address(installation, helper.PROCESS))  # noqa: SLF001
        running.append(
            subprocess.Popen([sys.executable, "-c", code, address], cwd=REPOSITORY, text=True,
                             stdout=subprocess.PIPE)
        )  # fmt: skip
        assert running[-1].stdout.readline() == "ready\n"
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.wait()
        one.stdout.close()


def test_a_peer_of_another_version_is_replaced(squatter, far):
    other = squatter(OTHER_VERSION)
    assert far.call("identity_level", 8, 8) == 2
    assert other.wait(5) == -signal.SIGKILL


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become somebody else")
def test_another_user_s_process_is_told_nothing(squatter, far):
    stranger = squatter(SOMEBODY_ELSE)
    assert far.call("identity_level", 8, 8) == 2
    stranger.kill()
    told = stranger.stdout.read().split()
    assert set(told) <= {"0"}


def test_a_folder_that_is_open_to_others_is_not_used(installation, tmp_path):
    (tmp_path / f"colorfix-{os.getuid()}").mkdir()
    (tmp_path / f"colorfix-{os.getuid()}").chmod(0o777)
    with pytest.raises(Lost, match="not this user's alone"):
        Helper(installation)


MISLEADING = {
    "APPDIR": "/tmp/.mount_GIMP", "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere",
    "PYTHONDONTWRITEBYTECODE": "1", "LD_PRELOAD": "", "LD_LIBRARY_PATH": "/nowhere",
    "GI_TYPELIB_PATH": "/nowhere", "GIO_MODULE_DIR": "/nowhere", "GTK_PATH": "/nowhere",
    "XDG_DATA_DIRS": "/tmp/.mount_GIMP/usr/share",
}  # fmt: skip


def test_its_environment_holds_nothing_of_gimp_s(monkeypatch, installation, tmp_path):
    for name, value in MISLEADING.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"/tmp/.mount_GIMP/usr/bin/:{os.environ['PATH']}")
    Helper(installation).close()
    (number,) = processes_at(tmp_path)
    variables = Path(f"/proc/{number}/environ").read_text().split("\0")
    assert f"XDG_RUNTIME_DIR={tmp_path}" in variables
    assert not [one for one in variables if one.partition("=")[0] in MISLEADING]
    assert not [one for one in variables if ".mount_GIMP" in one]


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
from pathlib import Path
from colorfix_core.engine.client import Client
from colorfix_core.engine.contract import Pixels
from colorfix_core.engine.helper import Helper
from colorfix_core.service.processes import Installation

look, folder, python, *packages = sys.argv[1:]
installation = Installation(Path(folder), python, tuple(packages), "of-these-tests", None)
engine = Client(lambda: Helper(installation))
lut = engine.call("lut_in_file", look)
pixels = Pixels(bytes(range(240)) * 100, (80, 100, 3), "uint8")
sys.stdout.buffer.write(engine.call("corrected", lut, pixels)[0].data)
"""


def other_pythons() -> list[str]:
    """Pythons of other versions, as GIMP brings its own."""
    found = []
    for minor in range(11, 16):
        path = shutil.which(f"python3.{minor}")
        if path and sys.version_info.minor != minor:
            works = subprocess.run([path, "-c", "import socket"], capture_output=True, check=False)
            found += [path] * (works.returncode == 0)
    return found


@pytest.mark.parametrize("python", [sys.executable, *other_pythons()])
def test_a_client_needs_no_numpy(near, look, installation, python):
    """Under whatever Python it runs; the engine has one of its own."""
    lut = near.call("lut_in_file", look)
    expected, _ = near.call("corrected", lut, PIXELS)
    command = [python, "-S", "-c", WITHOUT_NUMPY, look, str(REPOSITORY), sys.executable,
               *installation.site_packages]  # fmt: skip
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    assert done.stdout == expected.data


def test_what_is_no_message_ends_the_connection(tmp_path):
    import socket

    near, far = socket.socketpair()
    far.settimeout(5)
    with near:
        near.sendall(b"\xff\xff\xff\xff")
        process.serve_one(far, process.Sessions(None))
        assert near.recv(1) == b""


def test_a_disk_is_not_needed(installation, tmp_path):
    """Pixels travel through memory: no file of theirs lies in the folder."""
    client = Client(lambda: Helper(installation))
    client.call("view", PIXELS)
    folder = tmp_path / f"colorfix-{os.getuid()}"
    assert shutil.disk_usage(folder).total
    assert sorted(path.suffix for path in folder.iterdir()) == ["", ".lock"]
    client.close()
