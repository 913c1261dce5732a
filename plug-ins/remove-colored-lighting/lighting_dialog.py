"""The dialog of Remove Colored Lighting: the network works in a thread, the view follows."""

import threading
from collections.abc import Iterator

from dialog import FilterDialog
from export import choose_and_save
from gi.repository import Gimp, Gtk
from prediction import Predictions
from settings import Settings
from translation import _

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
    _LightingDialog(procedure, config, layers, predictions).run()


class _LightingDialog(FilterDialog):
    def __init__(self, procedure, config, layers, predictions) -> None:
        super().__init__(
            procedure,
            config,
            layers[0],
            _("Remove Colored Lighting"),
            CONTROLS,
            sliders={"strength": 1, "iterations": 1},
        )
        self._config, self._layer, self._predictions = config, layers[0], predictions
        self._asking = False
        self._lut = None
        self._export = Gtk.Button(label=_("E_xport LUT…"), use_underline=True, sensitive=False)
        self._export.connect("clicked", self._on_export)
        self._export.set_tooltip_text(
            _("Save the correction as a colour table for video and photo editors")
        )
        self.add(self._export)
        self.widget_of("several-layers").set_sensitive(len(layers) > 1)
        selected = not Gimp.Selection.is_empty(layers[0].get_image())
        self.widget_of("sample-from").set_sensitive(selected)
        self.say(_("Loading…"))
        self._in_thread(predictions.warm_up, Settings.of(config))
        config.connect("notify", lambda *_: self._follow())
        self.when_idle(self._follow)

    def _follow(self) -> None:
        """Bring the view up to date with the settings; ask the network if they need it."""
        settings = Settings.of(self._config)
        steps = self._predictions.known(self._layer, settings)
        if steps is None:
            self._ask(settings)
        else:
            self._lut = settings.finish(steps)
            self._export.set_sensitive(True)
            self.show(self._lut.apply)

    def _ask(self, settings: Settings) -> None:
        if self._asking:
            return  # what is under way ends by following the settings of that moment
        self._asking = True
        self.say(_("Loading…") if self._lut is None else _("Looking again…"))
        self.in_steps(self._look_then_ask(settings))

    def _look_then_ask(self, settings: Settings) -> Iterator[None]:
        """Read the layer here, in GIMP's thread, and leave the rest to another."""
        try:
            yield from self._predictions.look(self._layer, settings)
        except Exception:
            self._asking = False
            raise
        self._in_thread(self._ask_in_thread, settings)

    def _in_thread(self, work, *arguments) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _ask_in_thread(self, settings: Settings) -> None:
        try:
            self._predictions.steps(self._layer, settings)
        except Exception as error:
            self.when_idle(self._on_answer, error)
        else:
            self.when_idle(self._on_answer, None)

    def _on_answer(self, error: Exception | None) -> None:
        self._asking = False
        if error is not None:
            self.fail(error)
            return
        self.say("")
        self.allow_ok(True)
        self._follow()

    def _on_export(self, _button: Gtk.Button) -> None:
        saved = choose_and_save(self.window, self._lut, self._layer.get_image())
        if saved:
            self.say(_("Saved as {file}.").format(file=saved.name))
