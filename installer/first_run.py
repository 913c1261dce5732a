"""For the filter itself, where somebody has unpacked it into GIMP's folder without an installer.

It runs in GIMP's Python, from the copy of this package that lies beside the filter:

    offer = first_run.offer(folder, tag)
    offer.fetched, offer.written, offer.minutes     for the user to agree
    first_run.accept(offer, progress, cancelled)    a few minutes; from any thread

Nothing is fetched and nothing is written before `accept`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer import places, plug_in, runtime, space
from installer.plan import Plan, Python, Wish, for_helper, for_itself, for_system
from installer.progress import Listener
from installer.runtime import Runtime


@dataclass(frozen=True)
class Offer:
    """What would be done.

    Attributes
    ----------
    folder : the filter's
    tag : which Python it is for, as the filter looks for its runtime
    helped : whether a helper process will have to work, since this Python loads no packages
    """

    folder: Path
    tag: str
    plan: Plan
    helped: bool = False

    @property
    def fetched(self) -> int:
        """Bytes that would be fetched, about."""
        return sum(part.fetched for part in self.plan.parts)

    @property
    def written(self) -> int:
        """Bytes that it would take on disk, about."""
        return sum(part.written for part in self.plan.parts)

    @property
    def minutes(self) -> int:
        """How long it takes on a line of 80 Mbit/s, about."""
        return max(1, round(space.seconds(self.plan.parts) / 60))


def offer(folder: Path, tag: str, wish: Wish | None = None) -> Offer:
    """See what the filter in a folder lacks.

    Parameters
    ----------
    folder : the filter's, with its ``runtime.json`` or without
    tag : of the Python that runs this, from `colorfix_gimp.runtime.tag`

    Raises
    ------
    InstallError : this Python cannot be served
    """
    version = (sys.version_info[0], sys.version_info[1])
    wish = wish or Wish()
    if tag == sys.implementation.cache_tag and sys.platform == "linux":
        return Offer(folder, tag, for_system(Python(sys.executable, version), wish))
    if sys.platform in ("win32", "darwin"):
        return Offer(folder, tag, for_helper(wish), helped=True)
    return Offer(folder, tag, for_itself(version, wish))


def accept(offer: Offer, progress: Listener, cancelled: Callable[[], bool]) -> Runtime:
    """Make the runtime, and write down in the filter's folder where it is.

    Parameters
    ----------
    progress : called about twice a second, in this thread
    cancelled : asked as often; once it returns True, everything is as before

    Raises
    ------
    Cancelled, InstallError : one sentence
    OSError : a folder cannot be written
    """
    needs = [space.Need(offer.plan.folder, offer.written), space.Need(offer.folder, space.MEGABYTE)]
    space.check(needs)
    with places.alone(), runtime.ready(offer.plan, None, progress, cancelled) as made:
        if offer.helped:
            made = made.helping("this GIMP's Python loads no packages that were not made for it")
        plug_in.add_runtime(offer.folder, offer.tag, made)
        plug_in.remember(offer.folder)
    return made
