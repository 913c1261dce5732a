"""Errors a user can meet. Each message is one sentence: what happened and what to do.

Where in the program an error happened is shown to who sets COLORFIX_DEBUG=1 in the environment
of command line or GIMP; for the command line, --debug does the same.
"""

import os
import sys
import traceback

DEBUG = "COLORFIX_DEBUG"


def debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get(DEBUG, "0") not in ("", "0")


def trace(error: BaseException) -> None:
    """Show where an error happened, if that is wanted."""
    if debugging():
        traceback.print_exception(error, file=sys.stderr)


class ColorFixError(Exception):
    """Base of every error whose text is meant for the user and needs no traceback."""


class ModelError(ColorFixError):
    """Weights are missing, damaged, or do not belong together."""


class LutFileError(ColorFixError):
    """A LUT file cannot be read or written; for text formats the message names the line."""


class ImageError(ColorFixError):
    """A picture cannot be read, corrected or written."""


class DeviceError(ColorFixError):
    """The requested device does not exist or has failed."""


class EngineError(ColorFixError):
    """What works on the pixels cannot be started, or was lost over it."""
