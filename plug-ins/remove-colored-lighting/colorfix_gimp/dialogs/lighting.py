"""The dialog of Remove Colored Lighting: the network works in a thread, the view follows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future
from functools import partial

from colorfix_core.engine.client import Held
from colorfix_core.service.requests import Answer, Question
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.dialogs.dialog import FilterDialog
from colorfix_gimp.dialogs.export_lut import choose_and_save
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.prediction.predictions import Predictions, question_of
from colorfix_gimp.prediction.sampling import rough_thumbnail
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


def ask(
    procedure: Gimp.Procedure,
    config: Gimp.ProcedureConfig,
    layers: Sequence[Gimp.Layer],
    predictions: Predictions,
) -> None:
    """Let the user set `config`; what the network says meanwhile is left in `predictions`."""
    _LightingDialog(procedure, config, layers, predictions, Glance.at(layers[0])).run()


class _LightingDialog(FilterDialog):
    """What is shown follows from the settings and what is known; events only call `_follow`."""

    def __init__(
        self,
        procedure: Gimp.Procedure,
        config: Gimp.ProcedureConfig,
        layers: Sequence[Gimp.Layer],
        predictions: Predictions,
        glance: Glance | None,
    ) -> None:
        self._layer, self._predictions = layers[0], predictions
        guess = self._begin(Settings.of(config), glance)
        super().__init__(
            procedure,
            config,
            layers,
            _("Remove Colored Lighting"),
            CONTROLS,
            sliders={"strength": 1, "iterations": 1},
            glance=glance,
        )
        self._image = layers[0].get_image()
        self._asked: Question | None = None  # what the network is working on
        self._failure: tuple[Question, Exception] | None = None  # since the settings changed
        self._lut: Held | None = None
        self._export = self._make_export_button()
        self.widget_of("several-layers").set_sensitive(len(layers) > 1)
        self.widget_of("sample-from").set_sensitive(not Gimp.Selection.is_empty(self._image))
        self.be_ready(_("Loading…"))
        guess.add_done_callback(lambda _: self.when_idle(self._follow))
        config.connect("notify", lambda *_: self._on_change())
        self.when_idle(self._follow)

    def _begin(self, settings: Settings, glance: Glance | None) -> Future[None]:
        """Have the network load, and say something about what is there before the layer is."""
        asker = self._predictions.asker
        if glance is None:
            return start_work(asker.warm_up, settings.device)
        question = question_of(self._layer, settings)
        return start_work(asker.guess, question, partial(rough_thumbnail, glance))

    def _make_export_button(self) -> Gtk.Button:
        export = Gtk.Button(label=_("E_xport LUT…"), use_underline=True, sensitive=False)
        export.connect("clicked", self._on_export)
        export.set_tooltip_text(
            _("Save the correction as a color table for video and photo editors")
        )
        self.add(export)
        return export

    def _follow(self) -> None:
        """Show what is known of what is wanted, and have the network asked for the rest."""
        settings = Settings.of(self._config)
        wanted = question_of(self._layer, settings)
        answer = self._predictions.asker.known(wanted)
        final = answer is not None and not answer.rough
        self._export.set_sensitive(final)
        if not final and self._failure and self._failure[0] == wanted:
            self.fail(self._failure[1])
            return
        if not final and not self._asked:  # what is under way ends by following
            self._ask(wanted)
        if answer is not None:
            self._show_answer(settings, answer)

    def _show_answer(self, settings: Settings, answer: Answer) -> None:
        lut = settings.finish(answer.luts)
        self.show(lut)
        if answer.rough:
            self.say(_("Looking closer…"))
        else:
            self._lut = lut
            self.be_ready(self._predictions.sampler.remark(self._layer))

    def _ask(self, question: Question) -> None:
        self._asked = question
        self.say(_("Loading…") if self._lut is None else _("Looking again…"))
        self.in_steps(self._look_then_ask(question))

    def _look_then_ask(self, question: Question) -> Generator[None, None, None]:
        """Read the layer here, in GIMP's thread, and leave the rest to another."""
        try:
            thumbnail = yield from self._predictions.sampler.look(self._layer, question)
        except Exception as error:
            self._on_end(question, error)
            return
        answer = start_work(self._predictions.asker.ask, question, thumbnail)
        answer.add_done_callback(
            lambda done: self.when_idle(self._on_end, question, done.exception())
        )

    def _on_end(self, asked: Question, error: Exception | None) -> None:
        self._asked = None
        if error is not None:
            self._failure = asked, error
        self._follow()

    def _on_change(self) -> None:
        self._failure = None  # errors of the past do not count
        self._follow()

    def _on_export(self, _button: Gtk.Button) -> None:
        if self._lut is None:
            return
        lut = Settings.of(self._config).describe(self._lut, self._layer.get_name())
        saved = choose_and_save(self.window, lut, self._image, "lighting")
        if saved:
            self.say(_("Saved as {file}.").format(file=saved.name))
