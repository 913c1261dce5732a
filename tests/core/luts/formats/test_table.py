"""Texts name all formats or leave the list to the table."""

import re

import pytest

from colorfix_core.luts.formats.table import EXTENSIONS
from tests.helpers.paths import PLUG_IN

TEXTS = ["colorfix_gimp/arguments.py", "colorfix_gimp/menu.py", "help/en/color-luts.html",
         "help/de/color-luts.html"]  # fmt: skip
# What a sentence may name alone: the usual format, and pictures that hold a LUT.
USUAL = {".cube", ".png"}


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_the_plug_in_names_only_some_formats(text):
    content = (PLUG_IN / text).read_text("utf-8")
    named = {e for e in EXTENSIONS if re.search(rf"(?<!\w){re.escape(e)}\b", content)}
    assert named <= USUAL or named == set(EXTENSIONS)
