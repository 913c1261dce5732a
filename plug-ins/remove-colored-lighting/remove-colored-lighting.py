#!/usr/bin/env python3
"""Remove colored lighting from photographs: what GIMP loads.

Nothing but `gi` is needed to get this far, so that the filters appear in the menus and can
explain themselves even where their runtime is missing.
"""

import sys

from colorfix_gimp import menu, runtime
from colorfix_gimp.failures import reporting
from colorfix_gimp.gimp import Gimp, Gio
from colorfix_gimp.translation import DOMAIN


class RemoveColoredLighting(Gimp.PlugIn):
    """The plug-in; each of its filters lives in a module of its own."""

    def do_set_i18n(self, _procedure_name: str) -> tuple[bool, str, str]:
        """Where the translations are: found, domain, folder."""
        return True, DOMAIN, "locale"

    def do_query_procedures(self) -> list[str]:
        """Name the filters, once after an installation."""
        self.set_help_domain(DOMAIN, Gio.File.new_for_path(str(runtime.HERE / "help")))
        return list(menu.ALL)

    def do_create_procedure(self, name: str) -> Gimp.Procedure:
        """Describe a filter, whenever GIMP asks or calls."""
        return menu.create(self, name, reporting(menu.run))


Gimp.main(RemoveColoredLighting.__gtype__, sys.argv)
