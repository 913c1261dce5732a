"""Order among the answers of a network: likeliest first, none twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from colorfix_core.luts.lut import Lut3D
from colorfix_core.restraint import mean_difference
from colorfix_core.results import Candidate

# Mean CIEDE2000 between two results below which a user could not say which is which.
SAME = 1.5
PREDICTED, UNTOUCHED, BLACK_AND_WHITE = "predicted", "as it is", "black and white"


def ranked(
    luts: Sequence[Lut3D], probabilities: Sequence[float] | np.ndarray, picture: np.ndarray
) -> tuple[Candidate, ...]:
    """Merge LUTs that do the same to a picture, and order what is left.

    Parameters
    ----------
    luts, probabilities : one each for every answer
    picture : (H, W, 3) float in [0, 1] which they were predicted from

    Returns
    -------
    At least one; a merged one has the LUT of its likeliest member and the probability of all
    """
    before = np.ascontiguousarray(picture[::4, ::4])
    kept: list[tuple[Lut3D, np.ndarray, float]] = []
    for index in np.argsort(-np.asarray(probabilities), kind="stable"):
        result, share = luts[index].apply(before), float(probabilities[index])
        for position, (lut, other, total) in enumerate(kept):
            if mean_difference(result, other) < SAME:
                kept[position] = lut, other, total + share
                break
        else:
            kept.append((luts[index], result, share))
    kept.sort(key=lambda entry: -entry[2])
    return tuple(Candidate(lut, share, _origin(lut)) for lut, _, share in kept)


def does_nothing(lut: Lut3D) -> bool:
    """Whether a LUT changes nothing that anyone could measure."""
    return bool(np.allclose(lut.table, Lut3D.identity(len(lut.table)).table, atol=1e-6))


def _origin(lut: Lut3D) -> str:
    return UNTOUCHED if does_nothing(lut) else PREDICTED
