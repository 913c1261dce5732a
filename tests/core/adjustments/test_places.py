"""Places as they are typed."""

import pytest

from colorfix_core.adjustments.places import Place, parse, parse_all, written


def test_places_are_read():
    assert parse("12,34") == Place(12, 34) and parse("1,2,30") == Place(1, 2, 30)


def test_places_survive_being_written():
    places = (Place(12, 34), Place(1, 2, 30))
    assert parse_all(written(places)) == places


def test_no_text_is_no_place():
    assert parse_all("") == ()


@pytest.mark.parametrize("text", ["1", "1,2,3,4", "1;2", "-1,2", "a,b", ""])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(ValueError):
        parse(text)
