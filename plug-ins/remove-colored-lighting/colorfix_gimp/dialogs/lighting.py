"""The dialog of Remove Colored Lighting: the network works in a thread, the view follows."""

from collections.abc import Iterator

from gi.repository import Gimp, Gtk

from colorfix_gimp.dialogs.background import in_background
from colorfix_gimp.dialogs.dialog import FilterDialog
from colorfix_gimp.dialogs.export_lut import choose_and_save
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.prediction.predictions import Predictions
from colorfix_gimp.settings import Settings
from colorfix_gimp.translation import _

CONTROLS = [
    "strength",
    "iterations",
    "keep-brightness",
    "sample-from",
    "output",
    "several-layers",
    "method",
    "device",
]


def ask(procedure, config, layers: list[Gimp.Layer], predictions: Predictions) -> None:
    """Let the user set `config`; what the network says meanwhile is left in `predictions`."""
    _LightingDialog(procedure, config, layers, predictions, Glance.at(layers[0])).run()


class _LightingDialog(FilterDialog):
    def __init__(self, procedure, config, layers, predictions, glance) -> None:
        settings = Settings.of(config)
        if glance is None:
            guess = in_background(predictions.warm_up, settings)
        else:
            guess = in_background(predictions.guess, layers[0], settings, glance)
        super().__init__(
            procedure,
            config,
            layers,
            _("Remove Colored Lighting"),
            CONTROLS,
            sliders={"strength": 1, "iterations": 1},
            glance=glance,
        )
        self._layer, self._predictions = layers[0], predictions
        self._image = layers[0].get_image()
        self._asked: Settings | None = None  # what the network is working on
        self._lut = None
        self._export = Gtk.Button(label=_("E_xport LUT…"), use_underline=True, sensitive=False)
        self._export.connect("clicked", self._on_export)
        self._export.set_tooltip_text(
            _("Save the correction as a colour table for video and photo editors")
        )
        self.add(self._export)
        self.widget_of("several-layers").set_sensitive(len(layers) > 1)
        selected = not Gimp.Selection.is_empty(self._image)
        self.widget_of("sample-from").set_sensitive(selected)
        self.be_ready(_("Loading…"))
        guess.add_done_callback(lambda _: self.when_idle(self._show_guess))
        config.connect("notify", lambda *_: self._follow())
        self.when_idle(self._follow)

    def _follow(self) -> None:
        """Bring the view up to date with the settings; ask the network if they need it."""
        settings = Settings.of(self._config)
        steps = self._predictions.known(self._layer, settings)
        if steps is None:
            self._ask(settings)
            self._show_guess()
        else:
            self._lut = settings.finish(steps)
            self._export.set_sensitive(True)
            self.show(self._lut.apply)
            self.be_ready()

    def _show_guess(self) -> None:
        """Show what the network said at a glance, while it is being shown the layer itself."""
        settings = Settings.of(self._config)
        steps = self._predictions.guessed(self._layer, settings)
        if self._asked and steps is not None:
            self.show(settings.finish(steps).apply)
            self.say(_("Looking closer…"))

    def _ask(self, settings: Settings) -> None:
        self._export.set_sensitive(False)
        if self._asked:
            return  # what is under way ends by following the settings of that moment
        self._asked = settings
        self.say(_("Loading…") if self._lut is None else _("Looking again…"))
        self.in_steps(self._look_then_ask(settings))

    def _look_then_ask(self, settings: Settings) -> Iterator[None]:
        """Read the layer here, in GIMP's thread, and leave the rest to another."""
        try:
            yield from self._predictions.look(self._layer, settings)
        except Exception as error:
            self._on_end(error)
            return
        answer = in_background(self._predictions.steps, self._layer, settings)
        answer.add_done_callback(lambda _: self.when_idle(self._on_end, answer.exception()))

    def _on_end(self, error: Exception | None) -> None:
        """Follow what was asked for, or what is wanted by now; errors of the past do not count."""
        asked, self._asked = self._asked, None
        if error is not None and asked == Settings.of(self._config):
            self.fail(error)
        else:
            self._follow()

    def _on_export(self, _button: Gtk.Button) -> None:
        saved = choose_and_save(self.window, self._lut, self._image, "lighting")
        if saved:
            self.say(_("Saved as {file}.").format(file=saved.name))
