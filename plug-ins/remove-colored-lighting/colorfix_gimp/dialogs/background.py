"""Work in a thread that nobody has to wait for: a cancelled dialog ends the plug-in at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future


def in_background(work: Callable, *arguments) -> Future:
    """Start work(*arguments); its result or error will be in the future."""
    future: Future = Future()

    def run() -> None:
        try:
            future.set_result(work(*arguments))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
