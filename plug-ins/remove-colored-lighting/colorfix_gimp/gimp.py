"""The door to GIMP's libraries: their versions are required here, once."""

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
# The stubs know no Gimp, Gegl and Babl.
from gi.repository import Babl, Gegl, Gimp, Gio, GLib, GObject  # type: ignore[attr-defined]  # noqa: E402

__all__ = ["Babl", "GLib", "GObject", "Gegl", "Gimp", "Gio"]
