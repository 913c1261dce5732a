"""The button with the presets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from colorfix_gimp import presets
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.translation import _


class PresetMenu(Gtk.MenuButton):
    """Takes, keeps and forgets presets; `tell` shows a sentence where that fails."""

    def __init__(
        self, config: Gimp.ProcedureConfig, window: Gtk.Window, tell: Callable[[str], None]
    ) -> None:
        super().__init__(label=_("Presets"))
        self._config, self._window, self._tell = config, window, tell
        self.set_tooltip_text(_("Settings that you have given a name"))
        self._fill()

    def _fill(self) -> None:
        menu = Gtk.Menu()
        names = sorted(presets.presets())
        for name in names:
            _item(menu, name, partial(presets.take, name, self._config))
        if names:
            menu.append(Gtk.SeparatorMenuItem())
        _item(menu, _("Save as a preset…"), self._keep)
        if names:
            forgotten = Gtk.Menu()
            for name in names:
                _item(forgotten, name, partial(self._forget, name))
            parent = Gtk.MenuItem(label=_("Delete"))
            parent.set_submenu(forgotten)
            menu.append(parent)
        menu.show_all()
        self.set_popup(menu)

    def _keep(self) -> None:
        if name := _asked_name(self._window):
            self._change(lambda: presets.keep(name, self._config))

    def _forget(self, name: str) -> None:
        self._change(lambda: presets.forget(name))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            reason = error.strerror or str(error)
            self._tell(_("Presets cannot be saved: {reason}.").format(reason=reason))
        self._fill()


def _item(menu: Gtk.Menu, label: str, act: Callable[[], None]) -> None:
    item = Gtk.MenuItem(label=label)
    item.connect("activate", lambda _item: act())
    menu.append(item)


def _asked_name(parent: Gtk.Window) -> str:
    """What the user calls a preset; empty if it is not to be saved."""
    dialog = Gtk.Dialog(title=_("Save as a Preset"), transient_for=parent, modal=True)
    dialog.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
    dialog.add_button(_("_Save"), Gtk.ResponseType.ACCEPT)
    dialog.set_default_response(Gtk.ResponseType.ACCEPT)
    entry = Gtk.Entry(activates_default=True)
    label = Gtk.Label(label=_("_Name:"), use_underline=True, mnemonic_widget=entry)
    row = Gtk.Box(spacing=6, border_width=12)
    row.pack_start(label, False, False, 0)
    row.pack_start(entry, True, True, 0)
    row.show_all()
    dialog.get_content_area().add(row)
    accepted = dialog.run() == Gtk.ResponseType.ACCEPT
    name = entry.get_text().strip()
    dialog.destroy()
    return name if accepted else ""
