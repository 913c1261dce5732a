"""Saying whether the filter works, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

from installer import InstallError, launcher, plug_in, say
from installer.gimp import Gimp, prove
from installer.requirements import SOURCE


def check(chosen: list[Gimp], as_json: bool) -> None:
    """Prove the filter in each GIMP and say how it is.

    Raises
    ------
    InstallError : it does not work in one of them; with `as_json`, after everything was printed
    """
    facts = [_facts(gimp) for gimp in chosen]
    command = launcher.path()
    if as_json:
        print(json.dumps({
            "version": plug_in.version_in(SOURCE),
            "gimps": facts,
            "command": str(command) if command.exists() else None,
            "command_on_path": command.exists() and launcher.how_to_find(command) is None,
        }, indent=1))  # fmt: skip
    for fact in facts:
        if not as_json:
            _tell(fact)
    for fact in facts:
        if fact["error"]:
            raise InstallError(fact["error"])


def _facts(gimp: Gimp) -> dict[str, Any]:
    """What is known of the filter in a GIMP."""
    facts: dict[str, Any] = {
        "kind": gimp.found.kind,
        "program": gimp.found.place,
        "gimp": gimp.version,
        "python": ".".join(map(str, gimp.python.version)),
        "tag": gimp.tag,
        "plug_in": str(gimp.plug_in),
        "installed_version": plug_in.version_in(gimp.plug_in),
        "packages": None,
        "engine": None,
        "why": None,
        "error": None,
    }
    try:
        runtime = plug_in.runtime_of(gimp.plug_in, gimp.tag)
        prove(gimp)
        facts |= {
            "packages": runtime.site_packages,
            "engine": runtime.engine,
            "why": runtime.why or "GIMP's own Python imports the packages",
        }
    except InstallError as error:
        facts["error"] = str(error)
    return facts


def _tell(fact: dict[str, Any]) -> None:
    say(f"GIMP {fact['gimp']} with Python {fact['python']}, {fact['kind']}: {fact['program']}")
    if fact["error"]:
        return
    say(f"The plug-in: {fact['plug_in']}, version {fact['installed_version']}")
    say(f"Its packages: {fact['packages']}")
    place = "in GIMP's process" if fact["engine"] == "in-process" else "in a helper process"
    say(f"It works on pixels {place}: {fact['why']}")
    say("The filter is registered, and it works.")
