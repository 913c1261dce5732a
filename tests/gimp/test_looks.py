"""The dialog in another theme, language and screen: nothing clipped, everything reachable."""

import contextlib
import time

import pytest

from tests.gimp.looking import TITLE, opened
from tests.gimp.profile_setup import install
from tests.gimp.screen import Screen

pytestmark = pytest.mark.every_gimp

GERMAN_TITLE = "^Farbiges Licht entfernen"


@contextlib.contextmanager
def desktop(place, name: str, size=(1400, 900), theme: str = "", **environment: str):
    """A GIMP of its own, with windows."""
    profile = f"/tmp/colorfix-{name}"
    install(place, profile, theme)
    screen = Screen(place, profile, size, **environment)
    screen.catch_pages()
    try:
        screen.fill_screen(size[0] - 10, size[1] - 40)
        yield screen
    finally:
        screen.quit()


@pytest.fixture(scope="module")
def small_and_light(place, magenta_portrait):
    """A small screen in the light theme, and the corrected dialog on it."""
    with desktop(place, "light", (1280, 720), "(theme-color-scheme light)") as screen:
        yield screen, dialog(screen, magenta_portrait, TITLE)


@pytest.fixture(scope="module")
def german(place, magenta_portrait):
    """A German desktop, and the corrected dialog on it."""
    with desktop(place, "german", LANG="de_DE.UTF-8", LANGUAGE="de") as screen:
        yield screen, dialog(screen, magenta_portrait, GERMAN_TITLE)


def dialog(screen, picture, title: str) -> str:
    """The dialog over a shown picture, once the preview is corrected."""
    screen.show_picture(picture)
    return opened(screen, picture, title)


def test_light_theme(small_and_light):
    screen, window = small_and_light
    shown = screen.shot("dialog-light", window)
    assert shown[5, 5].min() > 200


def test_small_screen_holds_the_dialog(small_and_light):
    screen, window = small_and_light
    screen.shot("small-screen", "root")
    height, width = screen.look(window).shape[:2]
    assert height < 680 and width < 1270


def test_german_is_shown(german):
    screen, window = german
    label = screen.execute(
        "result = PDB().lookup_procedure('plug-in-remove-colored-lighting').get_menu_label()"
    )
    assert label == "Fa_rbiges Licht entfernen …"
    screen.shot("dialog-german", window)


@pytest.mark.parametrize("language", ["small_and_light", "german"])
def test_each_key_is_taken_once(request, language):
    screen, _window = request.getfixturevalue(language)
    assert "mnemonic" not in screen.said().lower()


@pytest.mark.parametrize(("language", "where"), [("en", "small_and_light"), ("de", "german")])
def test_help_button_opens_a_page_of_our_own(request, place, language, where):
    screen, _window = request.getfixturevalue(where)
    screen.keys("alt+h")  # F1 opens it in GIMP 3.0 alone
    page = screen.page
    deadline = time.monotonic() + 15
    while not page.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    path = page.read_text().strip().removeprefix("file://")
    assert path.endswith(f"help/{language}/remove-colored-lighting.html")
    assert f'lang="{language}"' in place.outside(path).read_text()
