"""For a filter that was unpacked without the installer: what is missing, and an offer of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from colorfix_gimp import runtime
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.failures import Cancelled, Failure, sentence
from colorfix_gimp.gimp import GLib
from colorfix_gimp.gtk import GimpUi, Gtk
from colorfix_gimp.translation import DOMAIN, _

if TYPE_CHECKING:  # it lies beside the filter where that was installed or unpacked whole
    from installer.first_run import Offer
    from installer.progress import Progress

WIDTH = 480
WORTH_TELLING = 10**6  # bytes; before that nothing has begun
_LABEL: dict[str, Any] = {"xalign": 0, "wrap": True, "max_width_chars": 60}


def set_up(missing: runtime.Missing) -> None:
    """Have the runtime made, if the user agrees; nothing is fetched before.

    Raises
    ------
    Cancelled
        If the user does not want it, or no more.
    Missing, Failure
        If it cannot be offered.
    """
    try:
        from installer import InstallError, first_run
    except ImportError:
        raise missing from None
    try:
        offer = first_run.offer(runtime.HERE, runtime.tag())
        if offer.plan.ready:  # another GIMP has it, and only the note of it was missing
            first_run.accept(offer, lambda _progress: None, lambda: False)
            return
    except (InstallError, OSError) as error:
        raise Failure(_reason(error)) from error
    GimpUi.init(DOMAIN)
    _SetUp(offer).run()


class _SetUp:
    """The dialog: at first an offer, then a bar that moves, and after a failure an offer again."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._stop = threading.Event()
        self._works = self._done = False
        self._dialog = Gtk.Dialog(title=_("Set Up Remove Colored Lighting"), resizable=False)
        self._dialog.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
        self._ok = Gtk.Button(
            label=_("_Download and Set Up"), use_underline=True, can_default=True, visible=True
        )
        self._dialog.add_action_widget(self._ok, Gtk.ResponseType.OK)
        self._dialog.set_default_response(Gtk.ResponseType.OK)
        self._bar = Gtk.ProgressBar(show_text=True, no_show_all=True)
        self._status = _label("", no_show_all=True)
        self._fill(self._dialog.get_content_area())

    def run(self) -> None:
        """Show the dialog until the runtime is there; Cancelled if it will not be."""
        try:
            while True:
                answer = self._dialog.run()
                if self._done:
                    return
                if answer == Gtk.ResponseType.OK:
                    self._begin()
                elif not self._works:
                    raise Cancelled
                else:  # the work ends within a second, and answers
                    self._stop.set()
                    self._status.set_text(_("Cancelling…"))
        finally:
            self._dialog.destroy()

    def _fill(self, area: Gtk.Box) -> None:
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12, border_width=18)
        head = _label("")
        head.set_markup("<b>{}</b>".format(GLib.markup_escape_text(_("One step is missing"))))
        offered = _(
            "The filter works with PyTorch and other Python packages, which are not there yet. "
            "They can be downloaded now; later runs need no network."
        )
        promise = _("Nothing is downloaded before you agree, and only your own folders change.")
        for widget in (head, _label(offered), self._facts(), _label(promise)):
            box.pack_start(widget, False, False, 0)
        box.pack_start(self._bar, False, False, 0)
        box.pack_start(self._status, False, False, 0)
        area.pack_start(box, True, True, 0)
        box.set_size_request(WIDTH, -1)
        box.show_all()

    def _facts(self) -> Gtk.Grid:
        """How much, where to, and how long."""
        offer = self._offer
        minutes = _("about {minutes} min at 80 Mbit/s").format(minutes=offer.minutes)
        rows = {
            _("Download:"): GLib.format_size(offer.fetched),
            _("On disk:"): GLib.format_size(offer.written),
            _("Folder:"): str(offer.plan.folder),
            _("Time:"): minutes,
        }
        grid = Gtk.Grid(column_spacing=12, row_spacing=6)
        for row, (name, value) in enumerate(rows.items()):
            grid.attach(_label(name, wrap=False), 0, row, 1, 1)
            grid.attach(_label(value, selectable=True, can_focus=False), 1, row, 1, 1)
        return grid

    def _begin(self) -> None:
        """Make the runtime in a thread."""
        from installer import first_run

        self._works = True
        self._stop.clear()
        self._ok.set_sensitive(False)
        self._bar.set_fraction(0)
        self._bar.set_text(_("Preparing…"))
        self._bar.show()
        self._status.hide()
        made = start_work(
            first_run.accept,
            self._offer,
            self._on_progress,
            self._stop.is_set,
        )
        made.add_done_callback(lambda done: GLib.idle_add(self._on_end, done.exception()))

    def _on_progress(self, progress: Progress) -> None:
        GLib.idle_add(self._show, progress)

    def _show(self, progress: Progress) -> bool:
        if progress.done < WORTH_TELLING:
            return GLib.SOURCE_REMOVE
        done, total = (GLib.format_size(size) for size in (progress.done, progress.total))
        rate = GLib.format_size(int(progress.rate))
        self._bar.set_fraction(progress.fraction)
        self._bar.set_text(
            _("{done} of {total}, {rate} per second").format(done=done, total=total, rate=rate)
        )
        return GLib.SOURCE_REMOVE

    def _on_end(self, error: BaseException | None) -> bool:
        self._works, self._done = False, error is None
        if error is None or self._stop.is_set():
            self._dialog.response(Gtk.ResponseType.NONE)
            return GLib.SOURCE_REMOVE
        self._bar.hide()
        self._status.set_text(_reason(error))
        self._status.show()
        self._ok.set_label(_("_Try Again"))
        self._ok.set_sensitive(True)
        return GLib.SOURCE_REMOVE


def _label(text: str, **more: Any) -> Gtk.Label:
    return Gtk.Label(**_LABEL | {"label": text} | more)


def _reason(error: BaseException) -> str:
    """What went wrong; the installer's errors are sentences already, but for their ends."""
    from installer import InstallError

    if isinstance(error, InstallError):
        text = str(error)
        return _("It could not be set up: {reason}.").format(reason=text.rstrip("."))
    if isinstance(error, OSError):
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return _("It could not be set up: {reason}.").format(reason=text)
    return sentence(error) if isinstance(error, Exception) else str(error)
