"""Every text of the plug-in can be translated, and German and French are complete."""

import ast
import gettext
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.paths import REPOSITORY

PLUG_IN = REPOSITORY / "plug-ins/remove-colored-lighting"
FORMATS = "colorfix_core/luts/formats/table.py"
COMPILED = "locale/de/LC_MESSAGES/remove-colored-lighting.mo"


@pytest.fixture(scope="module")
def updated(place):
    """A copy of the plug-in after its translations were brought up to date with its sources."""
    if not place.is_a_root and not shutil.which("xgettext"):
        pytest.skip("gettext is not installed")
    inside = "/tmp/colorfix-translation"
    copy = place.outside(inside)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(PLUG_IN, copy / PLUG_IN.relative_to(REPOSITORY))
    (copy / FORMATS).parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / FORMATS, copy / FORMATS)
    place.run("sh", f"{inside}/{PLUG_IN.relative_to(REPOSITORY)}/po/update.sh")
    yield copy / PLUG_IN.relative_to(REPOSITORY)
    shutil.rmtree(copy)


@pytest.mark.parametrize("kept", ["po/remove-colored-lighting.pot", "po/de.po", "po/fr.po"])
def test_catalogs_follow_the_sources(updated, kept):
    assert unwrapped(updated / kept) == unwrapped(PLUG_IN / kept)


def unwrapped(catalog: Path) -> str:
    """The text of a catalog; versions of gettext break its lines at different places."""
    return catalog.read_text().replace('"\n"', "")


def test_compiled_catalog_follows_the_translation(updated):
    texts = re.findall(r'^msgid (".+")$', unwrapped(PLUG_IN / "po/de.po"), re.MULTILINE)
    texts = [ast.literal_eval(text) for text in texts]
    made, kept = (translated(top / COMPILED, texts) for top in (updated, PLUG_IN))
    assert made == kept
    assert len(made) > 100


def translated(catalog: Path, texts: list[str]) -> list[str]:
    """What a compiled catalog makes of texts."""
    with catalog.open("rb") as file:
        return list(map(gettext.GNUTranslations(file).gettext, texts))


@pytest.mark.parametrize("language", ["de", "fr"])
def test_catalogs_are_complete(updated, language):
    text = (updated / f"po/{language}.po").read_text()
    assert "fuzzy" not in text
    assert not re.findall(r'^msgstr ""\n(?!")', text, re.MULTILINE)
