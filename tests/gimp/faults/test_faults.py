"""Ten of the faults that `python -m tests.gimp.faults` has happen, of every kind."""

import pytest

from tests.gimp.faults.stages import draw
from tests.gimp.faults.trial import Trials

SEEDS = (1001, 1009, 1012, 1019, 1022, 2003, 2004, 2005, 2007, 2008)


@pytest.fixture(scope="module")
def trials(place):
    """A GIMP in which faults happen."""
    if not place.is_a_root:
        pytest.skip("a full disk needs a root directory of our own")
    session = Trials(place, "/tmp/colorfix-faults-sample")
    yield session
    session.quit()


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(draw(seed)).replace("  ", ""))
def test_a_fault_leaves_the_image_as_it_was_or_corrected(trials, seed):
    outcome = trials.run(draw(seed))
    assert outcome.wrong == (), outcome
    if not outcome.reached:
        pytest.skip("the work was done before the fault could happen")


def test_every_kind_is_among_them():
    assert {draw(seed).kind for seed in SEEDS} == {"plug-in", "helper", "dialog", "cancel",
                                                   "weights", "disk"}  # fmt: skip
