"""ColorFixer: a picture in, a colour LUT out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from colorfix_core import devices
from colorfix_core.black_and_white import black_and_white, holds_no_color
from colorfix_core.candidates import BLACK_AND_WHITE, SAME, does_nothing, ranked
from colorfix_core.color import gamut
from colorfix_core.color.gamut import Wider
from colorfix_core.errors import ModelError
from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.messages import listening, tell
from colorfix_core.noise_bound import bound_noise
from colorfix_core.pixels.flat_parts import FlatParts, flat_parts
from colorfix_core.pixels.guided_filter import follow_edges
from colorfix_core.pixels.thumbnail import SIDE, seen_window, thumbnail
from colorfix_core.restraint import (
    NOISE,
    keep_luminance_rising,
    mean_difference,
    shrink_to_signal,
)
from colorfix_core.results import Candidate, Prediction

METHODS = ("lut", "balancer")
MAX_ITERATIONS = 10


class ColorFixer:
    """The verbs: load the networks, predict a correction; build it with `ColorFixer.load`."""

    def __init__(self, models: Path, device: str):
        from colorfix_core.networks.loaded import Networks

        self._networks = Networks(models, device)

    @classmethod
    def load(cls, device: str = "auto", models: Path | str | None = None) -> ColorFixer:
        """Load the VAE and the predictor.

        Parameters
        ----------
        device : "auto" | "cpu" | "cuda" | "cuda:N"
        models : folder with vae/, predictor/ and balancer/; None: the weights that ship

        Raises
        ------
        ModelError : weights are missing, damaged, or do not belong together
        DeviceError : the device does not exist
        """
        return cls(Path(models) if models else default_models(), devices.choose(device))

    @property
    def device(self) -> str:
        """Where the networks are: "cpu", "cuda" or "cuda:N"; "cpu" once CUDA memory ran out."""
        return self._networks.device

    def predict(
        self,
        image: np.ndarray,
        iterations: int = 1,
        method: str = "lut",
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> Lut3D:
        """The LUT that takes the coloured light out of a picture.

        Parameters
        ----------
        image : (H, W, 3) uint8, uint16 or float, sRGB-encoded; floats beyond [0, 1] are colors
            beyond sRGB, or brighter than white
        iterations : 1 to 10; how often the correction is applied to its own result
        method : "lut" (direct) or "balancer" (by way of the balanced latent)
        mask : (H, W) weights in [0, 1]; 0 is not looked at
        size : points along each axis of the LUT, 2 to 256
        thoroughness : 0 careful (good photos stay as they are) to 1 (every cast goes)

        Raises
        ------
        ValueError : an argument is out of its range
        ImageError : the mask leaves nothing to look at
        ModelError : the balancer's weights are missing or damaged
        """
        prediction = self.predict_steps(image, iterations, method, mask, size, thoroughness)
        for note in prediction.notes:
            tell(note)
        return prediction.luts[-1]

    def predict_steps(
        self,
        image: np.ndarray,
        iterations: int = 1,
        method: str = "lut",
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> Prediction:
        """As `predict`, but with the composed LUT after each of the iterations."""
        if not 1 <= iterations <= MAX_ITERATIONS:
            raise ValueError(f"iterations is 1 to {MAX_ITERATIONS}, not {iterations}")
        if method not in METHODS:
            raise ValueError(f"method is one of {METHODS}, not {method!r}")
        _check_thoroughness(thoroughness)
        small, wider = seen(image, mask)
        flat = _flat_parts(image, wider)
        with listening() as told:
            luts = self._iterate(small, iterations, method, size, thoroughness)
            luts[-1] = bound_noise(luts[-1], small, flat)
            if does_nothing(luts[-1]):
                tell("Nothing was found that needs correcting.")
        return Prediction(tuple(_widened(lut, wider) for lut in luts), tuple(told))

    def predict_candidates(
        self,
        image: np.ndarray,
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> tuple[Candidate, ...]:
        """The answers that the direct method finds possible, 1 to 4, likeliest first.

        Arguments are those of `predict`, which returns the LUT of the first one. Where a single
        channel holds all light, black and white is added.
        """
        _check_thoroughness(thoroughness)
        small, wider = seen(image, mask)
        flat = _flat_parts(image, wider)
        found = [
            replace(c, lut=_widened(bound_noise(c.lut, small, flat), wider))
            for c in self._propose(small, size, thoroughness)
        ]
        if holds_no_color(small):
            tell("A single color holds all light, so there are no others to recover.")
            gray = _widened(black_and_white(small, size), wider)
            found.append(Candidate(gray, 0.0, BLACK_AND_WHITE))
        return tuple(found)

    def predict_local(
        self,
        image: np.ndarray,
        mask: np.ndarray | None = None,
        size: int = 33,
        thoroughness: float = 0.5,
    ) -> MaskedLuts:
        """A LUT for each of the lights that fall into a picture, with the places where it falls.

        Arguments are those of `predict`. Where one LUT would do the same, there is one.
        """
        _check_thoroughness(thoroughness)
        small, wider = seen(image, mask)
        flat = _flat_parts(image, wider)
        found = self._networks.predict_local_tables(small, size, thoroughness)
        common = _restrained(found.tables, found.probabilities, small, thoroughness)
        first = bound_noise(common[0].lut, small, flat)
        luts = [bound_noise(keep_luminance_rising(Lut3D(t)), small, flat) for t in found.of_lights]
        masks = (follow_edges(found.shares[1], small, seen_window(image.shape[:2], mask)),)
        several = MaskedLuts(tuple(luts), masks)
        if mean_difference(several.apply(small), first.apply(small)) < SAME:
            tell("One light was found; the whole picture is corrected alike.")
            return MaskedLuts((_widened(first, wider),))
        return MaskedLuts(tuple(_widened(lut, wider) for lut in luts), masks)

    def describe(self) -> dict[str, str]:
        """Which weights are in use, with their SHA-256."""
        return self._networks.describe()

    def _iterate(
        self, small: np.ndarray, iterations: int, method: str, size: int, thoroughness: float
    ) -> list[Lut3D]:
        """The composed LUT after each look at what the ones before made of the thumbnail."""
        steps: list[Lut3D] = []
        for _ in range(iterations):
            seen = steps[-1].apply(small) if steps else small
            if method == "lut":
                lut = self._propose(seen, size, thoroughness)[0].lut
            else:
                lut = Lut3D(self._networks.balanced_table(seen)).resize(size)
                lut = shrink_to_signal(lut, seen, _noise(method, thoroughness))
            steps.append(keep_luminance_rising(steps[-1].compose(lut, size) if steps else lut))
        return steps

    def _propose(
        self, picture: np.ndarray, size: int, thoroughness: float
    ) -> tuple[Candidate, ...]:
        """The restrained candidates for a thumbnail, likeliest first."""
        tables, probabilities = self._networks.predict_tables(picture, size, thoroughness)
        return _restrained(tables, probabilities, picture, thoroughness)


def seen(image: np.ndarray, mask: np.ndarray | None) -> tuple[np.ndarray, Wider]:
    """The thumbnail that the networks are shown, (224, 224, 3) in [0, 1], and its encoding.

    They know nothing beyond 0..1. A picture whose colors sRGB does not hold is shown to them in
    the narrowest encoding that does, and what they answer is for that encoding, too.
    """
    small = thumbnail(image, mask)
    wider = Wider.holding(small)
    if not wider.is_srgb:
        small = wider.encode(gamut.mirrored(small)).astype(np.float32)
    return small.clip(0, 1), wider


def _restrained(
    tables: np.ndarray, probabilities: np.ndarray, picture: np.ndarray, thoroughness: float
) -> tuple[Candidate, ...]:
    """What the predictor answers for a thumbnail as candidates, likeliest first."""
    noise = _noise("lut", thoroughness)
    luts = [shrink_to_signal(Lut3D(table), picture, noise) for table in tables]
    return ranked([keep_luminance_rising(lut) for lut in luts], probabilities, picture)


def _noise(method: str, thoroughness: float) -> float:
    """A wish to be thorough takes a small correction for a cast, not for an error."""
    return NOISE[method] * 2 * (1 - thoroughness)


def _widened(lut: Lut3D, wider: Wider) -> Lut3D:
    """A LUT of the encoding in which a picture was seen, as one of sRGB."""
    return lut if wider.is_srgb or lut.is_identity else lut.widened(wider)


def _flat_parts(image: np.ndarray, wider: Wider) -> FlatParts | None:
    """The noise of a picture, unless it is so small that it may be a thumbnail, which has none.

    Nor is it known of a picture that was seen in a wider encoding than its pixels have.
    """
    return flat_parts(image) if wider.is_srgb and max(image.shape[:2]) > SIDE else None


def _check_thoroughness(thoroughness: float) -> None:
    if not 0 <= thoroughness <= 1:
        raise ValueError(f"thoroughness is 0 to 1, not {thoroughness}")


def default_models() -> Path:
    """The weights that ship: beside the package folder, or inside it once installed."""
    package = Path(__file__).resolve().parent
    for folder in (package.parent / "models", package / "models"):
        if folder.is_dir():
            return folder
    raise ModelError(
        f"The models folder is missing ({package.parent / 'models'}); "
        "run the installer again to restore it."
    )
