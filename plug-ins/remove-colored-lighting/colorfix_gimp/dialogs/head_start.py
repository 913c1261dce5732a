"""What a dialog needs first, side by side: numpy loads while GIMP and GTK do their part."""

from collections.abc import Sequence
from importlib import import_module

import gi

gi.require_version("GimpUi", "3.0")
from gi.repository import Gimp, GimpUi  # noqa: E402

from colorfix_gimp.dialogs.background import in_background  # noqa: E402
from colorfix_gimp.layers.small_copy import small_copy  # noqa: E402
from colorfix_gimp.translation import DOMAIN  # noqa: E402


def take(drawables: Sequence[Gimp.Drawable]) -> None:
    """Fetch what a dialog shows first and make GTK ready; numpy may still be loading after this.

    Who needs numpy waits for it, and meets its error if it has one.
    """
    in_background(import_module, "numpy")
    if drawables and isinstance(drawables[0], Gimp.Layer):
        small_copy(drawables[0].get_id())
    GimpUi.init(DOMAIN)
