"""What a 3D LUT is: a table of colors, the domain it is for, and the curves before it.

Everything that reads, applies or combines LUTs is typed by `LutData` and imports this module;
this module imports none of them. `Lut3D`, the class for users, adds the verbs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Triple: TypeAlias = tuple[float, float, float]

SIZES = range(2, 257)
# As many as OpenColorIO takes.
CURVE_LENGTHS = range(2, (1 << 20) + 1)
# Half a unit of the sixth decimal: an identity that went through a file is still one.
_IDENTITY_TOLERANCE = 0.6e-6


@dataclass(frozen=True, eq=False)
class Shaper:
    """Three curves, one a channel, applied before the table (Resolve's 1D part).

    Parameters
    ----------
    curve : (n, 3) float32, n in 2..1048576
        Values at n evenly spaced inputs from `domain_min` to `domain_max`; linear between them.
    domain_min, domain_max : three floats each
    """

    curve: Array
    domain_min: Triple = (0.0, 0.0, 0.0)
    domain_max: Triple = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        curve = _read_only_float32(self.curve, "shaper curve")
        if curve.ndim != 2 or curve.shape[1] != 3 or curve.shape[0] not in CURVE_LENGTHS:
            raise ValueError(f"a shaper curve is (2..1048576, 3), not {curve.shape}")
        object.__setattr__(self, "curve", curve)
        _set_domain(self)

    @property
    def inputs(self) -> Array:
        """The (n, 3) inputs that the curves' values belong to."""
        return np.linspace(self.domain_min, self.domain_max, len(self.curve))


@dataclass(frozen=True, eq=False)
class LutData:
    """The data of a 3D color LUT; its parameters and errors are described at `Lut3D`."""

    table: Array
    domain_min: Triple = (0.0, 0.0, 0.0)
    domain_max: Triple = (1.0, 1.0, 1.0)
    title: str = ""
    comments: tuple[str, ...] = ()
    shaper: Shaper | None = None
    mirrored: bool = False

    def __post_init__(self) -> None:
        table = _read_only_float32(self.table, "table")
        n = table.shape[0] if table.ndim else 0
        if table.shape != (n, n, n, 3) or n not in SIZES:
            raise ValueError(f"a LUT table is (N, N, N, 3) with N in 2..256, not {table.shape}")
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "comments", tuple(self.comments))
        if self.mirrored and self.shaper is not None:
            raise ValueError("a LUT of mirrored numbers has no shaper")
        _set_domain(self)

    @classmethod
    def identity(cls, size: int = 33) -> Self:
        """The LUT that changes nothing, with `size` in 2..256 points along each axis."""
        return cls(lattice(checked_size(size), (0, 0, 0), (1, 1, 1)))

    @classmethod
    def of_curves(cls, shaper: Shaper, title: str = "", comments: tuple[str, ...] = ()) -> Self:
        """The LUT that only sends each channel through its curve: its table passes them on."""
        low, high = min(float(shaper.curve.min()), 0.0), max(float(shaper.curve.max()), 1.0)
        domain = (low, low, low), (high, high, high)
        return cls(lattice(2, *domain), *domain, title, comments, shaper)

    @classmethod
    def sharing(cls, data: LutData) -> Self:
        """The same LUT as an instance of this class; the table is shared, not copied."""
        lut = cls.__new__(cls)
        lut.__dict__.update(data.__getstate__())
        return lut

    @property
    def size(self) -> int:
        """Lattice points along each axis."""
        return len(self.table)

    @property
    def input_min(self) -> Triple:
        """The lowest input color that is not clamped."""
        return self.shaper.domain_min if self.shaper else self.domain_min

    @property
    def input_max(self) -> Triple:
        """The highest input color that is not clamped."""
        return self.shaper.domain_max if self.shaper else self.domain_max

    @property
    def carry_range(self) -> tuple[Array, Array]:
        """The box outside which colors are carried over: it holds [0, 1] and the input domain.

        Two arrays (3,) float64, the lowest and the highest color.
        """
        return np.minimum(self.input_min, 0.0), np.maximum(self.input_max, 1.0)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but a table, whose domain holds [0, 1]."""
        return not self.shaper and max(self.domain_min) <= 0 and min(self.domain_max) >= 1

    @cached_property
    def is_identity(self) -> bool:
        """Whether colors in [0, 1] come back unchanged to the sixth decimal."""
        if not self.is_plain:
            return False
        grid = lattice(self.size, self.domain_min, self.domain_max)
        return bool(np.abs(self.table - grid).max() <= _IDENTITY_TOLERANCE)

    @property
    def table_holds_curves(self) -> bool:
        """Whether there are curves, and all that they give lies in the table's domain."""
        if self.shaper is None:
            return False
        curve = self.shaper.curve
        return bool(((curve >= self.domain_min) & (curve <= self.domain_max)).all())

    @cached_property
    def holds_only_curves(self) -> bool:
        """Whether the table passes on what the shaper's curves give."""
        grid = lattice(2, self.domain_min, self.domain_max)
        return self.size == 2 and self.table_holds_curves and np.array_equal(self.table, grid)

    @cached_property
    def prepared(self) -> dict[Hashable, Any]:
        """What engines got ready for this LUT; they fill it, nobody else reads it.

        It lives on the LUT because a kernel may hold its LUT, and would keep itself alive in a
        table of weak references.
        """
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """What is copied and pickled: the fields, and nothing that was prepared."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def checked_size(size: int) -> int:
    """A LUT's size, if it is one; otherwise ValueError."""
    if size not in SIZES:
        raise ValueError(f"a LUT size is 2..256, not {size}")
    return size


def lattice(size: int, low: Iterable[float], high: Iterable[float]) -> NDArray[np.float32]:
    """The (size, size, size, 3) float32 input colors of a LUT's lattice points."""
    axes = [np.linspace(a, b, size, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1)


def _read_only_float32(values: Array, name: str) -> NDArray[np.float32]:
    """A private, finite, read-only float32 copy, so that prepared engines stay valid."""
    with np.errstate(over="ignore"):
        copy = np.array(values, np.float32, order="C")
    if not np.isfinite(copy).all():
        where = np.argwhere(~np.isfinite(copy))[0]
        value = np.asarray(values)[tuple(where)]
        raise ValueError(
            f"the {name} holds {value} at {where.tolist()}; every value must be finite"
        )
    copy.flags.writeable = False
    return copy


def domain_rises(low: Triple, high: Triple) -> bool:
    """Whether each channel's domain has a width that float32 can divide by."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        width = np.array(high, np.float32) - np.array(low, np.float32)
        return bool(((width > 0) & np.isfinite(width) & np.isfinite(SIZES[-1] / width)).all())


def _set_domain(holder: LutData | Shaper) -> None:
    """Check a holder's domain and store it as two tuples of three floats."""
    low, high = (tuple(map(float, d)) for d in (holder.domain_min, holder.domain_max))
    if len(low) != 3 or len(high) != 3 or not np.isfinite(low + high).all():
        raise ValueError(f"a domain is three finite numbers a side, not {low}..{high}")
    if not domain_rises(low, high):
        raise ValueError(f"domain_min must be below domain_max, not {low}..{high}")
    object.__setattr__(holder, "domain_min", low)
    object.__setattr__(holder, "domain_max", high)
