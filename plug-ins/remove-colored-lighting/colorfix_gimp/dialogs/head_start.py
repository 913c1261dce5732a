"""What a dialog needs first, side by side: the engine starts while GIMP and GTK do their part."""

from __future__ import annotations

from collections.abc import Sequence

from colorfix_gimp import engine
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import GimpUi
from colorfix_gimp.layers.small_copy import small_copy
from colorfix_gimp.translation import DOMAIN


def take(drawables: Sequence[Gimp.Drawable]) -> None:
    """Fetch what a dialog shows first and make GTK ready; the engine may still be starting then.

    Who needs it waits for it, and meets its error if it has one.
    """
    start_work(engine.start)
    if drawables and isinstance(drawables[0], Gimp.Layer):
        small_copy(drawables[0].get_id())
    GimpUi.init(DOMAIN)
