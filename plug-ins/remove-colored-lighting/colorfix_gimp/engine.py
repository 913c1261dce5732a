"""The engine of this run: all arithmetic on pixels is asked of it, wherever it works."""

from __future__ import annotations

from functools import cache
from typing import Any

from colorfix_core.engine import helper
from colorfix_core.engine.client import Client
from colorfix_core.engine.contract import Transport
from colorfix_core.service import processes
from colorfix_gimp import runtime

NETWORKS = "colorfix_core.service.server"


def call(operation: str, *arguments: Any) -> Any:
    """Have an operation done: see `colorfix_core.engine.client.Client.call`; from any thread."""
    return _client().call(operation, *arguments)


def prepare(with_networks: bool) -> None:
    """Have the processes start that will be asked; each loads what it needs meanwhile."""
    if with_networks:
        processes.prepare(runtime.installation(), NETWORKS)
    if runtime.engine() == runtime.HELPER:
        processes.prepare(runtime.installation(), helper.PROCESS)


def start() -> None:
    """Have the engine ready while other things are done."""
    call("identity_level", 1, 1)


@cache
def _client() -> Client:
    return Client(_helper if runtime.engine() == runtime.HELPER else _in_this_process)


def _helper() -> Transport:
    """The engine where GIMP's own Python cannot import the packages."""
    return helper.Helper(runtime.installation())


def _in_this_process() -> Transport:
    """The engine where the packages that it needs are those of GIMP's own Python."""
    from functools import partial

    from colorfix_core.engine.session import Session
    from colorfix_core.service import client

    return Session(partial(client.ask, runtime.installation()))
