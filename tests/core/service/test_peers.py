"""Who may take part: users by what the system says of them, folders by who could write there."""

import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from colorfix_core.service import client, peers, processes
from colorfix_core.service.requests import Load
from tests.helpers.paths import REPOSITORY

# struct xucred as macOS's sys/ucred.h has it: version, user, groups, padding, 16 groups.
XUCRED = struct.pack("=IIhxx16I", 0, 501, 2, 20, 12, *[0] * 14)


def test_a_socket_tells_user_and_process():
    near, far = socket.socketpair()
    with near, far:
        assert peers.peer_of(near) == peers.Peer(os.getuid(), os.getpid())
        assert peers.is_own(near)


def test_macos_credentials_name_the_user():
    assert peers.user_of_xucred(XUCRED) == 501


@pytest.mark.parametrize("data", [b"", XUCRED[:40], struct.pack("=I", 1) + XUCRED[4:]])
def test_credentials_of_another_kind_are_no_credentials(data):
    with pytest.raises(OSError, match="credentials"):
        peers.user_of_xucred(data)


@pytest.mark.skipif(sys.platform != "darwin", reason="asks macOS itself")
def test_macos_tells_of_a_listener(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as near:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        near.connect(str(tmp_path / "s"))
        assert peers.peer_of(near) == peers.Peer(os.getuid(), os.getpid())


@pytest.fixture
def packages(tmp_path) -> Path:
    """A folder with a package and a module in it, which nobody else can write."""
    folder = tmp_path / "around" / "packages"
    (folder / "package").mkdir(parents=True)
    (folder / "module.py").touch()
    for path in (folder.parent, folder, folder / "package"):
        path.chmod(0o755)
    (folder / "module.py").chmod(0o644)
    return folder


def test_what_others_cannot_write_is_not_open(packages):
    assert peers.open_to_others([packages, packages / "none", packages / "module.py"]) == []


@pytest.mark.parametrize("which", [".", "..", "package", "module.py"])
def test_one_thing_that_others_can_write_opens_the_folder(packages, which):
    (packages / which).chmod(0o777)
    assert peers.open_to_others([packages]) == [str(packages)]


def test_nobody_exchanges_a_folder_in_a_sticky_one(packages):
    packages.parent.chmod(0o1777)
    assert peers.open_to_others([packages]) == []


def test_a_link_is_judged_by_where_it_leads(packages, tmp_path):
    (tmp_path / "link").symlink_to(packages)
    packages.chmod(0o777)
    assert peers.open_to_others([tmp_path / "link"]) == [str(tmp_path / "link")]


@pytest.fixture
def own_server(tmp_path, monkeypatch):
    """A warm process of this repository; it ends with the test."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = tuple(path for path in sys.path if path.endswith("site-packages"))
    installation = processes.Installation(REPOSITORY, sys.executable, found, version="of this test")
    client.ask(installation, Load("cpu"))
    yield tmp_path / f"colorfix-{os.getuid()}"
    with socket.socket(socket.AF_UNIX) as ending:
        (address,) = (tmp_path / f"colorfix-{os.getuid()}").glob("*[!k]")
        ending.connect(str(address))
        os.kill(peers.peer_of(ending).process, 9)


def test_what_the_warm_process_leaves_on_disk_is_the_user_s_alone(own_server):
    modes = {path.name: path.stat().st_mode & 0o777 for path in (own_server, *own_server.iterdir())}
    assert len(modes) == 3  # the folder, the socket and its lock
    assert not any(mode & 0o077 for mode in modes.values()), modes


WITHOUT_NETWORK = """
import sys
from colorfix_core.service import here
from colorfix_core.service.requests import Load
import socket
try:
    socket.create_connection(("127.0.0.1", 9), 1)
except OSError as error:
    print(error.errno)
here.load_modules()
print(here.answer(Load("cpu")))
"""


def test_the_networks_load_without_a_network():
    alone = ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("needs network namespaces")
    command = [*alone, sys.executable, "-c", WITHOUT_NETWORK]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    unreachable, answer = done.stdout.splitlines()
    assert unreachable == "101" and answer.startswith("Answer(")  # ENETUNREACH
