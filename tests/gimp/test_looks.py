"""The dialog in another theme, language and screen: nothing clipped, everything reachable."""

import contextlib
import time

import pytest
from conftest import ARTIFACTS
from looking import TITLE, opened
from profile_setup import install
from screen import Screen

GERMAN = {"LANG": "de_DE.UTF-8", "LANGUAGE": "de"}


@contextlib.contextmanager
def desktop(place, name: str, size=(1400, 900), theme: str = "", **environment: str):
    """A GIMP of its own, with windows."""
    profile = f"/tmp/colorfix-{name}"
    install(place, profile, theme)
    screen = Screen(place, profile, ARTIFACTS, size, **environment)
    try:
        screen.fill_screen(size[0] - 10, size[1] - 40)
        yield screen
    finally:
        screen.quit()


def dialog(screen, picture, title: str = TITLE) -> str:
    """The dialog over a shown picture, once the preview is corrected."""
    image = screen.new_image(512, 512, show=True)
    screen.new_layer(image, picture)
    time.sleep(0.5)
    return opened(screen, picture, title)


def test_light_theme(place, magenta_portrait):
    with desktop(place, "light", theme="(theme-color-scheme light)") as screen:
        shown = screen.shot("dialog-light", dialog(screen, magenta_portrait))
        assert shown[5, 5].min() > 200
        assert "mnemonic" not in screen.said().lower()  # each key is taken once


def test_small_screen_holds_the_dialog(place, magenta_portrait):
    with desktop(place, "small", size=(1280, 720)) as screen:
        shown = screen.shot("dialog-small", dialog(screen, magenta_portrait))
        screen.shot("small-screen")
        assert shown.shape[0] < 680 and shown.shape[1] < 1270


def test_german_is_shown(place, magenta_portrait):
    with desktop(place, "german", **GERMAN) as screen:
        label = screen.execute(
            "result = PDB().lookup_procedure('plug-in-remove-colored-lighting').get_menu_label()"
        )
        assert label == "Fa_rbiges Licht entfernen …"
        window = dialog(screen, magenta_portrait, "^Farbiges Licht entfernen$")
        screen.shot("dialog-german", window)
        assert "mnemonic" not in screen.said().lower()


@pytest.mark.parametrize("language", ["en", "de"])
def test_help_button_opens_a_page_of_our_own(place, magenta_portrait, language):
    environment = GERMAN if language == "de" else {}
    with desktop(place, "help", **environment) as screen:
        note_what_is_browsed(screen)
        dialog(screen, magenta_portrait, "^Farbiges Licht|^Remove Colored")
        screen.keys("F1")
        page = screen.path / "browsed"
        deadline = time.monotonic() + 15
        while not page.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        path = page.read_text().strip().removeprefix("file://")
        assert path.endswith(f"help/{language}/remove-colored-lighting.html")
        assert f'lang="{language}"' in place.outside(path).read_text()


def note_what_is_browsed(screen) -> None:
    """Make a script the web browser that writes down what it is asked to show."""
    script = screen.path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {screen.folder}/browsed\n')
    script.chmod(0o755)
    applications = screen.path / ".local/share/applications"
    applications.mkdir(parents=True)
    (applications / "browser.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Browser\nExec={screen.folder}/browser %u\n"
    )
    settings = screen.path / ".config"
    settings.mkdir(exist_ok=True)
    kinds = ("text/html", "x-scheme-handler/file")
    (settings / "mimeapps.list").write_text(
        "[Default Applications]\n" + "".join(f"{kind}=browser.desktop\n" for kind in kinds)
    )
