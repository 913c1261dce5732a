"""The dialog of Apply Color LUT: the view follows the file and the strength."""

from apply_lut import load
from dialog import FilterDialog
from gi.repository import Gimp, Gtk
from glance import Glance
from settings import local_path
from translation import _


def ask(procedure, config, layer: Gimp.Layer) -> None:
    """Let the user set `config`."""
    _ApplyLutDialog(procedure, config, layer).run()


class _ApplyLutDialog(FilterDialog):
    def __init__(self, procedure, config, layer) -> None:
        super().__init__(
            procedure,
            config,
            layer,
            _("Apply Color LUT"),
            ["strength", "output"],
            sliders={"strength": 1},
            glance=Glance.at(layer),
        )
        self._config, self._file, self._lut = config, None, None
        self._add_file_row()
        config.connect("notify", lambda *_: self._follow())
        self.when_idle(self._follow)

    def _follow(self) -> None:
        """Bring the view up to date with the settings."""
        file = local_path(self._config.get_property("lut-file"))
        if file is None:
            self.say(_("Choose a LUT file."))
            self.allow_ok(False)
            return
        try:
            if file != self._file:
                self._lut, self._file = load(file), file
            lut = self._lut.blend(self._config.get_property("strength") / 100)
        except Exception as error:
            self._file = None
            self.show(None)
            self.fail(error)
            return
        self.say(self._lut.title)
        self.allow_ok(True)
        self.show(lut.apply)

    def _add_file_row(self) -> None:
        """A button that chooses the LUT file; GIMP offers none for files of several kinds."""
        button = Gtk.FileChooserButton(title=_("Choose a LUT File"))
        button.add_filter(_lut_files())
        if self._config.get_property("lut-file"):
            button.set_file(self._config.get_property("lut-file"))
        button.connect("file-set", lambda b: self._config.set_property("lut-file", b.get_file()))
        label = Gtk.Label(
            label=_("LUT _file"), use_underline=True, mnemonic_widget=button, xalign=0
        )
        self._labels = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
        self._labels.add_widget(label)
        self._labels.add_widget(self.widget_of("output").get_label())
        row = Gtk.Box(spacing=6)
        row.pack_start(label, False, False, 0)
        row.pack_start(button, True, True, 0)
        self.add(row, first=True)


def _lut_files() -> Gtk.FileFilter:
    known = Gtk.FileFilter()
    known.set_name(_("Colour LUTs"))
    for extension in (".cube", ".png", ".3dl", ".spi3d", ".clf"):
        for spelling in (extension, extension.upper()):
            known.add_pattern(f"*{spelling}")
    return known
