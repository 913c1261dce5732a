"""The command ``colorfix``: correct pictures, and make and apply LUT files, without GIMP.

Exit codes: 0, all done; 1, something failed, and standard error says what (the other pictures
were still worked on); 2, the command line makes no sense, and nothing was done; 130, interrupted;
129 or 143, told to end.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
import warnings
from types import FrameType
from typing import NoReturn

from colorfix_core.cli import streams
from colorfix_core.cli.arguments import COMMANDS, parser
from colorfix_core.cli.commands import VERBS
from colorfix_core.errors import ColorFixError, debugging
from colorfix_core.jobs.plan import UsageError
from colorfix_core.messages import listening


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    streams.open_all()
    leave_when_told()
    with streams.patient() as failures, listening() as told:
        code = _run(arguments)
        for sentence in told:
            _say(sentence)
    for failure in failures:
        with streams.patient():
            _say(f"the names of the results could not be printed: {failure.strerror}")
        code = code or 1
    return code


def _run(arguments: list[str] | None) -> int:
    options = parser(COMMANDS, VERBS).parse_args(arguments)
    options.debug = options.debug or debugging()
    _silence_libraries()
    try:
        return int(options.run(options))
    except (Exception, KeyboardInterrupt) as error:
        if options.debug:
            traceback.print_exception(error)
        sentence, code = _explained(error)
        _say(sentence)
        return code


def _explained(error: BaseException) -> tuple[object, int]:
    """What the user is told of an error, and the exit code."""
    match error:
        case UsageError():
            return error, 2
        case ColorFixError():
            return error, 1
        case ModuleNotFoundError():
            return f"the Python package {error.name} is missing; run install.py to get it", 1
        case MemoryError():
            return "there is not enough memory; close other programs and try again", 1
        case OSError():  # a name too long, for example
            return f"{error.filename or 'a file'} cannot be used: {error.strerror or error}", 1
        case KeyboardInterrupt():
            return "interrupted", 130
    kind = type(error).__name__
    return f"unexpected error ({kind}: {error}); run again with --debug and report it, please", 1


def _silence_libraries() -> None:
    """Show nothing of what libraries may have to say; the user is told by `messages`."""
    import logging  # late, so that --help and mistakes answer at once

    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def leave_when_told() -> None:
    """Let what is half done be cleared away when the process is told to end."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # being told twice must not stop the clearing up
    raise SystemExit(128 + number)


def _say(sentence: object) -> None:
    print(f"colorfix: {sentence}", file=sys.stderr)
