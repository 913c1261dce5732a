"""Putting the filter into GIMPs: told, checked for space, made, proved."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from installer import Cancelled, InstallError, cards, launcher, plug_in, runtime, say, space
from installer import system_packages as packages
from installer.finding import here
from installer.finding.found import Found
from installer.gimp import Gimp, NoPythonError, about, prove
from installer.places import data_folder, downloads
from installer.plan import CUDA, Plan, Wish
from installer.progress import Printed
from installer.runtime import Runtime

_ASK_FROM = 20 * space.MEGABYTE


def gimps(names: list[str], wish: Wish, quiet: bool = False, required: bool = True) -> list[Gimp]:
    """The GIMPs that are meant, each asked about itself.

    Parameters
    ----------
    names : as the user says them; none: the only one
    quiet : whether not to say what was found
    required : whether a distribution without GIMP is asked for one

    Raises
    ------
    NoGimpError : there is none, or the one that is named cannot be used
    InstallError : something that it needs is missing, or there are several
    """
    found = here.find_all()
    if sys.platform == "linux" and required and not found and not names:
        packages.need([packages.GIMP], wish)
    asked = [_about(one, wish) for one in here.choose(found, names)]
    if not quiet:
        for gimp in asked:
            say(f"Found {gimp}")
    return asked


def _about(one: Found, wish: Wish) -> Gimp:
    """What a GIMP says about itself; if it cannot run Python, what its distribution lacks."""
    try:
        return about(one)
    except NoPythonError:
        if sys.platform == "linux" and one.kind == "installed" and not _has_gi():
            packages.need([packages.GI], wish)
        raise


def _has_gi() -> bool:
    code = "import gi; gi.require_version('Gimp', '3.0')"
    try:
        return not subprocess.run(["python3", "-c", code], capture_output=True).returncode
    except OSError:
        return False


def install(chosen: list[Gimp], wish: Wish, agreed: bool, dry: bool = False) -> Runtime | None:
    """Put the filter into GIMPs, and prove that it is there; returns the last one's runtime.

    Parameters
    ----------
    agreed : whether to fetch without asking
    dry : whether only to say what would be done
    """
    plans = {gimp: gimp.plan(wish) for gimp in chosen}
    wish = with_card(wish, list(plans.values()), agreed or dry)
    plans = {gimp: gimp.plan(wish) for gimp in chosen}
    if not dry:
        need_pip(list(plans.values()), wish)
    folders = [gimp.plug_in for gimp in chosen]
    _tell(list(dict.fromkeys(plans.values())), folders, wish)
    if dry:
        say("Nothing was changed.")
        return None
    agree(list(plans.values()), agreed)
    made = None
    for gimp in chosen:
        made = _install_one(gimp, gimp.plan(wish), wish)
    if made and (command := launcher.write(made, chosen[-1].plug_in)):
        say(f"The command line: {command}")
        if hint := launcher.how_to_find(command):
            say(hint)
    say("In GIMP: Filters > Color > Remove Colored Lighting")
    return made


def make_runtime(plan: Plan, wish: Wish, agreed: bool) -> Runtime:
    """Have a runtime for no GIMP."""
    need_pip([plan], wish)
    with_card(wish, [plan], agreed=True)
    _tell([plan], [], wish)
    agree([plan], agreed)
    with making(plan, wish) as made:
        return made


def need_pip(plans: list[Plan], wish: Wish) -> None:
    """See that what is missing can be fetched.

    Raises
    ------
    InstallError : naming what has to be installed before, all at once
    """
    if any(not plan.ready for plan in plans):
        packages.need([], wish)


def with_card(wish: Wish, plans: list[Plan], agreed: bool, found: bool | None = None) -> Wish:
    """The wish, with torch for CUDA if there is a card and whoever sits here says yes.

    Parameters
    ----------
    agreed : whether not to ask; then it is said how to have it
    found : whether there is a card; None: look
    """
    open_to_it = wish.torch is None and wish.offline is None and sys.platform == "linux"
    to_be_made = any(not plan.ready and plan.torch != CUDA for plan in plans)
    if not (open_to_it and to_be_made and (cards.has_nvidia() if found is None else found)):
        return wish
    part = space.TORCH_CUDA
    sizes = f"{space.amount(part.fetched)} fetched, {space.amount(part.written)} on disk"
    if not agreed and _is_terminal():
        question = f"There is an NVIDIA card. Install torch for it ({sizes})? [y/N] "
        if input(question).strip().lower()[:1] == "y":
            return replace(wish, torch=CUDA)
    else:
        say(f"There is an NVIDIA card; --cuda installs torch for it ({sizes}).")
    return wish


def agree(plans: list[Plan], agreed: bool) -> None:
    """Ask whoever sits at the terminal before much is fetched.

    Raises
    ------
    Cancelled : the answer was no
    """
    fetched = sum(part.fetched for plan in set(plans) for part in plan.parts)
    if agreed or fetched < _ASK_FROM or not _is_terminal():
        return
    if input("Go on? [Y/n] ").strip().lower()[:1] not in ("", "y"):
        raise Cancelled("nothing was changed")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def making(plan: Plan, wish: Wish) -> Iterator[Runtime]:
    """A runtime, with its progress on the terminal, and a word on what a failure leaves."""
    printed = Printed()
    try:
        with runtime.ready(plan, wish.offline, printed) as made:
            printed.end()
            yield made
    except BaseException:
        printed.end()
        if not plan.ready and (left := runtime.kept_after_failure()):
            say(left)
        raise


def _prove(gimp: Gimp, made: Runtime) -> None:
    """See that the filter works, with a helper process if it does not without."""
    if gimp.helped:
        prove(gimp)
        return
    try:
        prove(gimp)
    except InstallError as error:
        plug_in.add_runtime(gimp.plug_in, gimp.tag, made.helping(str(error)))
        try:
            prove(gimp)
        except InstallError:
            raise error from None
        say(f"A helper process works on the pixels, since {error}.")


def _install_one(gimp: Gimp, plan: Plan, wish: Wish) -> Runtime:
    old = plug_in.version_in(gimp.plug_in)
    with making(plan, wish) as made:
        if gimp.helped:
            made = made.helping("this GIMP's Python loads no packages that were not made for it")
        with plug_in.installed(gimp.plug_in, gimp.tag, made):
            _prove(gimp, made)
            plug_in.remember(gimp.plug_in)
        new = plug_in.version_in(gimp.plug_in)
    replaced = f" (there was {old})" if old and old != new else ""
    say(f"Installed {new} in {gimp.plug_in}{replaced}")
    return made


def _tell(plans: list[Plan], folders: list[Path], wish: Wish) -> None:
    """Say what is fetched, how big it is and how long it takes; see that there is room."""
    parts = list(dict.fromkeys(part for plan in plans for part in plan.parts))
    fetched, written = (
        sum(getattr(part, what) for part in parts) for what in ("fetched", "written")
    )
    if parts:
        verb = "taken from " + str(wish.offline) if wish.offline else "fetched"
        say(
            f"{space.amount(fetched)} will be {verb} ({', '.join(part.name for part in parts)}); "
            f"{space.amount(written)} on disk, {space.duration(parts)} on a line of 80 Mbit/s"
        )
        for hint in filter(None, map(packages.hint_at_torch, plans)):
            say(hint)
    needs = [space.Need(folder, 2 * space.PLUG_IN.written) for folder in folders]
    if parts:
        there = space.size_of([downloads()])  # by a run before this one
        needs.append(space.Need(data_folder(), max(written - there, space.MEGABYTE)))
    space.check(needs)


def forget_all() -> bool:
    """Remove all that was installed; returns whether there was anything."""
    return any([plug_in.remove_all(), launcher.remove(), runtime.remove_all()])
