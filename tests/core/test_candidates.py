"""Candidates are ordered, and none comes twice."""

import numpy as np
import pytest

from colorfix_core.candidates import PREDICTED, UNTOUCHED, ranked
from colorfix_core.luts.lut import Lut3D

WARM, COLD = [1, 0.95, 0.7], [0.7, 0.95, 1]


@pytest.fixture
def picture():
    return np.random.default_rng(0).random((24, 24, 3), np.float32)


def tinted(gains):
    return Lut3D((Lut3D.identity(9).table * np.array(gains)).astype(np.float32))


def test_the_likeliest_is_first(picture):
    found = ranked([tinted(WARM), tinted(COLD)], [0.3, 0.7], picture)
    assert [c.probability for c in found] == pytest.approx([0.7, 0.3])
    assert found[0].lut.table[-1, -1, -1, 0] == pytest.approx(0.7)


def test_twins_count_as_one(picture):
    twins = [tinted(WARM), tinted(COLD), tinted([1, 0.95, 0.701])]
    found = ranked(twins, [0.35, 0.4, 0.25], picture)
    assert [c.probability for c in found] == pytest.approx([0.6, 0.4])
    assert found[0].lut is twins[0]


def test_an_identity_says_so(picture):
    found = ranked([Lut3D.identity(9), tinted(WARM)], [0.6, 0.4], picture)
    assert [c.origin for c in found] == [UNTOUCHED, PREDICTED]
