"""What a training sees of the world: a picture with something wrong, and what it should become.

Exposure stays the picture's own: the target is the good photo, scaled in linear light to the mean
luminance of the spoiled one. Only families whose exposure can be told from the picture (film, and
references somebody made) have targets as bright as the photo was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import LUMINANCE, linear_to_srgb, srgb_to_linear
from colorfix_training.data import film_dyes, haze, illuminants, nearby_lamps, underwater
from colorfix_training.data.cameras import Cameras
from colorfix_training.data.distortions import FAMILIES, quantize
from colorfix_training.data.flat_pictures import bordered, posterized, with_lamps
from colorfix_training.data.looks import load_looks, spoil_with_look
from colorfix_training.data.photos import load_photos, random_crop

Rng = np.random.Generator

MIX = {
    "none": 0.19,
    "mild": 0.05,
    "light": 0.14,
    "two_lights": 0.06,
    "crosstalk": 0.02,
    "light_and_grade": 0.02,
    "grade": 0.04,
    "look": 0.09,
    "film": 0.05,
    "faded_dyes": 0.12,
    "camera": 0.11,
    "illuminant": 0.06,
    "golden_hour": 0.02,
    "veiled": 0.02,
    "dark": 0.01,
    "under_water": 0.02,
    "water_pair": 0.03,
}
# What a network of local lights sees: every other picture has more than one.
LOCAL_MIX = {family: share / 2 for family, share in MIX.items()} | {"nearby_lamps": 0.5}
_KEEPS_PHOTO_EXPOSURE = {"film", "faded_dyes", "water_pair"}


class Sample(NamedTuple):
    """One example at some size."""

    spoiled: np.ndarray  # (H, W, 3) uint8, what is seen
    target: np.ndarray  # (H, W, 3) uint8, what it should become
    thoroughness: float  # the wish in [0, 1] with which that is so
    weight: float  # in the loss
    family: str  # key of `MIX`


class World:
    """Draws samples.

    Parameters
    ----------
    images : folder of good photographs
    cameras, looks, water : folders as the modules of these names read them; families whose folder
        is None are left out
    held_out : the looks and pairs that are kept for measuring, instead of those to train on
    short_side : of the photographs in memory
    mix : shares of the families
    """

    def __init__(
        self,
        images: Path,
        cameras: Path | None = None,
        looks: Path | None = None,
        water: Path | None = None,
        held_out: bool = False,
        short_side: int = 96,
        mix: dict[str, float] = MIX,
    ):
        self._photos = load_photos(images, short_side)
        self._cameras = Cameras(cameras) if cameras else None
        self._looks = load_looks(looks, held_out) if looks else None
        self._pairs = underwater.load_pairs(water, held_out) if water else []
        missing = {"camera": not cameras, "look": not looks, "water_pair": not water}
        self._names = [family for family in mix if not missing.get(family)]
        shares = np.array([mix[family] for family in self._names])
        self._shares = shares / shares.sum()
        self._spoil: dict[str, Callable[[Tensor, Rng], Tensor]] = FAMILIES | {
            "look": self._look,
            "camera": self._camera,
            "illuminant": _illuminant,
            "faded_dyes": film_dyes.faded_dyes,
            "veiled": haze.veiled,
            "dark": haze.dark,
            "under_water": underwater.under_water,
        }

    @property
    def families(self) -> list[str]:
        """Those that can be drawn."""
        return list(self._names)

    def draw(self, rng: Rng, side: int, family: str | None = None) -> Sample:
        """A sample of `side` x `side` pixels, of a family drawn from `MIX` unless it is given."""
        family = family or self._names[rng.choice(len(self._names), p=self._shares)]
        wish = 0.5 if rng.random() < 0.4 else float(rng.uniform())
        if family == "water_pair":
            spoiled, target = self._water_pair(rng, side)
        else:
            photo = random_crop(self._photos[rng.integers(len(self._photos))], rng, side)
            if rng.random() < 0.03:
                photo = posterized(photo, rng)
            spoiled, target = self._pair(photo, rng, family, wish)
        if rng.random() < 0.08 and family not in _KEEPS_PHOTO_EXPOSURE:
            spoiled, target = with_lamps([spoiled, target], rng)
        if rng.random() < 0.04:
            spoiled, target = bordered([spoiled, target], rng)
        return Sample(spoiled, target, wish, weight(family, wish), family)

    def _pair(
        self, photo: np.ndarray, rng: Rng, family: str, wish: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The photo spoiled, and as it should become."""
        if family == "none":
            return photo, photo
        scene = srgb_to_linear(torch.from_numpy(photo).float() / 255)
        if family == "golden_hour":
            encoded, wanted = _golden_hour(scene, rng, wish)
        elif family == "nearby_lamps":
            encoded, wanted = nearby_lamps.lit_by_lamps(scene, rng)
        else:
            encoded, wanted = self._spoil[family](scene, rng), scene
        if family not in _KEEPS_PHOTO_EXPOSURE:
            wanted = as_bright_as(wanted, srgb_to_linear(encoded))
        return quantize(encoded), quantize(linear_to_srgb(wanted.clamp(0, 1)))

    def _look(self, scene: Tensor, rng: Rng) -> Tensor:
        assert self._looks is not None
        return spoil_with_look(linear_to_srgb(scene), self._looks, rng)

    def _camera(self, scene: Tensor, rng: Rng) -> Tensor:
        assert self._cameras is not None
        return torch.from_numpy(self._cameras.spoil(linear_to_srgb(scene).numpy(), rng))

    def _water_pair(self, rng: Rng, side: int) -> tuple[np.ndarray, np.ndarray]:
        """The same crop of a picture under water and of its reference."""
        pair = np.concatenate(self._pairs[rng.integers(len(self._pairs))], 2)
        state = rng.bit_generator.state
        crops = []
        for half in (pair[..., :3], pair[..., 3:]):
            rng.bit_generator.state = state
            crops.append(random_crop(half, rng, side))
        return crops[0], crops[1]


def weight(family: str, wish: float) -> float:
    """How much a sample counts: a careful wish is about good photos, a thorough one is not."""
    if family == "none":
        return 3 * (1 - wish)
    return 0.5 + wish if family == "mild" else 1.0


def as_bright_as(scene: Tensor, other: Tensor) -> Tensor:
    """Scale linear light to the mean luminance of another picture, (H, W, 3) each."""
    wanted, have = (float((p @ LUMINANCE).mean()) for p in (other, scene))
    return scene * float(np.clip(wanted / max(have, 1e-4), 0.02, 4.0))


def _illuminant(scene: Tensor, rng: Rng) -> Tensor:
    matrix = illuminants.adaptation(illuminants.daylight_or_lamp(rng))
    return illuminants.relight(scene, matrix, rng.uniform(0.6, 1.1))


def _golden_hour(scene: Tensor, rng: Rng, wish: float) -> tuple[Tensor, Tensor]:
    """The scene under a low sun, encoded; what should remain of that below a wish of 0.5."""
    white = illuminants.golden_hour(rng)
    encoded = illuminants.relight(scene, illuminants.adaptation(white), rng.uniform(0.6, 1.1))
    left = illuminants.adaptation(white, max(0.0, 1 - 2 * wish))
    return encoded, scene @ torch.from_numpy(left.T.astype(np.float32))
