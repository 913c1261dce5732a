"""A short run of the fuzzer; the long one is `python -m tests.fuzz.fuzz_readers`."""

import importlib.util

import pytest

from tests.fuzz import fuzz_readers, lut_targets, picture_targets
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_are_read_or_refused(name):
    if not picture_targets.available(name):
        pytest.skip(f"{name} needs the package {picture_targets.NEEDS[name]}")
    if name in lut_targets.BY_OPENCOLORIO and importlib.util.find_spec("PyOpenColorIO") is None:
        pytest.skip(f"{name} needs OpenColorIO")
    endings = fuzz_readers.run(TARGETS[name], inputs=200, seed=1)
    assert set(endings) <= {"read", "refused", "crashed"}
    assert endings["read"] > 0 and endings["refused"] > 0
