"""Timing contenders in turns, so that what disturbs one disturbs all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np

from .contenders import Run
from .machine import PeakMemory


@dataclass
class Result:
    """Seconds of each round, the first being the warm-up, and memory beside the two images."""

    seconds: list[float]
    mib: float | None

    @property
    def first(self) -> float:
        return self.seconds[0]

    @property
    def usual(self) -> float:
        return median(self.seconds[1:])

    def ratio_to(self, other: Result) -> float:
        """The median of the rounds' ratios."""
        pairs = zip(self.seconds[1:], other.seconds[1:], strict=True)
        return median(a / b for a, b in pairs)


def race(
    runs: dict[str, Run],
    image: np.ndarray,
    rounds: int,
    check: Callable[[str, np.ndarray], None] = lambda name, out: None,
) -> dict[str, Result]:
    """Time all runs on one image, `rounds` times in turns after a warm-up."""
    out = np.zeros_like(image)
    results: dict[str, Result] = {}
    for name, run in runs.items():
        with PeakMemory() as memory:
            seconds = timed(run, image, out)
        results[name] = Result([seconds], memory.mib)
        check(name, out)
    for _ in range(rounds):
        for name, run in runs.items():
            results[name].seconds.append(timed(run, image, out))
    return results


def timed(run: Run, image: np.ndarray, out: np.ndarray) -> float:
    """Seconds by the clock, or those the run says count."""
    start = time.perf_counter()
    own = run(image, out)
    return time.perf_counter() - start if own is None else own
