#!/usr/bin/env python3
"""Remove coloured lighting from photographs: what GIMP loads.

Nothing but `gi` is needed to get this far, so that the filters appear in the menus and can
explain themselves even where their runtime is missing.
"""

import sys
from importlib import import_module

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from colorfix_gimp import (
    menu,
    runtime,
)
from colorfix_gimp.failures import reporting  # noqa: E402
from colorfix_gimp.translation import DOMAIN  # noqa: E402
from gi.repository import Gimp, Gio  # noqa: E402


class RemoveColoredLighting(Gimp.PlugIn):
    """The plug-in; each of its filters lives in a module of its own."""

    def do_set_i18n(self, _procedure_name):
        return True, DOMAIN, "locale"

    def do_query_procedures(self):
        self.set_help_domain(DOMAIN, Gio.File.new_for_path(str(runtime.HERE / "help")))
        return list(menu.ALL)

    def do_create_procedure(self, name):
        return menu.create(self, name, reporting(_run))


def _run(procedure, *arguments):
    runtime.connect()
    chosen = menu.ALL[procedure.get_name()]
    if chosen.asks_network:
        import_module("colorfix_core.service.client").prepare()
    if chosen.has_preview and arguments[0] == Gimp.RunMode.INTERACTIVE:
        _mode, _image, drawables, *_ = arguments
        import_module("colorfix_gimp.dialogs.head_start").take(drawables)
    import_module("colorfix_gimp.layers.encodings").keep_memory_flat()
    return import_module(f"colorfix_gimp.filters.{chosen.module}").run(procedure, *arguments)


Gimp.main(RemoveColoredLighting.__gtype__, sys.argv)
