"""A three-dimensional colour look-up table and its algebra."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from colorfix_core.color import srgb
from colorfix_core.luts import apply, reference

SIZES = range(2, 257)
CURVE_LENGTHS = range(2, 65537)
# Half a unit of the sixth decimal: an identity that went through a file is still one.
_IDENTITY_TOLERANCE = 0.6e-6


@dataclass(frozen=True, eq=False)
class Shaper:
    """Three curves, one a channel, applied before the table (Resolve's 1D part).

    Parameters
    ----------
    curve : (n, 3) float32, n in 2..65536
        Values at n evenly spaced inputs from `domain_min` to `domain_max`; linear between them.
    domain_min, domain_max : three floats each
    """

    curve: np.ndarray
    domain_min: tuple[float, float, float] = (0.0, 0.0, 0.0)
    domain_max: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        curve = _read_only_float32(self.curve, "shaper curve")
        if curve.ndim != 2 or curve.shape[1] != 3 or curve.shape[0] not in CURVE_LENGTHS:
            raise ValueError(f"a shaper curve is (2..65536, 3), not {curve.shape}")
        object.__setattr__(self, "curve", curve)
        _set_domain(self)

    @property
    def inputs(self) -> np.ndarray:
        """The (n, 3) inputs that the curves' values belong to."""
        return np.linspace(self.domain_min, self.domain_max, len(self.curve))


@dataclass(frozen=True, eq=False)
class Lut3D:
    """A 3D colour LUT: a lattice of output colours, tetrahedrally interpolated.

    Parameters
    ----------
    table : (N, N, N, 3) float, N in 2..256, indexed [r, g, b]
        Output colours; any finite value, 0..1 being black to full. Kept as read-only float32.
    domain_min, domain_max : three floats each
        The input colours of the first and last lattice point of each axis; sRGB-encoded
        R'G'B' unless the file it came from means another encoding.
    title : str
    comments : strings without line ends, written to files that can hold them
    shaper : Shaper, optional
        Curves applied to the input before the table; its output is in the table's domain.

    Raises
    ------
    ValueError
        If the table or a domain is not as described; the message names the offending value.

    Examples
    --------
    >>> warm = Lut3D(Lut3D.identity(17).table * [1, 1, 0.9])
    >>> warm.apply(np.float32([[0.5, 0.5, 0.5]]))
    array([[0.5 , 0.5 , 0.45]], dtype=float32)
    """

    table: np.ndarray
    domain_min: tuple[float, float, float] = (0.0, 0.0, 0.0)
    domain_max: tuple[float, float, float] = (1.0, 1.0, 1.0)
    title: str = ""
    comments: tuple[str, ...] = ()
    shaper: Shaper | None = None

    def __post_init__(self) -> None:
        table = _read_only_float32(self.table, "table")
        n = table.shape[0] if table.ndim else 0
        if table.shape != (n, n, n, 3) or n not in SIZES:
            raise ValueError(f"a LUT table is (N, N, N, 3) with N in 2..256, not {table.shape}")
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "comments", tuple(self.comments))
        _set_domain(self)

    @classmethod
    def identity(cls, size: int = 33) -> Lut3D:
        """The LUT that changes nothing, with `size` in 2..256 points along each axis."""
        if size not in SIZES:
            raise ValueError(f"a LUT size is 2..256, not {size}")
        return cls(_lattice(size, (0, 0, 0), (1, 1, 1)))

    @classmethod
    def of_curves(cls, shaper: Shaper, title: str = "", comments: tuple[str, ...] = ()) -> Lut3D:
        """The LUT that only sends each channel through its curve: its table passes them on."""
        ends = min(float(shaper.curve.min()), 0.0), max(float(shaper.curve.max()), 1.0)
        table = _lattice(2, ends[:1] * 3, ends[1:] * 3)
        return cls(table, ends[:1] * 3, ends[1:] * 3, title, comments, shaper)

    @classmethod
    def load(cls, path: str | Path) -> Lut3D:
        """Read a LUT file; the format follows from the extension.

        Raises
        ------
        LutFileError
            If the file is missing, unreadable or malformed: one sentence, with the line number
            for text formats.
        """

        from colorfix_core.luts.formats import store

        return store.load(path)

    def save(self, path: str | Path) -> None:
        """Write a LUT file; the format follows from the extension.

        The file appears under its name only when it is complete; on any error what was there
        before is still there.

        Raises
        ------
        LutFileError
            If the extension is unknown or the file cannot be written.
        """

        from colorfix_core.luts.formats import store

        store.save(self, path)

    @property
    def size(self) -> int:
        """Lattice points along each axis."""
        return self.table.shape[0]

    @property
    def input_min(self) -> tuple[float, float, float]:
        """The lowest input colour that is not clamped."""
        return self.shaper.domain_min if self.shaper else self.domain_min

    @property
    def input_max(self) -> tuple[float, float, float]:
        """The highest input colour that is not clamped."""
        return self.shaper.domain_max if self.shaper else self.domain_max

    @cached_property
    def holds_only_curves(self) -> bool:
        """Whether the table passes on what the shaper's curves give."""
        grid = _lattice(2, self.domain_min, self.domain_max)
        return self.size == 2 and self._table_holds_curves and np.array_equal(self.table, grid)

    @cached_property
    def is_identity(self) -> bool:
        """Whether colours in [0, 1] come back unchanged to the sixth decimal."""
        if self.shaper or max(self.domain_min) > 0 or min(self.domain_max) < 1:
            return False
        grid = _lattice(self.size, self.domain_min, self.domain_max)
        return bool(np.abs(self.table - grid).max() <= _IDENTITY_TOLERANCE)

    def apply(
        self, image: np.ndarray, out: np.ndarray | None = None, device: str = "cpu"
    ) -> np.ndarray:
        """Correct the colours of an image.

        Parameters
        ----------
        image : (H, W, 3 or 4) or (M, 3 or 4) uint8, uint16, float16, float32 or float64
            Integers span 0..1; a fourth channel is alpha and copied untouched. Strides are free.
        out : array like `image`, optional
            Where to write; may be `image` itself.
        device : "cpu", "cuda", "cuda:N" or "auto"

        Returns
        -------
        array of the shape and dtype of `image`
            Float colours outside [0, 1] (and outside the LUT's domain) keep their excess:
            ``x + (lut(clip(x)) - clip(x))``. A NaN stays where it is, and counts as 0 for the
            other channels of its pixel.

        Raises
        ------
        ValueError, TypeError
            If `image` or `out` is not as described.
        DeviceError
            If the device does not exist.
        """
        return apply.apply(self, image, out, device)

    def evaluate(self, colours: np.ndarray) -> np.ndarray:
        """Look colours up in float64; the reference for `apply`.

        Parameters
        ----------
        colours : (..., 3) finite float

        Returns
        -------
        (..., 3) float64
            Colours outside the input domain are clamped to it.
        """
        flat = np.asarray(colours, np.float64).reshape(-1, 3)
        return reference.evaluate(self, flat).reshape(np.shape(colours))

    def blend(self, strength: float) -> Lut3D:
        """Fade the correction: 0 gives the identity, 1 this LUT, between them a mixture.

        Exact for plain LUTs and for those that hold nothing but curves. Any other shaper is kept,
        and its table resampled to 65 points or more, between which the mixture is approximate; so
        is that of a LUT whose domain does not hold [0, 1], or whose shaper does not rise.

        Raises
        ------
        ValueError
            If strength is not in 0..1.
        """
        if not 0 <= strength <= 1:
            raise ValueError(f"strength is 0..1, not {strength}")
        if strength == 1:
            return self
        if self.holds_only_curves:
            return self._blend_curves(strength)
        if self._shaper_is_invertible:
            return self._blend_shaped(strength)
        plain = self if self._is_plain else self.resize(max(self.size, 33))
        grid = _lattice(plain.size, plain.domain_min, plain.domain_max)
        mixture = grid + np.float32(strength) * (plain.table - grid)
        return replace(plain, table=mixture)

    def _blend_curves(self, strength: float) -> Lut3D:
        inputs = self.shaper.inputs
        mixture = inputs + strength * (self.shaper.curve - inputs)
        return self.of_curves(replace(self.shaper, curve=mixture), self.title, self.comments)

    def _blend_shaped(self, strength: float) -> Lut3D:
        """Mix where the table's points lie: dense in the dark, if the shaper is logarithmic."""
        cells = self.size - 1
        # Whole parts of the table's own cells, so that its own colours are kept.
        grid = _lattice(cells * -(-64 // cells) + 1, self.domain_min, self.domain_max)
        curve, inputs = self.shaper.curve.T, self.shaper.inputs.T
        source = [np.interp(grid[..., c], curve[c], inputs[c]) for c in range(3)]
        table = replace(self, shaper=None).evaluate(grid)
        return replace(self, table=table + (1 - strength) * (np.stack(source, -1) - table))

    def compose(self, then: Lut3D, size: int | None = None) -> Lut3D:
        """One LUT for this one followed by another.

        It covers [0, 1] and this LUT's input domain; what a wider domain of `then` does to colours
        beyond that is not kept.

        Parameters
        ----------
        then : Lut3D
        size : int in 2..256, optional
            Lattice points of the result. Left out, it is the larger of the two sizes, or 65
            where that would miss the composition by more than 1e-4 at the centre of a cell.
        """
        wanted = size or max(self.size, then.size)
        result = self._composed(then, wanted)
        if size is None and wanted < 65 and self._composition_error(then, result) > 1e-4:
            result = self._composed(then, 65)
        return result

    def _composed(self, then: Lut3D, size: int) -> Lut3D:
        low, high = self._carry_range()
        grid = _lattice(size, low, high)
        table = np.stack([_apply_float64(then, self.evaluate(slab)) for slab in grid])
        return Lut3D(table, tuple(low), tuple(high), self.title, self.comments)

    def _composition_error(self, then: Lut3D, composed: Lut3D) -> float:
        """The largest difference at the cell centres of a composition's lattice."""
        low, high = (np.array(bound) for bound in self._carry_range())
        half_cell = (high - low) / (composed.size - 1) / 2
        centres = _lattice(composed.size - 1, low + half_cell, high - half_cell)
        wanted = _apply_float64(then, self.evaluate(centres))
        return float(np.abs(composed.evaluate(centres) - wanted).max())

    def resize(self, size: int) -> Lut3D:
        """Resample to `size` in 2..256 points an axis, without a shaper.

        The domain becomes the smallest box that holds [0, 1] and the input domain.
        """
        if size not in SIZES:
            raise ValueError(f"a LUT size is 2..256, not {size}")
        if size == self.size and self._is_plain:
            return self
        low, high = self._carry_range()
        grid = _lattice(size, low, high)
        table = np.stack([self.evaluate(slab) for slab in grid])
        return Lut3D(table, tuple(low), tuple(high), self.title, self.comments)

    def keep_luminance(self) -> Lut3D:
        """Take the colour from the correction and the brightness from the input.

        Every output colour is scaled in linear light to the relative luminance Y of its input
        (ITU-R BT.709 weights, IEC 61966-2-1 encoding). Where that leaves the gamut, it is mixed
        with the grey of that luminance just far enough to come back: luminance wins over
        saturation. A black output of a lit input becomes that grey.
        """
        plain = self if self._is_plain else self.resize(max(self.size, 33))
        grid = _lattice(plain.size, plain.domain_min, plain.domain_max)
        slabs = zip(plain.table, grid, strict=True)
        return replace(plain, table=np.stack([_with_luminance_of(t, g) for t, g in slabs]))

    @cached_property
    def _kernels(self) -> dict:
        """What the engines prepared for this LUT; `engine` fills it."""
        return {}

    def __getstate__(self) -> dict:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def _table_holds_curves(self) -> bool:
        """Whether there are curves, and all that they give lies in the table's domain."""
        if self.shaper is None:
            return False
        curve = self.shaper.curve
        return bool(((curve >= self.domain_min) & (curve <= self.domain_max)).all())

    @property
    def _shaper_is_invertible(self) -> bool:
        return self._table_holds_curves and bool((np.diff(self.shaper.curve, axis=0) > 0).all())

    @property
    def _is_plain(self) -> bool:
        return not self.shaper and max(self.domain_min) <= 0 and min(self.domain_max) >= 1

    def _carry_range(self) -> tuple[np.ndarray, np.ndarray]:
        """The box outside which colours are carried over; [0, 1] and the input domain."""
        return np.minimum(self.input_min, 0.0), np.maximum(self.input_max, 1.0)


def _apply_float64(lut: Lut3D, colours: np.ndarray) -> np.ndarray:
    """`apply`, in float64 and with the excess carried, for finite (..., 3) colours."""
    low, high = lut._carry_range()
    inside = np.clip(colours.astype(np.float64), low, high)
    return lut.evaluate(inside) + (colours - inside)


def _with_luminance_of(colours: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Encoded (..., 3) colours, scaled in linear light to the luminance of `source`."""
    linear = srgb.decode(colours.astype(np.float64).clip(0, None))
    wanted = (srgb.decode(source.astype(np.float64).clip(0, None)) @ srgb.LUMINANCE)[
        ..., None
    ]
    luminance = (linear @ srgb.LUMINANCE)[..., None]
    lit = luminance > 1e-9
    scaled = np.where(lit, linear * wanted / np.where(lit, luminance, 1), wanted)
    # Distance from grey at which the brightest channel reaches the ceiling.
    ceiling = np.maximum(1.0, wanted)
    brightest = scaled.max(-1, keepdims=True)
    over = brightest > ceiling
    saturation = np.where(over, (ceiling - wanted) / np.where(over, brightest - wanted, 1), 1)
    return srgb.encode((wanted + (scaled - wanted) * saturation).clip(0, None)).astype(np.float32)


def _lattice(size: int, low: Iterable[float], high: Iterable[float]) -> np.ndarray:
    """The (size, size, size, 3) float32 input colours of a LUT's lattice points."""
    axes = [np.linspace(a, b, size, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1)


def _read_only_float32(values: np.ndarray, name: str) -> np.ndarray:
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


def domain_rises(low: Iterable[float], high: Iterable[float]) -> bool:
    """Whether each channel's domain has a width that float32 can divide by."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        width = np.float32(high) - np.float32(low)
        return bool(((width > 0) & np.isfinite(width) & np.isfinite(SIZES[-1] / width)).all())


def _set_domain(holder: Lut3D | Shaper) -> None:
    """Check a holder's domain and store it as two tuples of three floats."""
    low, high = (tuple(map(float, d)) for d in (holder.domain_min, holder.domain_max))
    if len(low) != 3 or len(high) != 3 or not np.isfinite(low + high).all():
        raise ValueError(f"a domain is three finite numbers a side, not {low}..{high}")
    if not domain_rises(low, high):
        raise ValueError(f"domain_min must be below domain_max, not {low}..{high}")
    object.__setattr__(holder, "domain_min", low)
    object.__setattr__(holder, "domain_max", high)
