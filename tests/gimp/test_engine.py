"""A GIMP whose Python has no numpy: a helper process does the same to the pixels, or says why."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from tests.gimp.conftest import PROFILE
from tests.gimp.profile_setup import install
from tests.gimp.session import Gimp

pytestmark = pytest.mark.every_gimp

APPLY = "plug-in-apply-color-lut"
IDENTITY = "plug-in-color-lut-identity"
# What comes out may differ by so much from run to run, in any one GIMP: babl chooses how to convert
# linear and other numbers by which way is the fastest that it finds, anew in each process.
KINDS = {"U8_NON_LINEAR": 0, "FLOAT_NON_LINEAR": 0, "U16_NON_LINEAR": 1, "U32_LINEAR": 2**12,
         "HALF_NON_LINEAR": 2**-10, "FLOAT_LINEAR": 4e-6, "DOUBLE_NON_LINEAR": 4e-6}  # fmt: skip


@pytest.fixture(scope="module")
def plain(place):
    """A GIMP whose plug-in has an engine in its own process."""
    yield from _session(place, "in-process")


@pytest.fixture(scope="module")
def bare(place):
    """A GIMP whose plug-in has no numpy."""
    yield from _session(place, "helper")


def _session(place, engine):
    profile = f"{PROFILE}-{engine}"
    install(place, profile, engine=engine)
    session = Gimp(place, profile, [place.console, "-i"])
    yield session
    session.quit()


@pytest.fixture
def colors() -> np.ndarray:
    """Noise of all colors with soft, hard and zero alpha, some of it beyond white."""
    noise = np.random.default_rng(1).random((300, 200, 4), np.float32) * 1.2
    noise[:8, :, 3], noise[8:32, :, 3] = 0, 1
    return noise


def with_look(gimp, colors, kind="U8_NON_LINEAR"):
    """An image, its layer, and the arguments of a filter that bends colors."""
    table = Lut3D.identity(17).table[..., ::-1] ** 0.7
    Lut3D(table).save(gimp.path / "look.cube")
    image = gimp.new_image(colors.shape[1], colors.shape[0], kind)
    layer = gimp.new_layer(image, colors, format="R'G'B'A float")
    return image, layer, {"procedure": APPLY, "lut_file": f"{gimp.folder}/look.cube"}


@pytest.mark.parametrize("output", ["replace", "new-layer"])
@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_give_the_same_pixels(plain, bare, colors, kind, selected, output):
    results = []
    for gimp in (plain, bare):
        image, layer, arguments = with_look(gimp, colors, kind)
        if selected:
            gimp.select_ellipse(image, (20, 5, 150, 250))
        assert gimp.run(image, [layer], output=output, **arguments) == ("success", "")
        results.append(gimp.pixels(gimp.layers(image)[0][1]))
        gimp.close(image)
    one, other = (result.astype(np.float64) for result in results)
    merged = 4e-6 if selected and kind == "FLOAT_NON_LINEAR" else 0  # by GIMP, in linear light
    assert np.abs(one - other).max() <= max(KINDS[kind], merged)


def test_both_predict_the_same(plain, bare, magenta_portrait):
    results = []
    for gimp in (plain, bare):
        image = gimp.new_image(512, 512)
        layer = gimp.new_layer(image, magenta_portrait)
        gimp.select_ellipse(image, (20, 5, 400, 350))
        assert gimp.run(image, [layer], iterations=2, strength=80.0) == ("success", "")
        results.append(gimp.pixels(layer))
        gimp.close(image)
    assert np.array_equal(*results)
    assert not np.array_equal(results[0], magenta_portrait)


def test_both_make_the_same_identity(plain, bare):
    results = []
    for gimp in (plain, bare):
        gimp.run(None, [], procedure=IDENTITY, level=4)
        (image,) = gimp.images()
        results.append(gimp.pixels(gimp.layers(image)[0][1]))
        gimp.close(image)
    assert np.array_equal(*results)


ENGINES = """
import glob, os, signal
def engines():
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            if f"{profile}/plug-ins" in (text := open(path).read()) and "engine.process" in text:
                found.append(int(path.split("/")[2]))
        except OSError:
            pass
    return found
"""
KILLING = """
import threading, time
over = threading.Event()
def kill():
    killed = 0
    while killed < times and not over.wait(pause):
        for number in engines():
            os.kill(number, signal.SIGKILL)
            killed += 1
threading.Thread(target=kill, daemon=True).start()
"""


def with_engines(gimp, code, **values):
    """Run code that knows `engines`, the numbers of this GIMP's."""
    return gimp.execute(ENGINES + code, profile=f"{PROFILE}-helper", **values)


def test_a_frozen_engine_does_not_stop_a_script(bare, colors):
    image, layer, arguments = with_look(bare, colors)
    assert bare.run(image, [layer], **arguments) == ("success", "")
    with_engines(bare, "for number in engines(): os.kill(number, signal.SIGSTOP)")
    assert bare.run(image, [layer], **arguments) == ("success", "")
    bare.close(image)


@pytest.mark.parametrize("pause", [0.02, 0.11, 0.23, 0.37])
def test_an_engine_that_is_killed_is_replaced_or_missed_in_one_sentence(bare, pause):
    """Whenever it happens, the layer is corrected, or as it was."""
    colors = np.random.default_rng(2).random((2000, 1500, 4), np.float32)
    image, layer, arguments = with_look(bare, colors)
    before = bare.pixels(layer)
    copy = bare.new_layer(image, colors, format="R'G'B'A float")
    assert bare.run(image, [copy], **arguments) == ("success", "")
    with_engines(bare, KILLING, pause=pause, times=2)
    status, text = bare.run(image, [layer], **arguments)
    expected = bare.pixels(copy) if status == "success" else before
    assert np.array_equal(bare.pixels(layer), expected)
    assert status == "success" or (text.endswith(".") and "\n" not in text)
    bare.close(image)


def test_without_any_helper_the_reason_is_said(place, colors):
    profile = f"{PROFILE}-helpless"
    install(place, profile, engine="helper")
    gimp = Gimp(place, profile, [place.console, "-i"], COLORFIX_HELPER="off")
    try:
        image, layer, arguments = with_look(gimp, colors)
        status, text = gimp.run(image, [layer], **arguments)
    finally:
        gimp.quit()
    assert status == "execution-error"
    assert "cannot be started" in text and "\n" not in text and text.endswith(".")
