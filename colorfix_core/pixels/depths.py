"""Which number means 1, for each kind of number that pixels are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


def full(dtype: DTypeLike) -> int:
    """The number that means 1: 1 for floats, the largest one for integers."""
    dtype = np.dtype(dtype)
    return 1 if dtype.kind == "f" else int(np.iinfo(dtype).max)
