"""Pictures with names, and a real GIMP to try the plug-in in."""

import os

import numpy as np
import pytest

from tests.gimp import icc
from tests.gimp import place as places
from tests.gimp.looking import under_light
from tests.gimp.profile_setup import install
from tests.gimp.screen import Screen
from tests.gimp.session import Gimp

# Test processes beside this one have profiles of their own.
PROFILE = f"/tmp/colorfix-{os.environ.get('PYTEST_XDIST_WORKER', 'profile')}"


@pytest.fixture(scope="session")
def place() -> places.Place:
    """Where GIMP is; a second GIMP that cannot be had is no failure."""
    try:
        return places.find()
    except RuntimeError as error:
        if os.environ.get(places.WANTED):
            pytest.skip(f"no GIMP {os.environ[places.WANTED]}: {error}")
        raise


@pytest.fixture(scope="session")
def installed(place) -> str:
    """A GIMP profile with the plug-in."""
    install(place, PROFILE)
    return PROFILE


@pytest.fixture(scope="session")
def console(place, installed):
    """A GIMP without windows, for all tests."""
    session = Gimp(place, installed, [place.console, "-i"])
    yield session
    session.quit()


@pytest.fixture
def gimp(console):
    """The GIMP without windows; images left open are closed after the test."""
    yield console
    for image in console.images():
        console.close(image)


@pytest.fixture(scope="session")
def desktop(place):
    """A GIMP with windows, for all tests."""
    profile = f"{PROFILE}-desktop"
    install(place, profile)
    session = Screen(place, profile)
    session.fill_screen(1390, 860)
    yield session
    session.quit()


@pytest.fixture
def screen(desktop):
    """The GIMP with windows; dialogs and images left open are closed after the test."""
    yield desktop
    desktop.keys("Escape")
    for image in desktop.images():
        desktop.close_shown(image)


@pytest.fixture(scope="session")
def profiles(console) -> dict[str, str]:
    """ICC profiles that photos come with, by name, as paths that GIMP can read."""
    spaces = {
        "adobe-rgb": icc.ADOBE_RGB,
        "display-p3": icc.DISPLAY_P3,
        "prophoto": icc.PROPHOTO,
    }
    for name, space in spaces.items():
        (console.path / f"{name}.icc").write_bytes(icc.matrix_profile(name, *space))
    return {name: f"{console.folder}/{name}.icc" for name in spaces}


@pytest.fixture(scope="session")
def magenta_portrait(portrait) -> np.ndarray:
    """The person under magenta light."""
    return under_light(portrait, (1.0, 0.35, 0.8))
