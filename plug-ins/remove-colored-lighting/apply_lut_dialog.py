"""The dialog of Apply Color LUT: the view follows the file and the strength."""

from apply_lut import load
from dialog import FilterDialog
from gi.repository import Gimp
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
            ["lut-file", "strength", "output"],
            sliders={"strength": 1},
        )
        self._config, self._file, self._lut = config, None, None
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
