"""Work in a thread that nobody has to wait for: a cancelled dialog ends the plug-in at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

Result = TypeVar("Result")
Given = ParamSpec("Given")


def start_work(
    work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Future[Result]:
    """Start work(...); its result or error will be in the future."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work(*given, **named))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
