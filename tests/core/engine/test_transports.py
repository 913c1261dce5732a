"""Both ways to an engine give the same, to the last bit."""

import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from colorfix_core.engine import process
from colorfix_core.engine.channel import Channel
from colorfix_core.engine.client import Client
from colorfix_core.engine.contract import Pixels
from colorfix_core.engine.helper import SPEAKS
from colorfix_core.engine.operations.table import OPERATIONS
from colorfix_core.engine.session import Session
from colorfix_core.errors import LutFileError
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.service.requests import Answer

SIZE = 61, 43
DTYPES = ("uint8", "uint16", "float32")
NATIVE = ("uint16", "uint32", "float16", "float32", "float64")


def pixels_of(array: np.ndarray) -> Pixels:
    return Pixels(array.tobytes(), array.shape, array.dtype.name)


def colors(dtype: str, channels: int) -> Pixels:
    """Random numbers, floats beyond 0..1 and NaN among them, some of them transparent."""
    values = np.random.default_rng(5).random((*SIZE, channels))
    if np.dtype(dtype).kind == "f":
        values = values * 1.4 - 0.2
        values[0, 0, 0] = np.nan
    else:
        values *= np.iinfo(dtype).max
    if channels == 4:
        values[:9, :, 3] = 0
    return pixels_of(values.astype(dtype))


def shares() -> Pixels:
    """How far each pixel is selected."""
    values = np.random.default_rng(6).random(SIZE, np.float32)
    values[values < 0.3], values[values > 0.7] = 0, 1
    return pixels_of(values)


@pytest.fixture
def both(near, far):
    """Calls both engines with what `make` makes of each, and compares."""

    def call(operation, make):
        one, other = (client.call(operation, *make(client)) for client in (near, far))
        assert one == other
        return one

    return call


@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
def test_corrected_pixels(both, look, dtype, channels, selected):
    given, chosen = colors(dtype, channels), shares() if selected else None
    corrected, has_hidden = both(
        "corrected", lambda client: (client.call("lut_in_file", look), given, chosen)
    )
    assert corrected.data != given.data
    assert has_hidden == (channels == 4)


@pytest.mark.parametrize("dtype", NATIVE)
def test_what_is_put_back(both, dtype):
    merged, before = colors(dtype, 4), colors(dtype, 4)
    assert both("put_back", lambda _: (merged, before, shares(), True)).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_views_scaled_and_corrected(both, look, dtype):
    view = both("view", lambda _: (colors(dtype, 4), shares(), 2))
    small = both("scaled", lambda _: (view, 17, 23))
    before, after = both("shown", lambda client: (small, client.call("lut_in_file", look)))
    assert before.shape == after.shape == (23, 17, 3)
    assert before.data != after.data


@pytest.mark.parametrize("dtype", DTYPES)
def test_thumbnails(both, dtype):
    def builder(client):
        made = client.call("thumbnail_builder", 2 * SIZE[0], SIZE[1])
        for top in (0, SIZE[0]):
            client.call("add_strip", made, top, colors(dtype, 4), shares())
        return (made,)

    seen = both("finished", builder)
    assert seen["counts"] and seen["picture"].shape == (2 * SIZE[0], SIZE[1], 3)
    assert both("rough_thumbnail", lambda _: (colors(dtype, 4),))["counts"]
    assert both("counted_box", lambda _: (shares(), None)) is not None


@pytest.mark.parametrize("suffix", [".cube", ".png", ".3dl"])
def test_saved_luts(near, far, look, tmp_path, suffix):
    for name, client in (("near", near), ("far", far)):
        lut = client.call("faded", client.call("lut_in_file", look), 0.6)
        described = client.call("described", lut, "Title", {"strength": 60})
        client.call("saved", described, str(tmp_path / f"{name}{suffix}"), 17)
    one, other = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("near", "far"))
    assert one == other


def test_identities(both):
    picture = both("identity_pixels", lambda _: (4,))
    found = both("identity_level", lambda _: (64, 64))
    assert (picture.shape, found) == ((64, 64, 4), 4)

    def exported(client):
        return client.call("lut_of_identity", picture)["lut"], colors("uint8", 3)

    assert both("corrected", exported)[0] == colors("uint8", 3)


WISH = {"strength": 1.4, "keep_brightness": True, "film_contrast": False, "temperature": 20,
        "tint": -10, "exposure": 0.3, "saturation": 15, "picks": [["neutral", [0.6, 0.5, 0.4]]],
        }  # fmt: skip


def picture() -> tuple[Pixels, Pixels]:
    """What the networks would be shown."""
    values = np.random.default_rng(7).random((40, 50, 3), np.float32)
    return pixels_of(values), pixels_of(np.ones((40, 50), np.float32))


def test_adjusted_luts(both, look):
    given = colors("float32", 3)

    def correction(client):
        lut = client.call("lut_in_file", look)
        return client.call("adjusted", [lut], WISH, *picture())[0], given

    assert both("corrected", correction)[0].data != given.data
    small = both("corrected", lambda client: (client.call("untouched", 17), given))
    assert small[0].data == given.data


def test_what_is_seen_of_light_and_places(both, look, tmp_path):
    found = both("light_of", lambda client: (client.call("lut_in_file", look), *picture()))
    assert found["hue"]
    assert len(both("area_average", lambda _: (colors("uint8", 4), 20, 30, 3, shares()))) == 3
    assert both("opaque", lambda _: (colors("uint16", 4),)).dtype == "uint16"
    both("saved_mask", lambda _: ([shares(), shares()], str(tmp_path / "mask.png")))
    levels = both("errors_of_sizes", lambda c: (c.call("lut_in_file", look), [9, 33]))
    assert levels[0] > levels[1]


def lights(request) -> Answer:
    """Two LUTs, the second of them where the mask says."""
    luts = Lut3D.identity(9), Lut3D(Lut3D.identity(9).table * [1, 0.5, 0.7])
    coefficients = np.random.default_rng(8).random((7, 9, 4)).astype(np.float32)
    return Answer(luts, masks=(GuidedMask(coefficients, (0.0, 0.0, 1.0, 1.0)),))


def test_luts_with_places():
    """Through the helper they come from the networks' process; here both are told the same."""
    given, place = colors("uint8", 3), (10, 5, 100, 80)
    results = []
    for client in (Client(lambda: Session(lights)), Client(lambda: _Far(lights))):
        question = {"layer": 1, "sample": "layer", "method": "lut", "device": "cpu", "size": 9}
        answer = client.call("predicted", question, *picture())
        mixed = client.call("in_places", answer["luts"], answer["masks"], (0.1, 0.1, 0.9, 0.8))
        corrected, _ = client.call("corrected", mixed, given, None, place)
        results.append((corrected, client.call("share", mixed, 1, given, place)))
        client.close()
    assert results[0] == results[1]
    assert results[0][0].data != given.data


class _Far:
    """A session at the other end of a socket, in a thread."""

    def __init__(self, ask) -> None:
        near, far = socket.socketpair()
        self._channel = Channel(near)
        sessions = process.Sessions(ask)
        threading.Thread(target=process.serve_one, args=(far, sessions), daemon=True).start()
        self._channel.send({"hello": SPEAKS, "session": "of this test"}, [])
        self._channel.receive()

    def exchange(self, head, buffers):
        self._channel.send(head, buffers)
        reply, data = self._channel.receive()
        return reply, [bytes(part) for part in data]

    def close(self) -> None:
        self._channel.close()


def test_every_operation_is_tried_by_both():
    """Whoever adds one has it named here."""
    text = Path(__file__).read_text()
    missing = [name for name in OPERATIONS if f'"{name}"' not in text]
    assert not missing


def test_facts_of_a_lut_are_known(near, far, look):
    facts = [client.call("lut_in_file", look).facts for client in (near, far)]
    assert facts[0] == facts[1]
    assert (facts[0]["title"], facts[0]["size"]) == ("Bent", 17)


@pytest.mark.parametrize("which", ["near", "far"])
def test_errors_and_remarks_come_out(request, which, tmp_path):
    client = request.getfixturevalue(which)
    with pytest.raises(LutFileError, match=r"none\.cube"):
        client.call("lut_in_file", str(tmp_path / "none.cube"))
    with pytest.raises((LookupError, RuntimeError), match="no_such_operation"):
        client.call("no_such_operation")
    assert client.call("identity_level", 8, 8) == 2


@pytest.mark.parametrize("which", ["near", "far"])
def test_large_and_empty_arrays(request, which, look):
    """Memory grows with what is sent."""
    client = request.getfixturevalue(which)
    lut = client.call("lut_in_file", look)
    for height in (0, 1, 3000):
        array = np.full((height, 1000, 3), 77, np.uint8)
        corrected, _ = client.call("corrected", lut, pixels_of(array))
        assert corrected.shape == array.shape
        assert len(set(corrected.data)) <= 3
