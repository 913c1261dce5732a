"""The benchmark measures what it says."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers.paths import REPOSITORY

pytest.importorskip("cv2", reason="the benchmark needs the train extra")

from colorfix_core import ColorFixer
from colorfix_training.evaluate import correct_all
from colorfix_training.evaluation.cases import make_case
from colorfix_training.evaluation.ceilings import best_lattice, best_matrix
from colorfix_training.evaluation.plots import plot_iterations
from colorfix_training.evaluation.scores import kept, measure
from colorfix_training.evaluation.table import format_table


@pytest.fixture
def case(tmp_path, portrait):
    path = tmp_path / "portrait.png"
    Image.fromarray(portrait).save(path)
    return make_case(path, "light")


def test_the_truth_has_no_error(portrait):
    assert measure(portrait, portrait) == pytest.approx((0, 0, 0), abs=0.05)


def test_what_is_kept_is_told_apart(portrait):
    gray = portrait.mean(2, keepdims=True).repeat(3, 2).astype(np.uint8)
    found = kept(gray, portrait, portrait // 2)
    assert found.chroma_ratio < 0.1 and 0.8 < found.luminance_ratio < 1.2
    assert found.luminance_kept > 2


def test_an_exposure_error_vanishes_after_the_best_gain(portrait):
    darker = (((portrait / 255) ** 2.2 * 0.5) ** (1 / 2.2) * 255).round().astype(np.uint8)
    plain, after_gain, angle = measure(darker, portrait)
    assert plain > 5 and after_gain < 0.3 * plain and angle < 2


def test_the_ceilings_are_better_than_the_input(case):
    photo, ruined = case
    before = measure(ruined, photo)[0]
    assert measure(best_lattice(ruined, photo), photo)[0] < 0.6 * before
    assert measure(best_matrix(ruined, photo), photo)[0] < before


def test_a_case_depends_on_the_name_alone(tmp_path, portrait, case):
    again = make_case(tmp_path / "portrait.png", "light")
    assert all(np.array_equal(a, b) for a, b in zip(case, again, strict=True))


def test_every_method_gets_a_line_in_the_table_and_ours_are_plotted(case, tmp_path):
    photo, ruined = case
    fixer = ColorFixer.load("cpu", REPOSITORY / "models")
    results = correct_all(ruined, photo, fixer, ("lut",))
    families = ("mild", "light", "grade", "film", "two_lights", "none")
    rows = [["a", f, m, *measure(r, photo), 0.0] for f in families for m, r in results.items()]
    table = format_table(rows)
    assert all(f"| {name} |" in table for name in results if name not in ("lut x3", "lut x4"))
    plot_iterations(rows, tmp_path / "iterations.png")
    assert Image.open(tmp_path / "iterations.png").width == 600
