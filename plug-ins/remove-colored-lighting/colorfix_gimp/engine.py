"""The engine of this run: all arithmetic on pixels is asked of it, wherever it works."""

from __future__ import annotations

from functools import cache
from typing import Any

from colorfix_core.engine.client import Client
from colorfix_core.engine.contract import Transport
from colorfix_core.service import processes
from colorfix_gimp import runtime

NETWORKS = "colorfix_core.service.server"


def call(operation: str, *arguments: Any) -> Any:
    """Have an operation done: see `colorfix_core.engine.client.Client.call`; from any thread."""
    return _client().call(operation, *arguments)


def start() -> None:
    """Have the engine ready while other things are done."""
    call("identity_level", 1, 1)


def prepare_networks() -> None:
    """Have the networks load meanwhile, in a process of their own."""
    processes.prepare(runtime.installation(), NETWORKS)


@cache
def _client() -> Client:
    return Client(_in_this_process)


def _in_this_process() -> Transport:
    """The engine where the packages that it needs are those of GIMP's own Python."""
    from functools import partial

    from colorfix_core.engine.session import Session
    from colorfix_core.service import client

    return Session(partial(client.ask, runtime.installation()))
