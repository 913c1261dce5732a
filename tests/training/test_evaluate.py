"""The benchmark measures what it says."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers.paths import REPOSITORY

pytest.importorskip("cv2", reason="the benchmark needs the train extra")

from colorfix_core import ColorFixer
from colorfix_training.evaluate import BEST, SHOWN, evaluated, line_of_sheet, report
from colorfix_training.evaluation.cache import Cache
from colorfix_training.evaluation.cases import Case, make_case, never_in_training
from colorfix_training.evaluation.ceilings import best_lattice, best_matrix
from colorfix_training.evaluation.contestants import Choice, Other, others, peers_among
from colorfix_training.evaluation.judging import Judge
from colorfix_training.evaluation.plots import plot_reliability
from colorfix_training.evaluation.scores import measure
from colorfix_training.evaluation.table import Row, format_families, format_table


@pytest.fixture
def case(tmp_path, portrait) -> Case:
    path = tmp_path / "portrait.png"
    Image.fromarray(portrait).save(path)
    return make_case(path, "light")


def test_the_truth_has_no_error(portrait):
    scores = measure(portrait, portrait, portrait)
    assert scores[:4] == pytest.approx((0, 0, 0, 0), abs=0.05)
    assert scores[4:10] == pytest.approx([1] * 6)


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
        "illuminant", "gel", "side_absorptions", "scanned_dyes", "none",
        "lamp_and_window", "soft_lights", "hard_lights",
    }  # fmt: skip
    errors = {made.family: measure(made.ruined, made.truth, made.ruined)[0] for made in cases}
    assert errors["none"] < 3 and min(errors["gel"], errors["side_absorptions"]) > 3


def test_a_family_is_the_same_whatever_else_is_asked_for(tmp_path, case):
    everything = {made.family: made.ruined for made in never_in_training(tmp_path, 1)}
    (alone,) = never_in_training(tmp_path, 1, families=("gel",))
    assert np.array_equal(alone.ruined, everything["gel"])


def test_every_method_gets_a_line_in_the_table_and_ours_are_plotted(case, tmp_path):
    fixer = ColorFixer.load("cpu", REPOSITORY / "models")
    rivals, _ = others(None)
    measured = evaluated([case], fixer, ("lut",), Judge(Cache(None), rivals), 2)
    report(measured, tmp_path)
    text = (tmp_path / "table.md").read_text()
    names = [*rivals, "lut x1", "lut x2", "lut, careful", "lut, thorough", BEST]
    assert all(f"| {name} |" in text for name in names)
    for name in ("iterations.png", "reliability.png"):
        with Image.open(tmp_path / name) as figure:
            assert figure.width == 600
    best = min(choice.ciede2000 for choice in measured.choices)
    assert measured.rows[-1].scores.ciede2000 == pytest.approx(best, abs=1e-3)


def test_a_rival_is_asked_once(case, tmp_path):
    asked = []
    rivals = {"slow": Other(lambda c: (asked.append(c.name), c.ruined)[1], "its code")}
    first, again = (Judge(Cache(tmp_path), rivals).scores_of_others(case) for _ in range(2))
    assert len(asked) == 1 and repr(first) == repr(again)
    changed = {"slow": Other(rivals["slow"].correct, "other code")}
    Judge(Cache(tmp_path), changed).scores_of_others(case)
    assert len(asked) == 2


def test_the_best_peer_of_each_family_is_named(case):
    scores = measure(case.truth, case.truth, case.ruined)
    rows = [
        Row("a", family, method, scores._replace(ciede2000=error))
        for method, errors in {"lut x1": (3, 4), "one": (4, 9), "two": (5, 8)}.items()
        for family, error in zip(("light", "film"), errors, strict=True)
    ]
    names = ["input", "original", "lut x1", "one", "two", "ceiling: matrix"]
    assert peers_among(names) == ["one", "two"]
    light, film, casts = format_families(rows, "lut x1", ["one", "two"]).splitlines()[2:]
    assert "| 4.00 one | 0.75 |" in light and "| 8.00 two | 0.50 |" in film
    assert "| 3.50 | 6.50 one |" in casts


def test_faces_are_counted_over_all_pictures_and_unknown_is_left_blank(case):
    scores = measure(case.truth, case.truth, case.ruined)._replace(ciede2000=1.0)
    some = [scores._replace(light_faces=3, light_plausible=1), scores._replace(dark_faces=1)]
    rows = [Row(str(i), "light", "lut x1", one) for i, one in enumerate(some)]
    line = format_families(rows, "lut x1", []).splitlines()[2]
    assert line.endswith("|  | 4 | 0.25 | 0.33 |  | 0.00 |")
    assert "| 0.25 |  |" in format_table(rows).splitlines()[2]


def test_true_probabilities_lie_on_the_diagonal(tmp_path):
    rng = np.random.default_rng(0)
    choices = []
    for picture, first in enumerate(rng.uniform(0.5, 1, 3000)):
        right = rng.random() < first
        errors = (1.0, 2.0) if right else (2.0, 1.0)
        chances = (first, 1 - first)
        choices += [
            Choice(str(picture), "light", rank, p, e)
            for rank, (p, e) in enumerate(zip(chances, errors, strict=True))
        ]
    assert plot_reliability(choices, tmp_path / "true.png") < 0.03
    swapped = [choice._replace(probability=1 - choice.probability) for choice in choices]
    assert plot_reliability(swapped, tmp_path / "wrong.png") > 0.3


def test_the_sheet_shows_every_method_it_names(case):
    results = {name: case.ruined for name in SHOWN}
    assert len(line_of_sheet(results, case.truth)) == len(SHOWN) + 1
    del results["balancer x1"]  # was not asked for
    assert len(line_of_sheet(results, case.truth)) == len(SHOWN)
    del results["gimp_auto_white_balance"]  # cannot be missing
    with pytest.raises(KeyError):
        line_of_sheet(results, case.truth)
