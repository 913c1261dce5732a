"""Scores of a case's results, those of peers and ceilings from the cache where they are known."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

import numpy as np

from colorfix_core.color import lab
from colorfix_training.evaluation import faces, flat_parts, scores, skin
from colorfix_training.evaluation.cache import Cache, digest
from colorfix_training.evaluation.cases import Case
from colorfix_training.evaluation.contestants import Other
from colorfix_training.evaluation.faces import Face, FaceFinder
from colorfix_training.evaluation.scores import Scores, measure
from colorfix_training.evaluation.skin import Skin, find_skin

_RULES = digest(*(inspect.getsource(part) for part in (faces, flat_parts, lab, scores, skin)))


class Judge:
    """Measures results.

    Parameters
    ----------
    cache : remembers what does not depend on our networks
    rivals : whose scores those are

    Attributes
    ----------
    notes : sentences on what cannot be measured
    """

    def __init__(self, cache: Cache, rivals: dict[str, Other]):
        self._cache, self._rivals = cache, rivals
        self._photo, self._faces = "", [Face(())][:0]
        self.notes: list[str] = []
        try:
            self._finder: FaceFinder | None = FaceFinder()
        except ImportError:
            self._finder = None
            self.notes.append("Faces are not judged: MediaPipe is not installed.")

    def scores_of_others(self, case: Case) -> dict[str, Scores]:
        """Of all rivals."""
        skins = self._skins(case)
        rules = f"{_RULES} {'faces' if self._finder else 'blind'}"
        makers = {
            f"{name} {rival.key} {rules}": partial(_scored, case, rival, skins)
            for name, rival in self._rivals.items()
        }
        known = self._cache.get(digest(case.ruined, case.truth, case.photo, case.band), makers)
        return dict(zip(self._rivals, (Scores(*values) for values in known.values()), strict=True))

    def scores(self, case: Case, result: np.ndarray) -> Scores:
        """Of one of our results."""
        return measure(result, case.truth, case.ruined, case.band, self._skins(case))

    def error_to(self, case: Case) -> Callable[[np.ndarray], float]:
        """A function from a result to its mean CIEDE2000."""
        return lambda result: measure(result, case.truth, case.ruined).ciede2000

    def _skins(self, case: Case) -> list[Skin]:
        return find_skin(case.truth, self._faces_in(case))

    def _faces_in(self, case: Case) -> list[Face]:
        """On the photo as it was, since the mesh wants faces that are not squeezed."""
        if self._finder is None or case.photo is None:
            return []
        photo, finder = digest(case.photo), self._finder
        if photo != self._photo:
            neutral = case.photo
            makers = {f"faces {_RULES}": lambda: _as_lists(finder.find(neutral))}
            (found,) = self._cache.get(photo, makers).values()
            self._photo = photo
            self._faces = [Face(tuple(np.array(region) for region in face)) for face in found]
        return self._faces


def _scored(case: Case, rival: Other, skins: list[Skin]) -> list[float]:
    return list(measure(rival.correct(case), case.truth, case.ruined, case.band, skins))


def _as_lists(found: list[Face]) -> list[list[list[list[float]]]]:
    return [[region.round(5).tolist() for region in face.regions] for face in found]
