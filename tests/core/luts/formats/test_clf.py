"""CLF: what comes back as it was, and what is sampled."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Shaper
from colorfix_core.messages import listening
from tests.helpers.lut_examples import picture, smooth_lut


def test_a_clf_file_keeps_domain_and_shaper(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    wide = Lut3D(smooth_lut(5).table, (-0.5, 0, 0.1), (1.5, 2, 0.9), title="Été & <co>")
    shaped = Lut3D(smooth_lut(5).table, shaper=Shaper(np.linspace(0, 1, 9)[:, None] ** [1, 2, 3]))
    for lut in (wide, shaped):
        lut.save(tmp_path / "look.clf")
        again, image = Lut3D.load(tmp_path / "look.clf"), picture("float32")
        assert np.abs(again.apply(image) - lut.apply(image)).max() < 1e-6


@pytest.mark.parametrize("title", ["Été & <co>", ""])
def test_a_clf_file_keeps_title_and_comments(tmp_path, title):
    pytest.importorskip("PyOpenColorIO")
    lut = Lut3D(smooth_lut(5).table, title=title, comments=("strength 70 %", "a  < b"))
    lut.save(tmp_path / "look.clf")
    again = Lut3D.load(tmp_path / "look.clf")
    assert (again.title, again.comments) == (lut.title, lut.comments)


def test_a_title_with_control_characters_does_not_spoil_a_clf_file(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    Lut3D(smooth_lut(5).table, title="a\x01b", comments=("c\x0bd",)).save(tmp_path / "look.clf")
    again = Lut3D.load(tmp_path / "look.clf")
    assert (again.title, again.comments) == ("a b", ("c d",))


def test_a_clf_file_of_a_mixture_of_channels_is_exact(tmp_path):
    ocio = pytest.importorskip("PyOpenColorIO")
    config = ocio.Config.CreateRaw()
    group = ocio.GroupTransform([ocio.CDLTransform(sat=0.5, slope=[0.9, 0.8, 0.7])])
    text = group.write("Academy/ASC Common LUT Format", config)
    (tmp_path / "look.clf").write_text(text)
    image = picture("float32", shape=(20, 30))
    expected = image.copy()
    config.getProcessor(group).getDefaultCPUProcessor().applyRGB(expected)
    with listening() as told:
        lut = Lut3D.load(tmp_path / "look.clf")
    assert told == []  # a table of two points holds it
    assert np.abs(lut.apply(image) - expected).max() < 1e-5


@pytest.mark.parametrize("text", ["", "<", "<ProcessList></ProcessList>", "<a", "LUT_3D_SIZE 2\n"])
def test_a_damaged_clf_file_is_refused(tmp_path, text):
    pytest.importorskip("PyOpenColorIO")
    (tmp_path / "look.clf").write_text(text)
    with pytest.raises(LutFileError) as failure:
        Lut3D.load(tmp_path / "look.clf")
    assert "\n" not in str(failure.value)


def test_clf_with_a_shaper_and_a_domain_comes_back_as_it_was(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    shaper = Shaper(np.linspace(0, 2, 64)[:, None] * np.ones(3), domain_max=(4.0,) * 3)
    lut = Lut3D(smooth_lut(9).table, (-0.5,) * 3, (2.0,) * 3, shaper=shaper)
    lut.save(tmp_path / "a.clf")
    again = Lut3D.load(tmp_path / "a.clf")
    assert np.allclose(again.table, lut.table, atol=1e-6)
    assert np.allclose([again.domain_min, again.domain_max], [lut.domain_min, lut.domain_max])
    assert np.allclose(again.shaper.curve, shaper.curve)


@pytest.mark.parametrize("extension", ["clf", "cube"])
def test_curves_alone_stay_curves(tmp_path, extension):
    if extension == "clf":
        pytest.importorskip("PyOpenColorIO")
    shaper = Shaper(np.linspace(-0.1, 1, 256)[:, None] ** 3 * [1.0, 1.0, 1.2])
    Lut3D.of_curves(shaper).save(tmp_path / f"a.{extension}")
    again = Lut3D.load(tmp_path / f"a.{extension}")
    assert again.holds_only_curves
    assert np.allclose(again.shaper.curve, shaper.curve, atol=1e-6)


def test_clf_hue_preservation_is_not_taken_for_plain_curves(tmp_path):
    ocio = pytest.importorskip("PyOpenColorIO")
    curves = ocio.Lut1DTransform(1024, False)
    for i, x in enumerate(np.linspace(0, 1, 1024)):
        curves.setValue(i, *[x**3] * 3)
    curves.setHueAdjust(ocio.HUE_DW3)
    group = ocio.GroupTransform([curves])
    text = group.write("Academy/ASC Common LUT Format", ocio.Config.CreateRaw())
    (tmp_path / "a.clf").write_text(text)
    with listening() as told:
        lut = Lut3D.load(tmp_path / "a.clf")
    assert "sampled" in told[0]
    colors = np.array([[0.2, 0.5, 0.9], [0.7, 0.4, 0.1]], np.float32)
    wanted = colors.copy()
    ocio.Config.CreateRaw().getProcessor(curves).getDefaultCPUProcessor().applyRGB(wanted)
    assert np.abs(lut.evaluate(colors) - wanted).max() < 0.01


def test_clf_in_a_folder_named_like_a_variable(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    folder = tmp_path / "$HOME %HOME%"
    folder.mkdir()
    smooth_lut(4).save(folder / "a.clf")
    assert np.allclose(Lut3D.load(folder / "a.clf").table, smooth_lut(4).table, atol=1e-6)


def clf_file(path, *operations):
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<ProcessList id="1" compCLFversion="3">\n'
        + "\n".join(operations)
        + "\n</ProcessList>\n"
    )
    return path


def clf_range(low, high, out_low=0, out_high=1):
    return (
        '<Range inBitDepth="32f" outBitDepth="32f">'
        f"<minInValue>{low}</minInValue><maxInValue>{high}</maxInValue>"
        f"<minOutValue>{out_low}</minOutValue><maxOutValue>{out_high}</maxOutValue></Range>"
    )


def clf_curve(values):
    text = "\n".join(f"{value:.7f}" for value in values)
    return (
        '<LUT1D inBitDepth="32f" outBitDepth="32f">'
        f'<Array dim="{len(values)} 1">\n{text}\n</Array></LUT1D>'
    )


MATRIX = (
    '<Matrix inBitDepth="32f" outBitDepth="32f"><Array dim="3 4">'
    "0.6 0.2 0 0.1 0 0.8 0.1 0.05 0.05 0 -0.7 0.9</Array></Matrix>"
)
GAMMA = (
    '<Exponent inBitDepth="32f" outBitDepth="32f" style="basicFwd">'
    '<ExponentParams exponent="2.4"/></Exponent>'
)
CURVE = clf_curve(np.linspace(0, 1, 1024) ** (1 / 2.4))
CHAINS = {
    "range, curve": [clf_range(0.0005, 0.9), CURVE],
    "steep range, curve": [clf_range(0, 0.02), CURVE],
    "range to a part, curve": [clf_range(0, 0.5, 0.2, 0.8), CURVE],
    "range, gamma": [clf_range(0.1, 0.7), GAMMA],
    "two curves": [CURVE, clf_curve(np.linspace(0, 1, 33) ** 3)],
    "matrix": [MATRIX],
    "curve, matrix": [CURVE, MATRIX],
}


@pytest.mark.parametrize("case", CHAINS)
def test_chains_are_composed_as_opencolorio_evaluates_them(tmp_path, case):
    ocio = pytest.importorskip("PyOpenColorIO")
    path = clf_file(tmp_path / "a.clf", *CHAINS[case])
    colors = np.random.default_rng(1).random((1000, 3), np.float32) ** 3
    wanted = colors.copy()
    processor = ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(path)))
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(wanted)
    assert np.abs(Lut3D.load(path).evaluate(colors) - wanted).max() < 1e-4


def test_a_curve_of_131072_points_keeps_its_steps(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    curve = clf_curve(np.floor(np.linspace(0, 1, 131072) * 10) / 10)
    lut = Lut3D.load(clf_file(tmp_path / "a.clf", curve))
    assert lut.evaluate(np.array([0.555, 0.35001, 0.85001])) == pytest.approx([0.5, 0.3, 0.8])
    with pytest.raises(LutFileError, match="65536 points"):
        lut.save(tmp_path / "a.cube")


def test_what_opencolorio_says_of_a_file_is_passed_on_with_the_line(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    broken = clf_curve([0, 0.5, 1]).replace('dim="3 1"', 'dim="4 1"')
    with pytest.raises(LutFileError, match=r"At line \d+: Expected 4x1 Array values, found 3"):
        Lut3D.load(clf_file(tmp_path / "a.clf", broken))
