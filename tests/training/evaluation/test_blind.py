"""Pairs say nothing of who made them, and the key counts the judgments."""

import csv

import numpy as np
import pytest
from PIL import Image

from colorfix_training.evaluation import blind

METHODS = {"dark": lambda p: p // 2, "bright": lambda p: 255 - (255 - p) // 2}


@pytest.fixture
def pictures(tmp_path):
    paths = [tmp_path / f"{i}.png" for i in range(12)]
    for path in paths:
        Image.new("RGB", (800, 400), (120, 120, 120)).save(path)
    return paths


@pytest.fixture
def key(pictures, tmp_path):
    return blind.write_pairs(pictures, METHODS, tmp_path / "pairs", np.random.default_rng(5))


def lines_of(key):
    with key.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_key_tells_which_side_is_whose(key, tmp_path):
    for line in lines_of(key):
        with Image.open(tmp_path / "pairs" / f"{line['pair']}.jpg") as pair:
            assert pair.size == (3 * 512 + 16, 256)
            ends = pair.getpixel((5, 5))[0], pair.getpixel((pair.width - 5, 5))[0]
        assert (ends[0] < 100) == (line["left"] == "dark") == (ends[1] > 150)


def test_sides_and_order_are_shuffled_and_the_key_lies_apart(key, tmp_path):
    lines = lines_of(key)
    assert {line["left"] for line in lines} == {"dark", "bright"}
    assert [line["picture"] for line in lines] != sorted(line["picture"] for line in lines)
    assert {path.suffix for path in (tmp_path / "pairs").iterdir()} == {".jpg"}


def test_judgments_are_counted_by_method(key, tmp_path):
    lines = lines_of(key)
    sides = ["left" if line["left"] == "bright" else "right" for line in lines]
    sides[3], sides[4] = "same", {"left": "right", "right": "left"}[sides[4]]
    text = "\n".join(f"{int(line['pair'])}: {s}" for line, s in zip(lines, sides, strict=True))
    (tmp_path / "judged.txt").write_text(f"# by eye\n\n{text}\n")
    counts = blind.count(tmp_path / "judged.txt", key)
    assert counts == {"bright": 10, "dark": 1, "same": 1}


@pytest.mark.parametrize("text", ["1 better", "99 left", "1 left\n1 right"])
def test_what_is_no_judgment_is_refused(text, key, tmp_path):
    (tmp_path / "judged.txt").write_text(text)
    with pytest.raises(ValueError, match="is no judgment"):
        blind.count(tmp_path / "judged.txt", key)


def test_three_methods_are_no_pair(pictures, tmp_path):
    with pytest.raises(ValueError, match="not 3"):
        blind.write_pairs(pictures, METHODS | {"x": None}, tmp_path, np.random.default_rng())
