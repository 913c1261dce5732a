"""What a client does with engines that die."""

import gc

import numpy as np
import pytest

from colorfix_core.engine.client import ATTEMPTS, Client, HeldLost
from colorfix_core.engine.contract import Lost, Pixels
from colorfix_core.engine.session import Session
from colorfix_core.errors import EngineError
from tests.core.engine.conftest import no_networks

QUESTION = {"layer": 1, "sample": "layer", "method": "lut", "device": "cpu", "size": 9,
            "iterations": 2}  # fmt: skip
PICTURE = Pixels(np.full((2, 2, 3), 0.5, np.float32).tobytes(), (2, 2, 3), "float32")
WEIGHTS = Pixels(np.ones((2, 2), np.float32).tobytes(), (2, 2), "float32")
PIXELS = Pixels(bytes(range(12)), (2, 2, 3), "uint8")


class Mortal(Session):
    """An engine that dies when it is told."""

    dies = False

    def exchange(self, head, buffers):
        if self.dies:
            raise Lost("It has died.")
        return super().exchange(head, buffers)


@pytest.fixture
def made():
    """The engines that the client has had."""
    return []


@pytest.fixture
def client(made):
    def connect():
        made.append(Mortal(no_networks))
        return made[-1]

    return Client(connect)


def test_what_was_held_is_made_again(client, made):
    luts = client.call("predicted", QUESTION, PICTURE, WEIGHTS)["luts"]
    faded = client.call("faded", luts[1], 0.5)
    before = client.call("corrected", faded, PIXELS)
    made[-1].dies = True
    assert client.call("corrected", faded, PIXELS) == before
    assert client.call("corrected", luts[0], PIXELS) != before
    assert len(made) == 2


def test_what_grew_cannot_be_made_again(client, made):
    builder = client.call("thumbnail_builder", 2, 2)
    made[-1].dies = True
    with pytest.raises(HeldLost, match="lost"):
        client.call("add_strip", builder, 0, PIXELS, None)


def test_an_engine_that_keeps_dying_is_given_up(made):
    def connect():
        made.append(Mortal(no_networks))
        made[-1].dies = True
        return made[-1]

    with pytest.raises(EngineError, match="It has died"):
        Client(connect).call("identity_level", 8, 8)
    assert len(made) == ATTEMPTS


def test_what_is_no_longer_used_is_let_go(client, made):
    lut = client.call("predicted", QUESTION, PICTURE, WEIGHTS)["luts"][0]
    faded = client.call("faded", lut, 0.5)
    gc.collect()
    client.call("identity_level", 8, 8)
    assert len(made[0].held) == 2
    del faded
    gc.collect()
    client.call("identity_level", 8, 8)
    assert len(made[0].held) == 1
