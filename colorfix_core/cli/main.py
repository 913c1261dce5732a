"""The command ``colorfix``: correct pictures, and make and apply LUT files, without GIMP.

Exit codes: 0, all done; 1, something failed, and standard error says what (the other pictures
were still worked on); 2, the command line makes no sense, and nothing was done; 130, interrupted;
143, told to end.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
import warnings
from types import FrameType
from typing import NoReturn

from colorfix_core.cli.arguments import COMMANDS, parser
from colorfix_core.cli.commands import VERBS
from colorfix_core.errors import ColorFixError
from colorfix_core.jobs.plan import UsageError
from colorfix_core.messages import listening


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _print_any_name()
    leave_when_told()
    with listening() as told:
        code = _run(arguments)
    for sentence in told:
        _say(sentence)
    return code


def _run(arguments: list[str] | None) -> int:
    try:
        options = parser(COMMANDS, VERBS).parse_args(arguments)
        _silence_libraries()
        return int(options.run(options))
    except UsageError as error:
        return _fail(error, 2)
    except ColorFixError as error:
        return _fail(error, 1)
    except ModuleNotFoundError as error:
        return _fail(f"the Python package {error.name} is missing; run install.py to get it", 1)
    except OSError as error:  # a name too long, or nobody reads what is printed
        return _fail(error, 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)


def _print_any_name() -> None:
    """File names need not be valid text; they are printed as the bytes that they are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")


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
    raise SystemExit(128 + number)


def _fail(reason: object, code: int) -> int:
    _say(reason)
    return code


def _say(sentence: object) -> None:
    print(f"colorfix: {sentence}", file=sys.stderr)
