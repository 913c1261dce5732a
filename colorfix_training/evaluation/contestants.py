"""Who is measured: others (peers, ceilings, the input itself), and what `ColorFixer` makes.

Others never change unless their code does, so each comes with a key that says which code it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from colorfix_core import ColorFixer
from colorfix_core.messages import listening
from colorfix_core.networks import lattice_fit
from colorfix_core.results import Candidate
from colorfix_training.evaluation import ceilings, gmic_peers, peers, wb_luts
from colorfix_training.evaluation.cache import digest
from colorfix_training.evaluation.cases import Case

CEILINGS = ("ceiling: matrix", "ceiling: lattice")


class Other(NamedTuple):
    """A method that is not ours."""

    correct: Callable[[Case], np.ndarray]  # (224, 224, 3) uint8
    key: str  # of its code and data


class Choice(NamedTuple):
    """One candidate for a picture."""

    picture: str
    family: str
    rank: int  # 0 is the likeliest
    probability: float
    ciede2000: float  # of its result to the truth


def others(published: Path | None) -> tuple[dict[str, Other], list[str]]:
    """Input, original, peers and ceilings by name; and a sentence for each that is missing.

    Parameters
    ----------
    published : the arrays of WB LUTs
    """
    found = {
        "input": Other(lambda case: case.ruined, "input"),
        "original": Other(lambda case: case.truth, "original"),
    }
    key, missing = digest(_source(peers)), []
    found |= {name: _peer(method, key) for name, method in peers.METHODS.items()}
    try:
        key = digest(_source(gmic_peers), gmic_peers.version())
        found |= {name: _peer(method, key) for name, method in gmic_peers.methods().items()}
    except ImportError:
        missing.append("G'MIC is left out: its package `gmic` is not installed.")
    if published:
        found["WB LUTs"] = _peer(wb_luts.WbLuts(published), digest(_source(wb_luts), published))
    else:
        missing.append("WB LUTs are left out: give their arrays with --wb-luts.")
    key = digest(_source(ceilings), _source(lattice_fit))
    found[CEILINGS[0]] = Other(lambda case: ceilings.best_matrix(case.ruined, case.truth), key)
    found[CEILINGS[1]] = Other(lambda case: ceilings.best_lattice(case.ruined, case.truth), key)
    return found, missing


def peers_among(names: Sequence[str]) -> list[str]:
    """Those that somebody could use instead of ours."""
    ours = ("lut", "balancer", "input", "original", *CEILINGS)
    return [name for name in names if not name.startswith(ours)]


def ours(
    case: Case, fixer: ColorFixer, methods: Sequence[str], iterations: int
) -> dict[str, np.ndarray]:
    """What each method makes of a case after each iteration, and at both ends of thoroughness."""
    results = {}
    for method in methods:
        luts = fixer.predict_steps(case.ruined, iterations, method).luts
        for step, lut in enumerate(luts, 1):
            results[f"{method} x{step}"] = lut.apply(case.ruined)
    if "lut" in methods:
        for name, wish in (("lut, careful", 0.0), ("lut, thorough", 1.0)):
            lut = fixer.predict_steps(case.ruined, thoroughness=wish).luts[-1]
            results[name] = lut.apply(case.ruined)
        with listening():
            results["lut, several lights"] = fixer.predict_local(case.ruined).apply(case.ruined)
    return results


def choices(
    case: Case, candidates: Sequence[Candidate], error: Callable[[np.ndarray], float]
) -> tuple[list[Choice], np.ndarray]:
    """How good each candidate is, and the result of the best one."""
    results = [candidate.lut.apply(case.ruined) for candidate in candidates]
    errors = [error(result) for result in results]
    found = [
        Choice(case.name, case.family, rank, candidate.probability, errors[rank])
        for rank, candidate in enumerate(candidates)
    ]
    return found, results[int(np.argmin(errors))]


def _peer(method: Callable[[np.ndarray], np.ndarray], key: str) -> Other:
    return Other(lambda case: method(case.ruined), key)


def _source(module: object) -> str:
    return inspect.getsource(module)  # type: ignore[arg-type]
