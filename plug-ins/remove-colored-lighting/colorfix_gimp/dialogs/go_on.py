"""The question whether to go on with a correction, or to correct its result."""

from __future__ import annotations

from colorfix_gimp.failures import Cancelled
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.translation import _


def goes_on(layer: Gimp.Layer, original: Gimp.Layer) -> bool:
    """Whether the user wants to start from the original again; Cancelled if nothing is wanted."""
    dialog = Gtk.MessageDialog(
        message_type=Gtk.MessageType.QUESTION,
        title=_("Remove Colored Lighting"),
        text=_("“{layer}” is a correction of “{original}”.").format(
            layer=layer.get_name(), original=original.get_name()
        ),
        secondary_text=_("Go on with its settings from the original, or correct the result?"),
    )
    dialog.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
    dialog.add_button(_("Correct the _Result"), Gtk.ResponseType.NO)
    dialog.add_button(_("_Go On"), Gtk.ResponseType.YES)
    dialog.set_default_response(Gtk.ResponseType.YES)
    answer = dialog.run()
    dialog.destroy()
    if answer not in (Gtk.ResponseType.YES, Gtk.ResponseType.NO):
        raise Cancelled
    return bool(answer == Gtk.ResponseType.YES)
