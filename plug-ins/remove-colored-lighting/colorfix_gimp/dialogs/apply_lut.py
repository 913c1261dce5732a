"""The dialog of Apply Color LUT: the view follows the file and the strength."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from colorfix_core.engine.client import Held
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.dialogs.dialog import FilterDialog
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.lut_files import load, readable
from colorfix_gimp.settings import faded, local_path
from colorfix_gimp.translation import _


def ask(
    procedure: Gimp.Procedure, config: Gimp.ProcedureConfig, layers: Sequence[Gimp.Layer]
) -> None:
    """Let the user set `config`."""
    _ApplyLutDialog(procedure, config, layers).run()


class _ApplyLutDialog(FilterDialog):
    def __init__(
        self,
        procedure: Gimp.Procedure,
        config: Gimp.ProcedureConfig,
        layers: Sequence[Gimp.Layer],
    ) -> None:
        super().__init__(
            procedure,
            config,
            layers,
            _("Apply Color LUT"),
            ["strength", "output"],
            sliders={"strength": 1},
            glance=Glance.at(layers[0]),
        )
        self._file: Path | None = None  # the one that is loaded, or being loaded
        self._loading: Future[Held] | None = None
        self._button = self._make_button()
        self._labels = self._add_file_row(self._button)
        config.connect("notify", lambda *_: self._follow())
        self.when_idle(self._follow)

    def _follow(self) -> None:
        """Bring the view up to date with the settings."""
        file = local_path(self._config.get_property("lut-file"))
        if file != self._file:
            self._begin(file)
        elif self._loading and self._loading.done():
            self._show_lut(self._loading)

    def _begin(self, file: Path | None) -> None:
        """Load another file in the background."""
        self._file, self._loading = file, None
        self._show_name(file)
        self.show(None)
        self.allow_ok(False)
        if file is None:
            self.say(_("Choose a LUT file."))
            return
        self.say(_("Loading…"))
        self._loading = start_work(load, file)
        self._loading.add_done_callback(lambda _: self.when_idle(self._follow))

    def _show_lut(self, loaded: Future[Held]) -> None:
        try:
            lut = faded(loaded.result(), self._config)
        except Exception as error:
            self.fail(error)
            return
        self.show(lut)
        self.be_ready(lut.facts["title"])

    def _show_name(self, file: Path | None) -> None:
        """Bring the button up to date where the settings were reset or loaded."""
        if file is None:
            self._button.unselect_all()
        elif self._button.get_filename() != str(file):
            self._button.set_filename(str(file))

    def _make_button(self) -> Gtk.FileChooserButton:
        """A button that chooses the LUT file; GIMP offers none for files of several kinds."""
        button = Gtk.FileChooserButton(title=_("Choose a LUT File"))
        button.add_filter(_lut_files())
        button.connect("file-set", lambda b: self._config.set_property("lut-file", b.get_file()))
        return button

    def _add_file_row(self, button: Gtk.Widget) -> Gtk.SizeGroup:
        """The button with its label, aligned with the controls below."""
        label = Gtk.Label(
            label=_("LUT _file"), use_underline=True, mnemonic_widget=button, xalign=0
        )
        labels = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
        labels.add_widget(label)
        labels.add_widget(self.widget_of("output").get_label())
        row = Gtk.Box(spacing=6)
        row.pack_start(label, False, False, 0)
        row.pack_start(button, True, True, 0)
        self.add(row, first=True)
        return labels


def _lut_files() -> Gtk.FileFilter:
    known = Gtk.FileFilter()
    known.set_name(_("Color LUTs"))
    for extension in readable():
        for spelling in (extension, extension.upper()):
            known.add_pattern(f"*{spelling}")
    return known
