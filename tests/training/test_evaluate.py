"""The benchmark measures what it says."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers.paths import REPOSITORY

pytest.importorskip("cv2", reason="the benchmark needs the train extra")

from colorfix_core import ColorFixer
from colorfix_training.evaluate import SHOWN, correct_all, line_of_sheet
from colorfix_training.evaluation import peers
from colorfix_training.evaluation.cases import Case, make_case, never_in_training
from colorfix_training.evaluation.ceilings import best_lattice, best_matrix
from colorfix_training.evaluation.plots import plot_iterations
from colorfix_training.evaluation.scores import measure
from colorfix_training.evaluation.table import Row, format_table


@pytest.fixture
def case(tmp_path, portrait) -> Case:
    path = tmp_path / "portrait.png"
    Image.fromarray(portrait).save(path)
    return make_case(path, "light")


def test_the_truth_has_no_error(portrait):
    scores = measure(portrait, portrait, portrait)
    assert scores[:4] == pytest.approx((0, 0, 0, 0), abs=0.05)
    assert scores[4:] == pytest.approx((1, 1, 1))


def test_an_exposure_error_vanishes_after_the_best_gain(portrait):
    darker = (((portrait / 255) ** 2.2 * 0.5) ** (1 / 2.2) * 255).round().astype(np.uint8)
    scores = measure(darker, portrait, portrait)
    assert scores.ciede2000 > 5 and scores.after_gain < 0.3 * scores.ciede2000
    assert scores.angle < 2 and scores.luminance == pytest.approx(0.5, abs=0.02)


def test_gray_has_no_chroma(portrait):
    gray = np.repeat(portrait.mean(2, keepdims=True), 3, 2).round().astype(np.uint8)
    assert measure(gray, portrait, portrait).chroma < 0.05


def test_the_ceilings_are_better_than_the_input(case):
    before = measure(case.ruined, case.truth, case.ruined).ciede2000
    lattice, matrix = (fit(case.ruined, case.truth) for fit in (best_lattice, best_matrix))
    assert measure(lattice, case.truth, case.ruined).ciede2000 < 0.6 * before
    assert measure(matrix, case.truth, case.ruined).ciede2000 < before


def test_a_case_depends_on_the_name_alone(tmp_path, case):
    again = make_case(tmp_path / "portrait.png", "light")
    assert np.array_equal(again.ruined, case.ruined) and np.array_equal(again.truth, case.truth)


def test_unseen_families_are_made_without_any_data(tmp_path, case):
    cases = list(never_in_training(tmp_path, 1))
    assert {made.family for made in cases} == {
        "illuminant", "gel", "lamp_and_window", "side_absorptions", "none",
    }  # fmt: skip
    errors = {made.family: measure(made.ruined, made.truth, made.ruined)[0] for made in cases}
    assert errors["none"] < 3 and min(errors["gel"], errors["side_absorptions"]) > 3


def test_every_method_gets_a_line_in_the_table_and_ours_are_plotted(case, tmp_path):
    fixer = ColorFixer.load("cpu", REPOSITORY / "models")
    results = correct_all(case, fixer, ("lut",), peers.METHODS)
    families = ("mild", "light", "grade", "film", "two_lights", "none")
    scored = {m: measure(r, case.truth, case.ruined) for m, r in results.items()}
    rows = [Row("a", f, m, scores) for f in families for m, scores in scored.items()]
    table = format_table(rows, ("lut x3", "lut x4"))
    assert all(f"| {name} |" in table for name in results if name not in ("lut x3", "lut x4"))
    plot_iterations(rows, tmp_path / "iterations.png")
    assert Image.open(tmp_path / "iterations.png").width == 600


def test_the_sheet_shows_every_method_it_names(case):
    results = {name: case.ruined for name in SHOWN}
    assert len(line_of_sheet(results, case.truth)) == len(SHOWN) + 1
    del results["balancer x1"]  # was not asked for
    assert len(line_of_sheet(results, case.truth)) == len(SHOWN)
    del results["gimp_auto_white_balance"]  # cannot be missing
    with pytest.raises(KeyError):
        line_of_sheet(results, case.truth)
