"""What travels between plug-in and warm process: numbers and text, never a pickle."""

import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import ModelError
from colorfix_core.luts.data import Shaper
from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service import peers, server, wire
from colorfix_core.service.requests import Answer, Load, Predict, Question

QUESTION = Question(layer=1, sample="layer", method="lut", device="cpu", size=9, iterations=2)


def across(send, receive, message):
    """What the other end of a pair of sockets makes of a message."""
    near, far = socket.socketpair()
    with near, far:
        sending = threading.Thread(target=send, args=(near, message))
        sending.start()
        received = receive(far)
        sending.join()
    return received


def test_requests_arrive_as_they_were():
    assert across(wire.send_request, wire.receive_request, Load("cuda:1")) == Load("cuda:1")
    rng = np.random.default_rng(0)
    seen = Thumbnail(rng.random((7, 5, 3), np.float32), rng.random((7, 5), np.float32))
    got = across(wire.send_request, wire.receive_request, Predict(QUESTION, seen))
    assert got.question == QUESTION and got.question.iterations == 2
    np.testing.assert_array_equal(got.thumbnail.picture, seen.picture)
    np.testing.assert_array_equal(got.thumbnail.weights, seen.weights)


def test_answers_arrive_as_they_were():
    table = np.random.default_rng(0).random((9, 9, 9, 3), np.float32)
    shaper = Shaper(np.linspace([0, 0, 0], [1, 1, 1], 5), (0, 0, 0), (2, 2, 2))
    lut = Lut3D(table, (0, 0, 0), (1, 1, 2), "Abend", ("ä",), shaper)
    answer = Answer((lut, Lut3D.identity(2)), True, ("a note",))
    got = across(wire.send_reply, wire.receive_reply, answer)
    assert (got.rough, got.notes, len(got.luts)) == (True, ("a note",), 2)
    first = got.luts[0]
    np.testing.assert_array_equal(first.table, table)
    assert (first.domain_max, first.title, first.comments) == ((1, 1, 2), "Abend", ("ä",))
    np.testing.assert_array_equal(first.shaper.curve, shaper.curve)
    assert first.shaper.domain_max == (2, 2, 2) and got.luts[1].is_identity


def test_lights_arrive_with_their_masks():
    rng = np.random.default_rng(0)
    mask = GuidedMask(rng.random((6, 5, 4), np.float32), (0.1, 0.2, 0.9, 1.0))
    answer = Answer((Lut3D.identity(2),) * 2, origins=("predicted", "as it is"), masks=(mask,))
    got = across(wire.send_reply, wire.receive_reply, answer)
    assert got.origins == answer.origins and got.masks[0].window == mask.window
    np.testing.assert_array_equal(got.masks[0].coefficients, mask.coefficients)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (ModelError("weights are gone"), ModelError, "weights are gone"),
        (ImportError("no torch"), ImportError, "no torch"),
        (MemoryError(), MemoryError, ""),
        (ZeroDivisionError("by 0"), RuntimeError, "ZeroDivisionError: by 0"),
    ],
)
def test_errors_arrive_by_kind_and_text(error, kind, text):
    got = across(wire.send_reply, wire.receive_reply, error)
    assert type(got) is kind and str(got) == text


class Harmful:
    """A pickle that leaves a mark when it is read."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def harmful(folder: Path) -> bytes:
    return pickle.dumps(Harmful(folder / "mark"))


@pytest.mark.parametrize("cut", [0, 4])
def test_a_pickle_is_refused_unread(tmp_path, cut):
    data = harmful(tmp_path)
    message = (len(data).to_bytes(4, "big") + data)[4 - cut :]
    near, far = socket.socketpair()
    with near, far:
        near.sendall(message)
        near.shutdown(socket.SHUT_WR)
        with pytest.raises(wire.BadMessage):
            wire.receive_request(far)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "header",
    [
        b"", b"[]", b"1", b"null", b"{}", b'{"arrays": 1}', b'{"arrays": [[1e9, 4]]}',
        b'{"arrays": [[-1]]}', b'{"load": 1}', b'{"predict": {}, "arrays": []}',
        b'{"arrays": [[1, 1, 1, 1, 1]]}', b"[" * 100000, b"\xff\xfe", b'{"arrays": [[1e999]]}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(header):
    near, far = socket.socketpair()
    with near, far:
        near.sendall(len(header).to_bytes(4, "big") + header)
        near.shutdown(socket.SHUT_WR)
        with pytest.raises(wire.BadMessage):
            wire.receive_request(far)


def test_random_bytes_are_refused():
    rng = np.random.default_rng(0)
    for _ in range(500):
        near, far = socket.socketpair()
        with near, far:
            near.sendall(rng.bytes(int(rng.integers(0, 200))))
            near.shutdown(socket.SHUT_WR)
            with pytest.raises(wire.BadMessage):
                wire.receive_request(far)


CONNECT = """
import socket, sys
with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(20)
    s.connect(sys.argv[1])
    try:
        s.sendall((13).to_bytes(4, "big") + b'{"load":"cpu"')
        answered = s.recv(1)
    except (ConnectionResetError, BrokenPipeError):
        answered = b""
    sys.exit(1 if answered else 0)
"""


@pytest.fixture
def nobody():
    """The start of a command that another user runs."""
    if os.getuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def address(tmp_path):
    """A place for a socket that everybody could enter; made short and open to all."""
    folder = Path("/tmp") / f"colorfix-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder / "socket"
    shutil.rmtree(folder)


def test_another_user_is_turned_away(nobody, address, monkeypatch):
    """Even where the folder's mode would let them in."""
    monkeypatch.setattr(server.here, "answer", lambda request: pytest.fail("it was answered"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        address.chmod(0o777)
        listener.listen()
        other = subprocess.Popen([*nobody, "/usr/bin/python3", "-I", "-c", CONNECT, str(address)])
        accepted, _ = listener.accept()
        assert not peers.is_own(accepted)
        server.serve_one(accepted)
        assert other.wait(20) == 0


def test_another_user_does_not_reach_the_socket(nobody, address):
    address.parent.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        done = subprocess.run([*nobody, "/usr/bin/python3", "-I", "-c", CONNECT, str(address)],
                              capture_output=True, text=True)  # fmt: skip
    assert "PermissionError" in done.stderr


@pytest.mark.parametrize(("mode", "is_open"), [(0o755, False), (0o700, False), (0o777, True)])
def test_folders_that_others_can_write_are_known(tmp_path, mode, is_open):
    folder = tmp_path / "packages"
    folder.mkdir()
    folder.chmod(mode)
    assert peers.open_to_others([folder, tmp_path / "none"]) == [str(folder)] * is_open


def test_no_module_here_reads_pickles():
    code = "import sys, colorfix_core.service.server, colorfix_core.service.client as c; "
    code += "print('multiprocessing.connection' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
