"""Export LUT…: where to, how fine, in which format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from colorfix_core.engine.client import Held
from colorfix_gimp.failures import sentence
from colorfix_gimp.gimp import Gimp, GLib
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.lut_files import errors_of_sizes, fitting_size, save, writable
from colorfix_gimp.settings import local_path
from colorfix_gimp.translation import _


def choose_and_save(
    parent: Gtk.Window | None,
    lut: Held,
    image: Gimp.Image,
    name: str,
    write: Callable[[Path, int], list[str]] | None = None,
) -> Path | None:
    """Ask for a file and write the LUT; returns the file, or None if nothing was written.

    The file that is offered lies beside the image's own; `name` is for images without one. `write`
    writes it where there is more than one: it is given file and size, and says what is to be read.
    """
    chooser = _make_chooser(parent)
    picture = local_path(image.get_file()) if image.is_valid() else None
    _suggest(chooser, picture, name)
    size, kind = _add_choices(chooser, lut)
    try:
        while chooser.run() == Gtk.ResponseType.ACCEPT:
            typed = chooser.get_filename()
            if typed is None:
                continue
            path = _with_extension(Path(typed), kind.get_active_id() or ".cube")
            if not _may_write(chooser, path, picture):
                continue
            try:
                points = int(size.get_active_id() or 33)
                notes = write(path, points) if write else save(lut, path, points)
            except Exception as error:
                _tell(chooser, sentence(error))
            else:
                for note in notes:
                    _tell(chooser, note)
                return path
        return None
    finally:
        chooser.destroy()


def _make_chooser(parent: Gtk.Window | None) -> Gtk.FileChooserDialog:
    chooser = Gtk.FileChooserDialog(
        title=_("Export Color LUT"), transient_for=parent, action=Gtk.FileChooserAction.SAVE
    )
    chooser.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
    chooser.add_button(_("_Export"), Gtk.ResponseType.ACCEPT)
    chooser.set_default_response(Gtk.ResponseType.ACCEPT)
    return chooser


def _suggest(chooser: Gtk.FileChooserDialog, picture: Path | None, name: str) -> None:
    chooser.set_current_folder(str(picture.parent) if picture else GLib.get_home_dir())
    chooser.set_current_name(f"{picture.stem}-lut.cube" if picture else f"{name}.cube")


def _may_write(chooser: Gtk.Window, path: Path, picture: Path | None) -> bool:
    """Whether nothing is lost, or the user agrees; GTK would ask before the extension is added."""
    if picture is not None and path.exists() and path.samefile(picture):
        _tell(chooser, _("That is the picture itself; choose another name."))
        return False
    question = _("“{file}” exists already; replace it?").format(file=path.name)
    return not path.exists() or _tell(chooser, question, Gtk.ButtonsType.YES_NO)


def _add_choices(
    chooser: Gtk.FileChooserDialog, lut: Held
) -> tuple[Gtk.ComboBoxText, Gtk.ComboBoxText]:
    """Combo boxes for size and format; a new format renames the file and offers its size."""
    labels = {str(points): _size_label(points, off) for points, off in errors_of_sizes(lut).items()}
    size, kind = _combo(labels, str(fitting_size(lut))), _combo(writable(), ".cube")

    def on_kind(combo: Gtk.ComboBoxText) -> None:
        extension = combo.get_active_id() or ".cube"
        _rename(chooser, extension)
        size.set_active_id(str(fitting_size(lut, extension)))

    kind.connect("changed", on_kind)
    row = Gtk.Box(spacing=6)
    for text, combo in ((_("_Size:"), size), (_("_Format:"), kind)):
        label = Gtk.Label(label=text, use_underline=True, mnemonic_widget=combo)
        row.pack_start(label, False, False, 0)
        row.pack_start(combo, False, False, 6)
    row.show_all()
    chooser.set_extra_widget(row)
    return size, kind


def _size_label(points: int, off: float) -> str:
    if off < 1:
        return _("{n} points").format(n=points)
    return _("{n} points, off by up to {levels} of 255").format(n=points, levels=round(off))


def _combo(labels: dict[str, str], active: str) -> Gtk.ComboBoxText:
    combo = Gtk.ComboBoxText()
    for key, label in labels.items():
        combo.append(key, label)
    combo.set_active_id(active)
    return combo


def _rename(chooser: Gtk.FileChooserDialog, extension: str) -> None:
    chooser.set_current_name(Path(chooser.get_current_name() or "").stem + extension)


def _with_extension(path: Path, extension: str) -> Path:
    """The name as typed if it says a known format, else with the chosen extension."""
    return path if path.suffix.lower() in writable() else path.with_name(path.name + extension)


def _tell(parent: Gtk.Window, text: str, buttons: Gtk.ButtonsType = Gtk.ButtonsType.CLOSE) -> bool:
    """Show a sentence; returns whether the answer is Yes."""
    message = Gtk.MessageDialog(
        transient_for=parent,
        modal=True,
        message_type=Gtk.MessageType.WARNING,
        buttons=buttons,
        text=text,
    )
    answer = message.run()
    message.destroy()
    return answer == Gtk.ResponseType.YES
