"""What is known is not computed again, and what changed is."""

import numpy as np
import pytest

from colorfix_training.evaluation.cache import Cache, digest


@pytest.fixture
def calls():
    return []


def maker(calls, value):
    return lambda: (calls.append(value), value)[1]


def test_a_second_run_computes_nothing(tmp_path, calls):
    for _ in range(2):
        found = Cache(tmp_path / "new").get("case", {"one": maker(calls, [1.5, float("nan")])})
    assert len(calls) == 1 and found["one"][0] == 1.5 and np.isnan(found["one"][1])


def test_a_new_maker_is_added_to_the_old_ones(tmp_path, calls):
    Cache(tmp_path).get("case", {"one": maker(calls, 1)})
    found = Cache(tmp_path).get("case", {"two": maker(calls, 2), "one": maker(calls, 3)})
    assert list(found.items()) == [("two", 2), ("one", 1)] and calls == [1, 2]


def test_without_a_folder_nothing_is_remembered(calls):
    for _ in range(2):
        Cache(None).get("case", {"one": maker(calls, 1)})
    assert calls == [1, 1]


def test_a_digest_tells_pictures_texts_and_files_apart(tmp_path):
    file = tmp_path / "code.py"
    file.write_text("one")
    picture = np.zeros((2, 3), np.uint8)
    some = [digest(picture), digest(picture.T), digest("a", "b"), digest("ab"), digest(file)]
    file.write_text("two")
    assert len({*some, digest(file)}) == 6
