"""Which Little CMS is in use, and what is said of old ones."""

import pytest

from colorfix_core.pictures import little_cms


def test_both_packages_name_theirs():
    found = little_cms.versions()
    assert set(found) == {"imagecodecs", "pillow"}
    assert all(version[:2] == "2." for version in found.values())


@pytest.mark.parametrize(
    ("version", "is_told"),
    [("2.18.0", True), ("2.9", True), ("2.19", False), ("2.19.1", False), ("3.0", False)],
)
def test_old_ones_are_told(version, is_told):
    assert bool(little_cms.warning(version)) == is_told
