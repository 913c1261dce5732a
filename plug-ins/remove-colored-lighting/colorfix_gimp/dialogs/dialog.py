"""What the dialogs of this plug-in share: a preview on the left, controls on the right."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from colorfix_core.engine.client import Held
from colorfix_gimp.dialogs.image_watch import ImageWatch, in_image
from colorfix_gimp.dialogs.preview import Preview
from colorfix_gimp.dialogs.views import View, glimpse, overview
from colorfix_gimp.failures import Cancelled, Failure, sentence
from colorfix_gimp.gimp import Gimp, GLib, GObject
from colorfix_gimp.gtk import Gdk, GimpUi, Gtk
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.boxes import selected
from colorfix_gimp.layers.encodings import view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.layers.sources import follows_source
from colorfix_gimp.prediction.outputs import NEW_LAYERS, refuse_unfit_for
from colorfix_gimp.translation import _

PREVIEW_SIZE = 560, 380
CONTROLS_WIDTH = 380
ROW_SPACING = 6
HEIGHT_OF_THE_REST = 250  # of a dialog, but for its controls, with all that the status may say


class FilterDialog:
    """GIMP's own dialog for a procedure's arguments, with a preview of a layer beside them."""

    def __init__(
        self,
        procedure: Gimp.Procedure,
        config: Gimp.ProcedureConfig,
        layers: Sequence[Gimp.Layer],
        title: str,
        arguments: Sequence[str],
        sliders: dict[str, float],
        glance: Glance | None,
    ) -> None:
        self._closed = False
        self._procedure, self._config, self._layers = procedure, config, layers
        title = f"{title} – {layers[0].get_name()}"
        self._dialog = GimpUi.ProcedureDialog.new(procedure, config, title)
        self._preview = Preview(layers[0], *PREVIEW_SIZE)
        # No spinner: drawing one takes the time that reading the layer needs.
        self._status = Gtk.Label(xalign=0, wrap=True, max_width_chars=36, visible=True)
        self._make_sliders(sliders)
        self._make_combo_boxes(procedure, arguments)
        self.controls = self._dialog.fill_box("controls", list(arguments))
        self._lay_out()
        if glance is not None:
            self.on_overview(glimpse(glance))
        else:  # what the network is waiting for comes first
            self.in_steps(self._show_layer(layers[0]), GLib.PRIORITY_LOW)

    def _lay_out(self) -> None:
        self.controls.set_size_request(CONTROLS_WIDTH, -1)
        self.controls.set_spacing(ROW_SPACING)
        row = Gtk.Box(spacing=18)
        row.pack_start(self._preview, True, True, 0)
        column = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        readout = Gtk.Label(xalign=0, visible=True, selectable=False)
        readout.get_style_context().add_class("dim-label")
        self._preview.read_out(readout.set_text)
        # A screen too low for all of them shows a part.
        self._scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER, visible=True)
        self._scrolled.add(self.controls)
        column.pack_start(self._scrolled, True, True, 0)
        column.pack_end(readout, False, False, 0)
        column.pack_end(self._status, False, False, 0)
        column.set_hexpand(False)  # room that the dialog is given belongs to the preview
        row.pack_end(column, False, False, 0)
        row.show()
        column.show()
        self.controls.show()
        self._dialog.get_content_area().pack_start(row, True, True, 0)

    def _make_sliders(self, sliders: dict[str, float]) -> None:
        """Sliders in place of bare numbers, all of one length."""
        self._numbers = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
        self._sliders = list(sliders)
        for name, factor in sliders.items():
            slider = self._dialog.get_scale_entry(name, factor)
            self._numbers.add_widget(slider.get_spin_button())

    def _make_combo_boxes(self, procedure: Gimp.Procedure, arguments: Sequence[str]) -> None:
        """A combo box for each choice, so that both take the same room and have a key.

        Since 3.1 GIMP would make a frame of radio buttons where there is little to choose from.
        """
        for name in arguments:
            if name == "output":
                editable_filters.gray_out(procedure.find_argument(name))
            if procedure.find_argument(name).value_type == GObject.TYPE_STRING:
                self._dialog.get_widget(name, Gtk.ComboBox.__gtype__)

    def add_expander(self, label: str, arguments: Sequence[str], open_: bool) -> Gtk.Expander:
        """Put controls below the others where they are seen if they are wanted."""
        self._make_combo_boxes(self._procedure, arguments)
        box = self._dialog.fill_box(f"box-{arguments[0]}", list(arguments))
        box.set_spacing(ROW_SPACING)
        box.set_margin_start(12)
        expander = Gtk.Expander(label=label, use_underline=True, expanded=open_)
        expander.connect("notify::expanded", lambda *_: self.when_idle(self._fit_controls))
        expander.add(box)
        self.add(expander)
        return expander

    def _fit_controls(self) -> None:
        """Give the controls their height, as far as the screen has it."""
        _least, wanted = self.controls.get_preferred_height()
        display = Gdk.Display.get_default()
        monitor = display.get_monitor(0) if display else None
        room = monitor.get_workarea().height if monitor else wanted
        self._scrolled.set_min_content_height(max(1, min(wanted, room - HEIGHT_OF_THE_REST)))

    def below_preview(self, widget: Gtk.Widget) -> None:
        """Put something below the preview."""
        self._preview.pack_start(widget, False, False, 0)

    def explain(self, argument: str, reason: str) -> None:
        """Let a control be greyed for a reason, which its tooltip says; an empty one frees it."""
        widget = self.widget_of(argument)
        widget.set_sensitive(not reason)
        blurb = self._procedure.find_argument(argument).get_blurb()
        widget.set_tooltip_text(reason or blurb)

    def add(self, widget: Gtk.Widget, first: bool = False) -> None:
        """Put a widget below the controls, or above them."""
        self.controls.pack_start(widget, False, False, 0)
        if first:
            self.controls.reorder_child(widget, 0)
        widget.show_all()

    def widget_of(self, argument: str) -> Any:
        """The widget that GIMP has made for an argument, of whatever kind."""
        return self._dialog.get_widget(argument, GObject.TYPE_NONE)

    @property
    def window(self) -> Gtk.Window:
        """The dialog's window."""
        return self._dialog

    def run(self) -> None:
        """Show the dialog until it is answered.

        Raises
        ------
        Cancelled
            If the answer is not OK.
        """
        self._let_labels_reset()
        self._fit_controls()
        watch = ImageWatch(self._layers, self._on_image_change)
        accepted = self._dialog.run()
        self._closed = True
        watch.end()
        self._dialog.destroy()
        if not accepted:
            raise Cancelled

    def _let_labels_reset(self) -> None:
        """A double click on a number's label gives the number its default back."""
        self._dialog.add_events(Gdk.EventMask.BUTTON_PRESS_MASK)
        self._dialog.connect("button-press-event", self._on_label)

    def _on_label(self, window: Gtk.Widget, event: Gdk.EventButton) -> bool:
        if event.type != Gdk.EventType.DOUBLE_BUTTON_PRESS:
            return False
        for name in self._sliders:
            label = self.widget_of(name).get_label()
            if not label.get_mapped() or event.window != label.get_window():
                continue
            place = label.get_allocation()
            if 0 <= event.x - place.x < place.width and 0 <= event.y - place.y < place.height:
                default = self._procedure.find_argument(name).get_default_value()
                self._config.set_property(name, default)
                return True
        return False

    def _on_image_change(self) -> None:
        """The image was changed while the dialog is open."""
        gone = [layer for layer in self._layers if not in_image(layer)]
        if gone:
            self.show(None)
            self._refuse(
                Failure(_("A layer has gone from the image; undo that, or cancel this dialog."))
            )
            return
        view_of.cache_clear()
        self.in_steps(self._show_layer(self._layers[0]), GLib.PRIORITY_LOW)
        self.on_image_change()

    def on_image_change(self) -> None:
        """Called after a change of the image; what follows from it is to be made anew."""
        self.be_ready()

    def say(self, text: str) -> None:
        """One line on what is going on; empty when all is well."""
        self._status.set_text(text)

    def show(self, correction: Held | None) -> None:
        """Show what a correction makes of the layer; None: show the layer alone."""
        self._preview.show_correction(correction)

    def allow_ok(self, allowed: bool) -> None:
        """Whether OK can be pressed."""
        self._dialog.set_response_sensitive(Gtk.ResponseType.OK, allowed)

    def be_ready(self, text: str = "") -> None:
        """Allow OK, unless it is known that these layers will then be refused."""
        output = self._config.get_property("output")
        try:
            refuse_unfit_for(self._layers, output)
            for layer in self._layers:
                selected(layer)
        except Failure as error:
            self._refuse(error)
            return
        self.say("\n".join(filter(None, [text, self._hint(output)])))
        self.allow_ok(True)

    def _hint(self, output: str) -> str:
        """What is worth knowing before OK."""
        by_filters = output == editable_filters.OUTPUT
        changes_pixels = not by_filters and output not in NEW_LAYERS
        if by_filters and any(map(editable_filters.has_own, self._layers)):
            return _("OK replaces the filters that an earlier correction has put on the layer.")
        if changes_pixels and any(map(follows_source, self._layers)):
            return _(
                "OK rasterizes the layer; choose a new layer as output to keep its text, path or "
                "link."
            )
        if self._layers[0].get_filters():
            return _("Filters on the layer stay on top; they are not shown here.")
        return ""

    def fail(self, error: Exception) -> None:
        """Say what is wrong, show no correction and refuse OK until something else is chosen."""
        self.show(None)
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        self.say(sentence(error))
        self.allow_ok(False)

    def when_idle(
        self,
        action: Callable[..., None],
        *arguments: Any,
        priority: int = GLib.PRIORITY_DEFAULT_IDLE,
    ) -> None:
        """Call back in the main thread, unless the dialog is closed by then; from any thread."""

        def call() -> bool:
            if not self._closed:
                action(*arguments)
            return GLib.SOURCE_REMOVE

        GLib.idle_add(call, priority=priority)

    def in_steps(
        self, steps: Generator[None, None, None], priority: int = GLib.PRIORITY_DEFAULT_IDLE
    ) -> None:
        """Run a generator to its end while the dialog stays usable."""

        def step() -> None:
            try:
                next(steps)
            except StopIteration:
                return
            except Exception as error:
                self.fail(error)
                return
            self.when_idle(step, priority=priority)

        self.when_idle(step, priority=priority)

    def _show_layer(self, layer: Gimp.Layer) -> Generator[None, None, None]:
        self.on_overview((yield from overview(layer)))

    def on_overview(self, overview: View) -> None:
        """Show the layer, now that it was read."""
        self._preview.show_layer(overview)


def exclude(one: Gtk.Expander, other: Gtk.Expander) -> None:
    """Let an expander close where another opens: small screens have no room for both."""

    def on_change(expander: Gtk.Expander, _property: object, neighbor: Gtk.Expander) -> None:
        if expander.get_expanded():
            neighbor.set_expanded(False)

    one.connect("notify::expanded", on_change, other)
    other.connect("notify::expanded", on_change, one)
