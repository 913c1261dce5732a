"""The warm process and its client: the same answers as in this process, whatever dies."""

import os
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorfix_core.errors import DeviceError
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service import client, here, processes, server, serving, wire
from colorfix_core.service.requests import Answer, Load, Predict, Question
from tests.helpers.paths import REPOSITORY
from tests.helpers.serving_processes import processes_at

QUESTION = Question(layer=1, sample="layer", method="lut", device="cpu", size=9, iterations=2)


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """This repository, with servers of its own; they end with the test."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    # What GIMP gives to its plug-ins must not reach the server.
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    packages = tuple(path for path in sys.path if path.endswith("site-packages"))
    yield processes.Installation(REPOSITORY, sys.executable, packages, version="of these tests")
    for number in servers(tmp_path):
        os.kill(number, signal.SIGKILL)


def servers(folder: Path) -> list[int]:
    """Those that keep the networks warm."""
    return processes_at(folder, "colorfix_core.service.server")


def thumbnail() -> Thumbnail:
    picture = np.random.default_rng(0).random((60, 80, 3), np.float32)
    picture[..., 1] /= 3
    return Thumbnail(picture, np.ones((60, 80), np.float32))


def test_more_iterations_are_the_same_question():
    assert {QUESTION: "known"}[replace(QUESTION, iterations=5)] == "known"
    assert replace(QUESTION, method="balancer") != QUESTION


def test_the_server_answers_as_this_process_does(installation, tmp_path):
    request = Predict(QUESTION, thumbnail())
    far, near = client.ask(installation, request), here.answer(request)
    assert len(servers(tmp_path)) == 1
    assert len(far.luts) == 2
    for one, other in zip(far.luts, near.luts, strict=True):
        np.testing.assert_allclose(one.table, other.table, atol=1e-5)


def test_a_server_is_found_again_and_replaced_when_it_dies(installation, tmp_path):
    processes.prepare(installation, client.SERVER)
    assert client.ask(installation, Load("cpu")) == Answer()
    (first,) = servers(tmp_path)
    client.ask(installation, Load("cpu"))
    assert servers(tmp_path) == [first]
    os.kill(first, signal.SIGKILL)
    assert client.ask(installation, Load("cpu")) == Answer()
    assert servers(tmp_path) != [first]


def test_errors_cross_the_wire(installation):
    with pytest.raises(DeviceError, match="was not found here|unknown"):
        client.ask(installation, Load("cuda:99"))


def test_without_a_server_the_work_is_done_here(installation, tmp_path):
    broken = replace(installation, python="/nowhere/python3")
    assert len(client.ask(broken, Predict(QUESTION, thumbnail())).luts) == 2
    assert servers(tmp_path) == []


def test_a_frozen_server_is_replaced_within_the_time_limit(installation, tmp_path):
    client.ask(installation, Load("cpu"))
    (frozen,) = servers(tmp_path)
    os.kill(frozen, signal.SIGSTOP)
    answer = client.ask(installation, Predict(QUESTION, thumbnail()), patience=1)
    assert len(answer.luts) == 2
    assert answer.notes[0] == client.FROZEN
    assert frozen not in servers(tmp_path)


def test_work_that_takes_longer_than_the_time_limit_is_waited_for(monkeypatch):
    """Who works on a request says so."""
    monkeypatch.setattr(serving, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(server.here, "answer", lambda request: time.sleep(1) or Answer())
    near, far = socket.socketpair()
    with near:
        near.settimeout(0.5)
        wire.send_request(near, Load("cpu"))
        thread = threading.Thread(target=server.serve_one, args=(far,))
        thread.start()
        assert wire.receive_reply(near) == Answer()
        thread.join()


def test_who_connects_and_says_nothing_is_let_go():
    near, far = socket.socketpair()
    with near:
        far.settimeout(0.1)
        server.serve_one(far)
        assert near.recv(1) == b""


def test_debugging_shows_the_server_s_tracebacks(installation, monkeypatch, capfd):
    monkeypatch.setenv("COLORFIX_DEBUG", "1")
    with pytest.raises(DeviceError):
        client.ask(installation, Load("cuda:99"))
    assert "Traceback" in capfd.readouterr().err
