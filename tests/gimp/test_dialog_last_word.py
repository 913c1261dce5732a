"""Candidates, picks, trims and a changing image, in the dialog as a person uses it."""

import time

import numpy as np
import pytest

from tests.gimp.looking import TITLE, frame, halves, opened, sides, view, wait_for_view

pytestmark = pytest.mark.every_gimp


@pytest.fixture
def photo(screen, magenta_portrait):
    """A shown image with one layer: a person under magenta light."""
    return screen.show_picture(magenta_portrait)


@pytest.fixture
def dialog(screen, photo, magenta_portrait):
    """The dialog, corrected; what the keyboard says goes to its preview."""
    window = opened(screen, magenta_portrait)
    seen = frame(screen, window)
    screen.click(window, seen.middle, seen.top + 4)  # the divider stays where it is
    return window


def before(picture: np.ndarray) -> np.ndarray:
    return picture[:, 268:500].mean((0, 1))


def is_untouched(picture: np.ndarray):
    """Whether the right half shows a picture as it is."""
    return lambda shown: np.abs(halves(shown)[1] - before(picture)).max() < 3


def test_the_title_names_the_layer(screen, dialog):
    assert screen.windows(f"{TITLE} – photo$")


def test_a_key_takes_a_candidate(screen, dialog, magenta_portrait):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:  # there are none before the network has said so
        screen.keys("6", pause=1.5)
        if is_untouched(magenta_portrait)(view(screen, dialog)):
            break
    screen.shot("as-it-is", dialog)
    wait_for_view(screen, dialog, is_untouched(magenta_portrait))
    screen.keys("1")
    wait_for_view(screen, dialog, lambda s: not is_untouched(magenta_portrait)(s))


def test_a_held_key_shows_the_picture_before(screen, dialog, magenta_portrait):
    screen.execute("import subprocess; subprocess.run(['xdotool', 'keydown', 'b'])")
    try:
        wait_for_view(screen, dialog, is_untouched(magenta_portrait))
    finally:
        screen.execute("import subprocess; subprocess.run(['xdotool', 'keyup', 'b'])")
    wait_for_view(screen, dialog, lambda s: not is_untouched(magenta_portrait)(s))


def test_a_click_on_something_neutral_makes_it_so(screen, dialog):
    seen = frame(screen, dialog)
    screen.keys("n")
    screen.click(dialog, seen.middle + 50, seen.top + 60)

    def is_gray(shown: np.ndarray) -> bool:
        middle = shown.shape[1] // 2
        area = shown[56:65, middle + 54 : middle + 60]  # beside the frame that marks it
        return np.ptp(area.reshape(-1, 3).mean(0)) < 8

    wait_for_view(screen, dialog, is_gray)
    screen.shot("picked", dialog)


def test_a_trim_is_shown_at_once(screen, dialog):
    whole = halves(view(screen, dialog))[1]
    screen.keys("alt+j", pause=2)
    screen.keys("alt+e", "ctrl+a")
    screen.type("-2")
    screen.keys("Tab")
    wait_for_view(screen, dialog, lambda s: halves(s)[1].mean() < 0.7 * whole.mean())
    screen.shot("trims", dialog)


def test_the_preview_follows_a_selection(screen, photo, dialog, magenta_portrait):
    image, _layer = photo
    screen.select_rectangle(image, (0, 0, 200, 512))  # nothing of the right half
    screen.execute("Gimp.displays_flush()")
    wait_for_view(screen, dialog, is_untouched(magenta_portrait))
    screen.shot("selection-drawn", dialog)


def test_the_preview_follows_the_pixels(screen, photo, dialog, magenta_portrait):
    _image, layer = photo
    screen.write(layer, np.ascontiguousarray(magenta_portrait[:, ::-1]))
    flipped = magenta_portrait[:, ::-1][:, 12:246].mean((0, 1))
    wait_for_view(screen, dialog, lambda s: np.abs(halves(s)[0] - flipped).max() < 6)


def test_a_layer_that_goes_is_said(screen, photo, dialog, magenta_portrait):
    image, layer = photo
    screen.execute(
        "Gimp.Image.get_by_id(i).remove_layer(Gimp.Item.get_by_id(l)); Gimp.displays_flush()",
        i=image, l=layer,
    )  # fmt: skip
    wait_for_view(screen, dialog, is_untouched(magenta_portrait))
    screen.shot("layer-gone", dialog)
    screen.keys("alt+o", pause=1)
    assert screen.windows(TITLE)


def test_the_wheel_zooms_at_the_pointer(screen, dialog):
    fitted, seen = view(screen, dialog), frame(screen, dialog)
    command = ["xdotool", "mousemove", "--window", dialog, str(seen.middle + 60),
               str(seen.top + 80), "click", "4"]  # fmt: skip
    screen.execute("import subprocess; subprocess.run(command)", command=command)
    time.sleep(1.5)
    larger = view(screen, dialog, "zoomed")
    assert (sides(larger)[1] != sides(fitted)[1]).mean() > 0.3
