"""One sentence for the user whatever goes wrong, and a GIMP status for the caller.

COLORFIX_DEBUG=1 in GIMP's environment shows on its standard error where errors happened, in the
warm process as well; `colorfix_core.errors`, which says so too, may be missing here.
"""

import errno
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from colorfix_gimp.gimp import Gimp, GLib, GObject
from colorfix_gimp.translation import _

Results = list[GObject.Value] | None


class Failure(Exception):
    """What happened and what to do about it, in one sentence."""


class Cancelled(Exception):
    """The user has closed the dialog."""


def reporting(run: Callable[..., Results]) -> Callable[..., Gimp.ValueArray]:
    """Wrap a run function: it returns None or a list of results, and raises what went wrong."""

    def guarded(procedure: Gimp.Procedure, *arguments: Any) -> Gimp.ValueArray:
        try:
            results = run(procedure, *arguments)
        except Cancelled:
            return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
        except Exception as error:
            reason: GLib.Error = GLib.Error.new_literal(
                Gimp.PlugIn.error_quark(), sentence(error), 0
            )
            return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, reason)
        values = procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)
        for position, value in enumerate(results or [], start=1):
            values.remove(position)
            values.insert(position, value)
        return values

    return guarded


def sentence(error: Exception) -> str:
    """The text to show for an error; those nobody foresaw leave a traceback on stderr."""
    text = _foreseen(error)
    if text is None or os.environ.get("COLORFIX_DEBUG", "0") not in ("", "0"):
        traceback.print_exception(error, file=sys.stderr)
    return text or _(
        "An unexpected error stopped the filter; start GIMP from a terminal with COLORFIX_DEBUG=1 "
        "to see its details: {error}"
    ).format(error=f"{type(error).__name__}: {error}")


def _foreseen(error: Exception) -> str | None:
    """What the user is told of an error that somebody thought of."""
    if _is_from_core(error, "DeviceError"):
        return _("The graphics card cannot be used; choose Automatic or Processor as the device.")
    if isinstance(error, Failure) or _is_from_core(error, "ColorFixError"):
        return str(error)
    if isinstance(error, ImportError):
        return _("The filter's runtime is incomplete ({error}); run install.py again.").format(
            error=error
        )
    if isinstance(error, MemoryError):
        return _("There is not enough memory; close other images or programs and try again.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("The disk is full; free some space and try again.")
    return None


def _is_from_core(error: Exception, kind: str) -> bool:
    """Whether an error is of a kind of the core's; the core may be too broken to import."""
    errors = sys.modules.get("colorfix_core.errors")
    return errors is not None and isinstance(error, getattr(errors, kind))
