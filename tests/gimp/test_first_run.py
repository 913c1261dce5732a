"""Somebody has unpacked the filter into GIMP's folder: it explains itself, and asks."""

import shutil
import time

import numpy as np
import pytest

from installer import plug_in
from tests.gimp.looking import TITLE, opened
from tests.gimp.profile_setup import install, wheels
from tests.gimp.screen import Screen

pytestmark = pytest.mark.every_gimp
SET_UP = "^Set Up Remove Colored Lighting$"


@pytest.fixture(scope="module")
def unpacked(place):
    """A desktop whose filter was unpacked, and lacks its runtime; wheels come from `wheels`."""
    profile = "/tmp/colorfix-unpacked"
    target = place.outside(install(place, profile))
    shutil.rmtree(target)
    plug_in.lay_out(target)
    plug_in.list_files(target)
    shelf = "/tmp/colorfix-unpacked-wheels"
    shutil.rmtree(place.outside(shelf), ignore_errors=True)
    place.outside(shelf).mkdir()
    screen = Screen(place, profile, PIP_NO_INDEX="1", PIP_FIND_LINKS=shelf, COLORFIX_DEBUG="1")
    screen.plug_in, screen.shelf = target, place.outside(shelf)
    screen.data = screen.path / ".local/share/colorfix"
    screen.fill_screen(1390, 860)
    yield screen
    screen.quit()
    shutil.rmtree(screen.shelf)


@pytest.fixture
def photo(unpacked, magenta_portrait):
    """A shown picture."""
    image, layer = unpacked.show_picture(magenta_portrait)
    yield image, layer
    unpacked.keys("Escape", "Escape")
    unpacked.close_shown(image)


def test_a_script_is_told_in_one_sentence_and_nothing_is_fetched(unpacked, photo):
    image, layer = photo
    status, text = unpacked.run(image, [layer])
    assert status == "execution-error"
    assert "runtime is not installed" in text and "\n" not in text
    assert not unpacked.data.exists()


def test_nothing_is_fetched_by_who_cancels(unpacked, photo):
    unpacked.open_filter("r")
    window = unpacked.wait_for(SET_UP, seconds=60)
    time.sleep(1)
    unpacked.shot("first-run", window)
    unpacked.keys("Escape")
    unpacked.wait_until_gone(SET_UP, seconds=60)
    assert not unpacked.data.exists()
    assert not (unpacked.plug_in / "runtime.json").exists()


def test_failure_is_told_then_cancelled_then_done(unpacked, photo, magenta_portrait, place):
    _image, layer = photo
    unpacked.open_filter("r")
    window = unpacked.wait_for(SET_UP, seconds=60)
    unpacked.keys("alt+d", pause=3)  # there is nothing to be had yet
    deadline = time.monotonic() + 60
    while unpacked.data.exists():
        assert time.monotonic() < deadline
        time.sleep(1)
    unpacked.shot("first-run-failed", window)

    for wheel in place.outside(wheels(place)).iterdir():
        shutil.copy(wheel, unpacked.shelf)
    unpacked.keys("alt+t", pause=2)
    unpacked.shot("first-run-works", window)
    unpacked.keys("Escape")
    unpacked.wait_until_gone(SET_UP, seconds=60)
    assert not list(unpacked.data.glob("runtime-*"))
    assert not (unpacked.plug_in / "runtime.json").exists()

    unpacked.open_filter("r")
    unpacked.wait_for(SET_UP, seconds=60)
    unpacked.keys("alt+d")
    unpacked.wait_until_gone(SET_UP, seconds=300)
    unpacked.wait_for(TITLE, seconds=60)
    unpacked.keys("Escape")
    unpacked.wait_until_gone(TITLE)
    window = opened(unpacked, magenta_portrait)
    unpacked.keys("alt+o")
    unpacked.wait_until_gone(TITLE)
    deadline = time.monotonic() + 20
    while np.array_equal(unpacked.pixels(layer), magenta_portrait):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not list(unpacked.data.glob(".*"))
