"""The plug-in's own catalogue of translated texts; GIMP binds it to the folder locale/."""

from colorfix_gimp.gimp import GLib

DOMAIN = "remove-colored-lighting"


def _(text: str) -> str:
    """The text in the user's language."""
    return str(GLib.dgettext(DOMAIN, text))


def N_(text: str) -> str:
    """Mark a text of a table, which is translated when it is shown."""
    return text
