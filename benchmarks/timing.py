"""Timing contenders in turns, so that what disturbs one disturbs all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import numpy as np

from benchmarks.machine import PeakMemory
from colorfix_core.luts.data import Array


class Seconds(NamedTuple):
    """Time by the clock, and what the cores spent: the latter hardly depends on other programs."""

    wall: float
    cores: float  # NaN where another process does the work


# run(image, out); what it returns, if anything, counts instead of the time of the whole call
Run = Callable[[Array, Array], Seconds | None]


def now() -> Seconds:
    """The start of something that `since` will time."""
    return Seconds(time.perf_counter(), time.process_time())


def since(start: Seconds) -> Seconds:
    """The time from `start` until now."""
    end = now()
    return Seconds(end.wall - start.wall, end.cores - start.cores)


@dataclass
class Result:
    """The time of each round, the first being the warm-up, and MiB beside the two images."""

    rounds: list[Seconds]
    mib: float | None

    @property
    def first(self) -> float:
        """Seconds of the first call."""
        return self.rounds[0].wall

    @property
    def usual(self) -> float:
        """The median of the seconds of all later calls."""
        return median(round_.wall for round_ in self.rounds[1:])

    def ratios_to(self, other: Result) -> Seconds:
        """The median of the rounds' ratios."""
        pairs = list(zip(self.rounds[1:], other.rounds[1:], strict=True))
        return Seconds(
            median(a.wall / b.wall for a, b in pairs), median(a.cores / b.cores for a, b in pairs)
        )


def race(
    runs: dict[str, Run],
    image: Array,
    rounds: int,
    check: Callable[[str, Array], None] = lambda name, out: None,
) -> dict[str, Result]:
    """Time all runs on one image, `rounds` times in turns after a warm-up."""
    out = np.zeros_like(image)
    results: dict[str, Result] = {}
    for name, run in runs.items():
        with PeakMemory() as memory:
            first = timed(run, image, out)
        results[name] = Result([first], memory.mib)
        check(name, out)
    for _ in range(rounds):
        for name, run in runs.items():
            results[name].rounds.append(timed(run, image, out))
    return results


def timed(run: Run, image: Array, out: Array) -> Seconds:
    """The time of the call, or what the run says counts."""
    start = now()
    own = run(image, out)
    return since(start) if own is None else own
