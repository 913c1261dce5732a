"""Many pictures, one after the other, whatever becomes of each."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from colorfix_core.errors import ColorFixError
from colorfix_core.jobs.plan import Job
from colorfix_core.messages import listening


def each(jobs: Sequence[Job], work: Callable[[Path, Path], None], debug: bool = False) -> int:
    """Do all jobs and say what became of them.

    Every target is printed to standard output when it is there; failures, and what the work
    tells its user, go to standard error, each sentence once.

    Parameters
    ----------
    work : called with source and target; raises ImageError or LutFileError where it fails. What
        else it raises fails one picture, too, and is said to be unexpected.
    debug : whether to print tracebacks

    Returns
    -------
    How many have failed.
    """
    failed, said = 0, set[str]()
    # disable=None shows no bar where standard error is not a terminal.
    for source, target in tqdm(jobs, unit="picture", disable=None if len(jobs) > 1 else True):
        with listening() as told:
            failure = _failure(work, source, target, debug)
        if failure:
            failed += 1
            told.append(failure)
        else:
            tqdm.write(str(target))
        say(sentence for sentence in told if sentence not in said)
        said.update(told)
    if failed and len(jobs) > 1:
        say([f"{failed} of {len(jobs)} pictures failed"])
    return failed


@contextmanager
def telling() -> Iterator[None]:
    """Say what is told inside the block at its end, however it ends."""
    with listening() as told:
        try:
            yield
        finally:
            say(told)


def say(sentences: Iterable[str]) -> None:
    """Print sentences to standard error, above a progress bar if there is one."""
    for sentence in sentences:
        tqdm.write(f"colorfix: {sentence}", file=sys.stderr)


def _failure(
    work: Callable[[Path, Path], None], source: Path, target: Path, debug: bool
) -> str | None:
    """Do one job; the sentence that says why it has failed, if it has."""
    try:
        work(source, target)
    except Exception as error:
        if debug:
            tqdm.write(traceback.format_exc(), file=sys.stderr)
        return _explained(error, source)
    return None


def _explained(error: Exception, source: Path) -> str:
    """One sentence that names the picture, the cause and what to do."""
    match error:
        case ColorFixError():
            return str(error)
        case _ if _lacks_memory(error):
            return f"{source} is too large for the memory; close other programs, or make it smaller"
        case ModuleNotFoundError():
            return f"{source} needs the Python package {error.name}; run install.py to get it"
    kind = f"{type(error).__name__}: {error}"
    return f"{source}: unexpected error ({kind}); run again with --debug and report it, please"


def _lacks_memory(error: Exception) -> bool:
    """Whether this is, by any name, that there is no memory: threads need some, too."""
    out_of = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return isinstance(error, MemoryError) or out_of or "start new thread" in str(error)
