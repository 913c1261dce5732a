"""The door to what dialogs are made of: versions are required here, once."""

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
gi.require_version("GimpUi", "3.0")
# The stubs know no GimpUi.
from gi.repository import Gdk, GdkPixbuf, GimpUi, Gtk  # type: ignore[attr-defined]  # noqa: E402

__all__ = ["Gdk", "GdkPixbuf", "GimpUi", "Gtk"]
