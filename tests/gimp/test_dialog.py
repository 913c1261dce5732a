"""The filters as a person uses them: menu, dialog, preview, buttons, undo."""

import itertools
import time

import numpy as np
import pytest

from colorfix_core import ColorFixer, Lut3D
from tests.gimp.looking import (
    TITLE,
    frame,
    halves,
    opened,
    settled,
    sides,
    under_light,
    view,
    wait_for_view,
)
from tests.gimp.screen import MAIN_WINDOW

pytestmark = pytest.mark.every_gimp


@pytest.fixture
def photo(screen, magenta_portrait):
    """A shown image with one layer: a person under magenta light."""
    return screen.show_picture(magenta_portrait)


def accept(screen) -> None:
    screen.keys("alt+o")
    screen.wait_until_gone(TITLE)


def wait_for_pixels(screen, layer, wanted) -> np.ndarray:
    """Wait until a layer's pixels are as wanted."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pixels = screen.pixels(layer)
        if wanted(pixels):
            return pixels
        time.sleep(0.1)
    raise AssertionError(f"the layer is not as wanted; GIMP said:\n{screen.said()[-3000:]}")


def open_export(screen) -> None:
    """Press Export LUT…, which can be pressed as soon as the network has seen the layer itself."""
    deadline = time.monotonic() + 30
    while not screen.windows("^Export Color LUT$"):
        assert time.monotonic() < deadline
        screen.keys("alt+x", pause=1)


def set_strength(screen, percent: int) -> None:
    screen.keys("alt+g", "ctrl+a")
    screen.type(str(percent))
    screen.keys("Tab")


def test_dialog_appears_and_shows_before_and_after(screen, photo, magenta_portrait):
    window = opened(screen, magenta_portrait)
    shown = view(screen, window, "dialog")
    screen.shot("desktop")
    before, after = halves(shown)
    assert np.abs(before - magenta_portrait[:, 20:250].mean((0, 1))).max() < 8
    assert np.ptp(after) < np.ptp(magenta_portrait[:, 256:].mean((0, 1)))


def test_ok_changes_the_layer_and_undo_restores_it(screen, photo, magenta_portrait):
    _image, layer = photo
    opened(screen, magenta_portrait)
    accept(screen)
    changed = wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    assert np.ptp(changed.mean((0, 1))) < np.ptp(magenta_portrait.mean((0, 1)))
    screen.front()
    screen.keys("ctrl+z")
    wait_for_pixels(screen, layer, lambda p: np.array_equal(p, magenta_portrait))


@pytest.mark.parametrize("way", ["key", "window"])
def test_cancel_leaves_the_layer_alone(screen, photo, magenta_portrait, way):
    image, layer = photo
    screen.execute("Gimp.Image.get_by_id(i).clean_all()", i=image)
    window = opened(screen, magenta_portrait)
    screen.keys("Escape") if way == "key" else screen.close_window(window)
    screen.wait_until_gone(TITLE)
    time.sleep(0.5)
    assert np.array_equal(screen.pixels(layer), magenta_portrait)
    assert not screen.is_dirty(image)


@pytest.mark.parametrize("way", ["key", "window"])
def test_cancel_while_loading(screen, photo, magenta_portrait, way):
    _image, layer = photo
    screen.stop_helpers()
    screen.open_filter("r")
    window = screen.wait_for(TITLE)
    wait_for_view(screen, window, lambda _shown: True)  # the layer is shown before the correction
    screen.shot("loading", window)
    cancelled = time.monotonic()
    screen.keys("Escape", pause=0) if way == "key" else screen.close_window(window)
    screen.wait_until_gone(TITLE)
    assert time.monotonic() - cancelled < 2
    assert np.array_equal(screen.pixels(layer), magenta_portrait)


def test_ok_while_loading_waits_for_the_correction(screen, photo, magenta_portrait):
    _image, layer = photo
    screen.stop_helpers()
    screen.open_filter("r")
    screen.wait_for(TITLE)
    accept(screen)
    wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))


def test_progress_ends_with_the_filter(screen, photo, magenta_portrait):
    """Also where the dialog's help was opened, which shows progress of its own."""
    _image, layer = photo
    screen.catch_pages()
    without = right_end_of_status_bar(screen)
    opened(screen, magenta_portrait)
    screen.keys("alt+h")
    wait_until(screen.page.exists)
    screen.front_dialog(TITLE)
    accept(screen)
    wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    wait_until(lambda: np.array_equal(right_end_of_status_bar(screen), without))


def right_end_of_status_bar(screen) -> np.ndarray:
    """Where the button is that cancels what is in progress."""
    return screen.look(screen.wait_for(MAIN_WINDOW))[-36:, -100:]


def wait_until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_preview_follows_the_strength(screen, photo, magenta_portrait):
    window = opened(screen, magenta_portrait)
    whole = halves(view(screen, window))[1]
    set_strength(screen, 50)
    half = halves(view(screen, window, "half-strength"))[1]
    set_strength(screen, 0)
    before, none = halves(view(screen, window, "no-strength"))
    original = magenta_portrait[:, 256:].mean((0, 1))
    assert np.abs(half - (whole + none) / 2).max() < 2
    assert np.abs(none - original).max() < 8
    assert np.abs(whole - none).max() > 4


def test_preview_follows_the_iterations(screen, portrait):
    ruined, corrected = stubborn(portrait, iterations=4)
    screen.show_picture(ruined)
    window = opened(screen, ruined)
    screen.keys("alt+t", pause=1)
    screen.keys("alt+i", "ctrl+a")
    screen.type("4")
    screen.keys("Tab")
    right = corrected[:, 268:500].mean((0, 1))
    wait_for_view(screen, window, lambda shown: np.abs(halves(shown)[1] - right).max() < 2)


def stubborn(photo: np.ndarray, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """The photo under the light for which iterations matter most, and corrected so often."""
    fixer = ColorFixer.load("cpu")
    ruined = [under_light(photo, light) for light in itertools.permutations((1.0, 0.3, 0.05))]
    steps = [fixer.predict_steps(picture, iterations).luts for picture in ruined]
    gains = [np.abs(one[-1].table - one[0].table).mean() for one in steps]
    hardest = int(np.argmax(gains))
    return ruined[hardest], steps[hardest][-1].apply(ruined[hardest])


def test_divider_can_be_dragged(screen, photo, magenta_portrait):
    window = opened(screen, magenta_portrait)
    split, seen = settled(screen, window), frame(screen, window)
    aim = seen.left + 140
    screen.drag(window, (seen.middle, seen.top + 90), (aim, seen.top + 90))
    moved = settled(screen, window)
    (_left, old_right), (_left, new_right) = sides(split), sides(moved)
    assert np.array_equal(new_right, old_right)
    crossed = np.s_[:, 150 : seen.middle - seen.left - 10]  # was before, is after
    assert (moved[crossed] != split[crossed]).mean() > 0.5


def test_one_to_one_shows_single_pixels_and_can_be_moved(screen, photo, magenta_portrait):
    window = opened(screen, magenta_portrait)
    seen = frame(screen, window)
    screen.click(window, seen.right - 26, seen.bottom + 22)  # 1:1
    center = view(screen, window, "actual-size")
    height, width = center.shape[:2]
    margin, top = (width - 512) // 2, (512 - height) // 2
    before = np.s_[:, margin : width // 2 - 10]
    expected = magenta_portrait[top : top + height, : width // 2 - 10 - margin]
    assert np.array_equal(center[before], expected)
    x, y = seen.right - 120, seen.top + 90
    screen.drag(window, (x, y), (x, y + 40))
    moved = view(screen, window)
    assert np.array_equal(moved[40:][before], center[:-40][before])


def test_before_and_after_buttons(screen, photo, magenta_portrait):
    window = opened(screen, magenta_portrait)
    split, seen = settled(screen, window), frame(screen, window)
    screen.click(window, seen.left + 38, seen.bottom + 22)
    before = settled(screen, window)
    screen.click(window, seen.left + 168, seen.bottom + 22)
    after = settled(screen, window)
    assert np.array_equal(sides(before)[0], sides(split)[0])
    assert np.array_equal(sides(after)[1], sides(split)[1])
    assert (before != after)[:, 80:-80].mean() > 0.5


def test_exported_lut_reproduces_the_layer(screen, photo, magenta_portrait):
    _image, layer = photo
    opened(screen, magenta_portrait)
    set_strength(screen, 60)
    open_export(screen)
    screen.shot("export")
    screen.keys("ctrl+a")
    screen.type(f"{screen.folder}/exported.cube")
    screen.keys("Return")
    screen.wait_until_gone("^Export Color LUT$")
    screen.front_dialog(TITLE)
    accept(screen)
    changed = wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    expected = Lut3D.load(screen.path / "exported.cube").apply(magenta_portrait)
    assert np.abs(changed.astype(int) - expected).max() <= 1


def test_existing_files_are_replaced_only_if_the_user_agrees(screen, photo, magenta_portrait):
    kept = screen.path / "kept.cube"
    kept.write_text("precious")
    opened(screen, magenta_portrait)
    open_export(screen)
    screen.keys("ctrl+a")
    screen.type(f"{screen.folder}/kept")  # the extension is added
    screen.keys("Return", pause=1)
    screen.keys("Escape", pause=1)
    assert kept.read_text() == "precious"
    screen.keys("Return", pause=1)
    screen.keys("alt+y")
    screen.wait_until_gone("^Export Color LUT$")
    assert Lut3D.load(kept).size == 33
    screen.front_dialog(TITLE)
    screen.keys("Escape")
    screen.wait_until_gone(TITLE)


def test_an_error_goes_with_the_setting_that_caused_it(screen, photo, magenta_portrait):
    _image, layer = photo
    window = opened(screen, magenta_portrait)
    right = magenta_portrait[:, 256:].mean((0, 1))
    screen.keys("alt+t", pause=1)
    screen.keys("alt+v", "End")  # the graphics card that is not there
    wait_for_view(screen, window, lambda shown: np.abs(halves(shown)[1] - right).max() < 4)
    screen.keys("alt+o", pause=1)
    assert screen.windows(TITLE)
    screen.keys("Home")
    wait_for_view(screen, window, lambda shown: np.abs(halves(shown)[1] - right).max() > 4)
    accept(screen)
    wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))


def test_locked_pixels_are_refused_in_the_dialog(screen, photo, magenta_portrait):
    _image, layer = photo
    screen.execute("Gimp.Item.get_by_id(l).set_lock_content(True)", l=layer)
    window = opened(screen, magenta_portrait)
    screen.keys("alt+o", pause=1)
    screen.shot("locked", window)
    assert screen.windows(TITLE)
    screen.keys("Escape")
    screen.wait_until_gone(TITLE)


def test_repeat_and_reshow(screen, photo, magenta_portrait):
    _image, layer = photo
    opened(screen, magenta_portrait)
    set_strength(screen, 40)
    accept(screen)
    first = wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    screen.write(layer, magenta_portrait)
    screen.front()
    screen.keys("ctrl+f")  # Repeat
    again = wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    assert np.array_equal(first, again)
    screen.write(layer, magenta_portrait)
    screen.front()
    screen.keys("ctrl+shift+f")  # Re-show
    window = screen.wait_for(TITLE)
    right = magenta_portrait[:, 256:].mean((0, 1))
    wait_for_view(screen, window, lambda s: np.abs(halves(s)[1] - right).max() > 1)
    accept(screen)
    third = wait_for_pixels(screen, layer, lambda p: not np.array_equal(p, magenta_portrait))
    assert np.array_equal(first, third)  # the strength of 40 has come back


def test_failure_is_said_in_the_dialog(screen, magenta_portrait):
    clear = np.zeros((64, 64, 4), np.uint8)
    image = screen.new_image(64, 64, show=True)
    layer = screen.new_layer(image, clear)
    screen.open_filter("r")
    window = screen.wait_for(TITLE)
    time.sleep(1.5)
    screen.shot("transparent", window)
    screen.keys("alt+o")  # not to be had
    assert screen.windows(TITLE)
    screen.keys("Escape")
    assert np.array_equal(screen.pixels(layer), clear)


def test_lut_is_applied_with_preview(screen, photo, magenta_portrait):
    _image, layer = photo
    Lut3D(Lut3D.identity(9).table[..., ::-1]).save(screen.path / "swap.cube")
    screen.open_filter("a")
    window = screen.wait_for("^Apply Color LUT")
    screen.keys("alt+f", "space")
    screen.wait_for("^Choose a LUT File$")
    screen.keys("slash")  # opens the field for a path
    screen.type(f"{screen.folder}/swap.cube".removeprefix("/"))
    screen.keys("Return")
    right = magenta_portrait[:, 256:, ::-1].mean((0, 1))
    wait_for_view(screen, window, lambda shown: np.abs(halves(shown)[1] - right).max() < 8)
    screen.shot("apply-lut", window)
    screen.keys("alt+o")
    wait_for_pixels(screen, layer, lambda p: np.array_equal(p, magenta_portrait[..., ::-1]))


def test_identity_is_created_edited_and_exported(screen, photo):
    before = set(screen.images())
    screen.front()
    screen.keys("alt+f", "Down", "Right")
    screen.shot("file-menu")
    screen.keys("i")
    screen.wait_for("floating point")  # the image window, once it shows the identity
    (image,) = set(screen.images()) - before
    layer = screen.layers(image)[0][1]
    screen.shot("identity")
    screen.execute("Gimp.Item.get_by_id(l).invert(False)", l=layer)
    screen.front()
    screen.open_filter("e")
    screen.wait_for("^Export Color LUT$")
    screen.keys("ctrl+a")
    screen.type(f"{screen.folder}/inverted.cube")
    screen.keys("Return")
    screen.wait_until_gone("^Export Color LUT$")
    lut = Lut3D.load(screen.path / "inverted.cube")
    assert np.abs(lut.table + Lut3D.identity(lut.size).table - 1).max() < 1e-5
