"""Which packages are there already, and which pins go with them."""

import pytest

from installer import requirements


@pytest.mark.parametrize(
    ("version", "requirement", "fits"),
    [
        ("2.6.0+debian", "torch>=2.6", True),
        ("2.5.1", "torch>=2.6", False),
        ("2.13.0+cpu", "torch==2.13.0", True),
        ("10.0", "pillow>=9.5", True),
        (None, "tqdm>=4.66", False),
        ("0.41.0", "diffusers==0.40.0", False),
        ("2.0.0rc1", "numpy>=1.26", True),
    ],
)
def test_what_is_there_already_is_compared_by_number(version, requirement, fits):
    assert requirements.satisfies(version, requirement) is fits


def test_every_pin_is_in_the_range_that_the_code_accepts():
    wanted = requirements.read()
    ranges = {requirements.name_of(item): item for item in wanted["accepted"]}
    pins = {requirements.name_of(item): item for item in wanted["pinned"]}
    assert pins.keys() == ranges.keys()
    for name, pin in pins.items():
        assert requirements.satisfies(pin.partition("==")[2], ranges[name])
