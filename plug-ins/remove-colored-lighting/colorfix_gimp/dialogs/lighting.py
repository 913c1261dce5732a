"""The dialog of Remove Colored Lighting: the network works in a thread, the view follows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from colorfix_core.engine.client import Held
from colorfix_core.service.requests import Answer, Question
from colorfix_gimp import engine
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.dialogs.candidates import Candidates
from colorfix_gimp.dialogs.dialog import FilterDialog, exclude
from colorfix_gimp.dialogs.export_lut import choose_and_save
from colorfix_gimp.dialogs.found import Found, FoundRow, found_in
from colorfix_gimp.dialogs.image_watch import in_image
from colorfix_gimp.dialogs.pickers import Pickers
from colorfix_gimp.dialogs.preset_menu import PresetMenu
from colorfix_gimp.dialogs.preview import REST
from colorfix_gimp.dialogs.views import View
from colorfix_gimp.gimp import Gimp, GLib
from colorfix_gimp.gtk import Gdk, Gtk
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.prediction.corrections import Correction, chosen_luts, finish
from colorfix_gimp.prediction.picks import known_colors
from colorfix_gimp.prediction.predictions import Predictions, untouched
from colorfix_gimp.prediction.sampling import rough_thumbnail
from colorfix_gimp.prediction.saving import save_correction
from colorfix_gimp.presets import OF_A_PICTURE
from colorfix_gimp.settings import BALANCED, UNTOUCHED, Known, Settings
from colorfix_gimp.translation import _

CONTROLS = [
    "strength",
    "thoroughness",
    "lights",
    "keep-brightness",
    "sample-from",
    "output",
    "several-layers",
]
TRIMS = ["temperature", "tint", "exposure", "saturation", "film-contrast"]
EXPERT = ["iterations", "method", "device"]
SLIDERS = ("strength", "thoroughness", *TRIMS[:4], "iterations")
# A held key comes as many presses and releases; this long after the last one it is up, in ms.
KEY_UP = 60
_PICKER_KEYS = {"n": "neutral", "k": "skin"}
_WITH_OTHERS = Gdk.ModifierType.CONTROL_MASK | Gdk.ModifierType.MOD1_MASK


def ask(
    procedure: Gimp.Procedure,
    config: Gimp.ProcedureConfig,
    layers: Sequence[Gimp.Layer],
    predictions: Predictions,
    goes_on: bool = False,
) -> None:
    """Let the user set `config`; what the network says meanwhile is left in `predictions`.

    Picks and candidate are forgotten, as they belonged to another picture, unless it goes on.
    """
    if not goes_on:
        for name, usual in zip(OF_A_PICTURE, (1, "", ""), strict=True):
            config.set_property(name, usual)
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
        self._candidates = Candidates(lambda number: config.set_property("candidate", number))
        guess = self._begin(Settings.of(config), glance)
        super().__init__(
            procedure,
            config,
            layers,
            _("Remove Colored Lighting"),
            CONTROLS,
            sliders=dict.fromkeys(SLIDERS, 1),
            glance=glance,
        )
        self._image = layers[0].get_image()
        self._asked: Question | None = None  # what the network is working on
        self._failures: dict[Question, Exception] = {}  # since the settings changed
        self._correction: Correction | None = None
        self._known: tuple[tuple[int, str, str], list[Known]] = (-1, "", ""), []
        self._found: dict[tuple[int, ...], Found] = {}
        self._identity: Held | None = None
        self._coarse_luts: WeakKeyDictionary[Held, Held] = WeakKeyDictionary()
        self._settling = 0  # a timer, as is
        self._key_timer = 0
        self._lay_out_more()
        self.be_ready(_("Loading…"))
        guess.add_done_callback(lambda _: self.when_idle(self._follow))
        config.connect("notify", lambda *_: self._on_change())
        self.window.connect("key-press-event", self._on_key_press)
        self.window.connect("key-release-event", self._on_key_release)
        self.when_idle(self._follow)

    def _lay_out_more(self) -> None:
        settings = Settings.of(self._config)
        adjusts = any(self._config.get_property(name) for name in TRIMS)
        adjust = self.add_expander(_("Ad_just"), TRIMS, adjusts)
        expert = (settings.iterations, settings.method, settings.device) != (1, "lut", "auto")
        exclude(adjust, self.add_expander(_("Exper_t"), EXPERT, expert and not adjusts))
        self._found_row = FoundRow()
        self.add(self._found_row)
        self._export = self._make_export_button()
        self.below_preview(self._candidates)
        self._pickers = Pickers(self._config, self._layer, self._preview, lambda: None)

    def _begin(self, settings: Settings, glance: Glance | None) -> Future[None]:
        """Have the network load, and say something about what is there before the layer is."""
        asker = self._predictions.asker
        if glance is None:
            return start_work(asker.warm_up, settings.device)
        question = self._predictions.question(self._layer, settings)
        return start_work(asker.guess, question, partial(rough_thumbnail, glance))

    def _make_export_button(self) -> Gtk.Button:
        export = Gtk.Button(label=_("E_xport LUT…"), use_underline=True, sensitive=False)
        export.connect("clicked", self._on_export)
        export.set_tooltip_text(
            _("Save the correction as a color table for video and photo editors")
        )
        row = Gtk.Box(spacing=6)
        row.pack_start(PresetMenu(self._config, self.window, self.say), False, False, 0)
        row.pack_start(export, True, True, 0)
        self.add(row)
        return export

    def on_overview(self, overview: View) -> None:
        """The preview and the candidates show what was read."""
        super().on_overview(overview)
        self._candidates.show_layer(overview)

    def on_image_change(self) -> None:
        """What was known of the layers holds no longer."""
        self._predictions.forget()
        self._failures.clear()
        self._pickers.show_marks()
        self._follow()

    def _follow(self) -> None:
        """Show what is known of what is wanted, and have the network asked for the rest."""
        if not in_image(self._layer):  # which was said when it went
            return
        settings = Settings.of(self._config)
        self._gray(settings)
        wanted = self._predictions.question(self._layer, settings)
        answer = self._predictions.known(self._layer, settings)
        final = answer is not None and not answer.rough
        self._export.set_sensitive(final)
        if not final and wanted in self._failures:
            self._found_row.show_found(None)
            self.fail(self._failures[wanted])
            return
        if not self._asked:  # what is under way ends by following
            self._ask_for_more(settings, None if final else wanted)
        self._offer(settings)
        if answer is not None:
            self._show_answer(settings, answer)

    def _show_answer(self, settings: Settings, answer: Answer) -> None:
        question = self._predictions.question(self._layer, settings)
        seen = self._predictions.sampler.known(question)
        quick = replace(answer, luts=tuple(map(self._coarse, answer.luts)))
        try:
            correction = finish(settings, quick, seen, self._known_colors(settings))
        except Exception as error:
            self.fail(error)
            return
        remarks = [self._predictions.sampler.remark(self._layer)]
        by_filters = settings.output == editable_filters.OUTPUT and editable_filters.AVAILABLE
        if by_filters and seen is not None and len(correction.luts) == 1:
            lut, remark = editable_filters.as_shown(self._layer, correction.whole, seen.picture)
            self.show(lut)
            remarks.append(remark)
        else:
            self.show(correction.whole)
        if answer.rough:
            self.say(_("Looking closer…"))
            return
        self._correction = correction
        self._settle_later(quick, answer)
        self._show_found(settings, answer)
        self.be_ready("\n".join(filter(None, remarks)))

    def _coarse(self, lut: Held) -> Held:
        """What is adjusted while a slider moves, made once."""
        if self._coarse_luts.get(lut) is None:
            self._coarse_luts[lut] = engine.call("coarse", lut)
        return self._coarse_luts[lut]

    def _settle_later(self, quick: Answer, answer: Answer) -> None:
        """Have the LUT as fine as it is once nothing changes, if it was made quickly."""
        self._stop_settling()
        if any(one.facts["size"] != other.facts["size"]
               for one, other in zip(quick.luts, answer.luts, strict=True)):  # fmt: skip
            self._settling = GLib.timeout_add(REST, self._settle)

    def _settle(self) -> bool:
        self._settling = 0
        if not self._closed and self._correction is not None:
            self._correction = self._whole(self._correction)
            self.show(self._correction.whole)
        return GLib.SOURCE_REMOVE

    def _stop_settling(self) -> None:
        if self._settling:
            GLib.source_remove(self._settling)
            self._settling = 0

    def _whole(self, quick: Correction) -> Correction:
        """The correction as it will be applied, of one that was made quickly."""
        settings = Settings.of(self._config)
        answer = self._predictions.known(self._layer, settings)
        if answer is None or answer.rough:
            return quick
        seen = self._predictions.sampler.known(self._predictions.question(self._layer, settings))
        return finish(settings, answer, seen, self._known_colors(settings))

    def _show_found(self, settings: Settings, answer: Answer) -> None:
        """What is said of an answer is worked out once."""
        question = self._predictions.question(self._layer, settings)
        seen = self._predictions.sampler.known(question)
        luts = chosen_luts(settings, answer)
        if seen is None or settings.candidate == UNTOUCHED:
            self._found_row.show_found(None)
            return
        key = tuple(map(id, luts))
        if key not in self._found:
            self._found = {key: found_in(luts, answer.masks, seen, settings.lights == "several")}
            self._found_row.show_found(self._found[key])

    def _known_colors(self, settings: Settings) -> list[Known]:
        """The colors of the picks, read once."""
        key = self._predictions.revision, settings.neutral_picks, settings.skin_picks
        if self._known[0] != key:
            self._known = key, known_colors(self._layer, settings)
            self._pickers.show_marks()
        return self._known[1]

    def _strip(self, settings: Settings) -> dict[str, Question]:
        """What is asked for the strip of candidates, in this order."""
        plain = replace(settings, lights="one", candidate=1, method="lut", iterations=1)
        direct = self._predictions.question(self._layer, plain)
        return {
            "candidates": replace(direct, wanted="candidates"),
            "balancer": replace(direct, method="balancer"),
        }

    def _offer(self, settings: Settings) -> None:
        """Show the candidates that are known."""
        found = {
            name: self._predictions.asker.known(question)
            for name, question in self._strip(settings).items()
        }
        luts = {}
        if (answer := found["candidates"]) is not None:
            luts = dict(enumerate(answer.luts[: BALANCED - 1], start=1))
        if (answer := found["balancer"]) is not None:
            luts[BALANCED] = answer.luts[0]
        if luts:  # until there are new ones, those of before stay
            luts[UNTOUCHED] = self._untouched(settings)
            self._candidates.offer(luts)
        self._candidates.press(settings.candidate)

    def _untouched(self, settings: Settings) -> Held:
        if self._identity is None:
            self._identity = untouched(settings.lut_size).luts[0]
        return self._identity

    def _ask_for_more(self, settings: Settings, wanted: Question | None) -> None:
        """Ask for what is wanted, or else for the candidates."""
        if wanted is not None:
            self._ask(wanted)
            return
        for question in self._strip(settings).values():
            known = self._predictions.asker.known(question)
            if (known is None or known.rough) and question not in self._failures:
                self._ask(question, quietly=True)
                return

    def _gray(self, settings: Settings) -> None:
        """What cannot be turned says why."""
        several = settings.lights == "several"
        other = settings.candidate != 1
        lone = _("Several lights are predicted in one way only.") if several else ""
        lone = lone or (_("The chosen candidate was predicted in its own way.") if other else "")
        for name in ("iterations", "method"):
            self.explain(name, lone)
        nothing = Gimp.Selection.is_empty(self._image) if self._image.is_valid() else True
        self.explain("sample-from", _("Nothing is selected.") if nothing else "")
        alone = _("Only one layer is selected.") if len(self._layers) < 2 else ""
        self.explain("several-layers", alone)
        self._candidates.allow(not several, _("Candidates are for one light."))

    def _ask(self, question: Question, quietly: bool = False) -> None:
        self._asked = question
        if not quietly:
            self.say(_("Loading…") if self._correction is None else _("Looking again…"))
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
            self._failures[asked] = error
        self._follow()

    def _on_change(self) -> None:
        self._failures.clear()  # errors of the past do not count
        self._follow()

    def _on_key_press(self, _window: Gtk.Widget, event: Gdk.EventKey) -> bool:
        """1 to 6 choose a candidate, B held shows the picture before, N and K pick."""
        if isinstance(self.window.get_focus(), Gtk.Entry) or event.state & _WITH_OTHERS:
            return False
        key = Gdk.keyval_name(Gdk.keyval_to_lower(event.keyval)) or ""
        if key in "123456" and self._candidates.has(int(key)):
            if self._candidates.get_sensitive():
                self._config.set_property("candidate", int(key))
        elif key == "b":
            self._stop_key_timer()
            self._preview.hold_before(True)
        elif key in _PICKER_KEYS:
            self._pickers.toggle(_PICKER_KEYS[key])
        elif key in ("0", "9"):
            self._preview.zoom("fit" if key == "0" else "actual")
        elif key == "BackSpace":
            self._pickers.forget_last()
        else:
            return False
        return True

    def _on_key_release(self, _window: Gtk.Widget, event: Gdk.EventKey) -> bool:
        if Gdk.keyval_to_lower(event.keyval) != Gdk.KEY_b:
            return False

        def let_go() -> bool:
            self._key_timer = 0
            self._preview.hold_before(False)
            return GLib.SOURCE_REMOVE

        self._stop_key_timer()
        self._key_timer = GLib.timeout_add(KEY_UP, let_go)
        return False

    def _stop_key_timer(self) -> None:
        if self._key_timer:
            GLib.source_remove(self._key_timer)
            self._key_timer = 0

    def _on_export(self, _button: Gtk.Button) -> None:
        if self._correction is None:
            return
        correction = self._whole(self._correction)
        settings = Settings.of(self._config)

        def write(path: Path, points: int) -> list[str]:
            return save_correction(correction, self._layer, settings, path, points)

        saved = choose_and_save(self.window, correction.luts[0], self._image, "lighting", write)
        if saved:
            self.say(_("Saved as {file}.").format(file=saved.name))
