"""The plug-in's own catalogue of translated texts; GIMP binds it to the folder locale/."""

from gi.repository import GLib

DOMAIN = "remove-colored-lighting"


def _(text: str) -> str:
    """The text in the user's language."""
    return GLib.dgettext(DOMAIN, text)
