"""A short run of the fuzzer; the long one is `python tests/fuzz/fuzz_readers.py`."""

import importlib.util

import pytest

from tests.fuzz import fuzz_readers


@pytest.mark.parametrize("name", fuzz_readers.FORMATS)
def test_damaged_files_are_read_or_refused(name, tmp_path):
    if name == "clf" and importlib.util.find_spec("PyOpenColorIO") is None:
        pytest.skip("CLF needs OpenColorIO")
    endings = fuzz_readers.run(name, inputs=500, seed=1, folder=str(tmp_path))
    assert set(endings) <= {"read", "refused"}
