"""Ways to spoil a photo that no training uses: the generators of the benchmark.

Each family is a function (linear scene, random generator) -> encoded picture, (H, W, 3) float32
each. The camera's exposure follows: the mean luminance stays that of the photo, so that the photo
itself is the truth. Film alone may change it.
"""

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import LUMINANCE, RGB_TO_XYZ, linear_to_srgb
from colorfix_training.data.illuminants import black_body

Rng = np.random.Generator

# Chromaticities of CIE 15:2018: illuminant A, fluorescent FL1 to FL12, high pressure HP1 to HP5,
# and the LED series. Training draws from loci, never from this list.
CIE_WHITES = np.array([
    (0.44758, 0.40745), (0.31310, 0.33727), (0.37208, 0.37529), (0.40910, 0.39430),
    (0.44018, 0.40329), (0.31379, 0.34531), (0.37790, 0.38835), (0.31292, 0.32933),
    (0.34588, 0.35875), (0.37417, 0.37281), (0.34609, 0.35986), (0.38052, 0.37713),
    (0.43695, 0.40441), (0.5330, 0.4150), (0.4778, 0.4158), (0.4302, 0.4075), (0.3812, 0.3797),
    (0.3776, 0.3713), (0.4560, 0.4078), (0.4357, 0.4012), (0.3756, 0.3723), (0.3422, 0.3502),
    (0.3118, 0.3236), (0.4474, 0.4066), (0.4557, 0.4211), (0.4560, 0.4548), (0.3781, 0.3775),
])  # fmt: skip
# Li et al., "Comprehensive color solutions: CAM16, CAT16, and CAM16-UCS", Color Research and
# Application 42 (2017).
_CAT16 = np.array([
    [0.401288, 0.650173, -0.051461],
    [-0.250268, 1.204414, 0.045854],
    [-0.002079, 0.048952, 0.953127],
])  # fmt: skip
_RGB_TO_XYZ = RGB_TO_XYZ.double().numpy()
# Densities that a unit of cyan, magenta and yellow dye has in red, green and blue light: main and
# side absorptions of a typical chromogenic film.
_DYES = np.array([[1.0, 0.22, 0.09], [0.14, 1.0, 0.28], [0.03, 0.12, 1.0]])
# Spectra as bells, in nanometres: absorption of cyan, magenta and yellow dyes, whose side
# absorptions are those of another dye's kind, and a scanner's sensors for red, green and blue.
_WAVELENGTHS = np.arange(400.0, 701.0, 20.0)
_DYE_PEAKS, _DYE_WIDTHS = (655, 545, 445), (60, 42, 40)
_DYE_SIDES = np.array([[0, 0.06, 0.02], [0.10, 0, 0.08], [0.08, 0.18, 0]])
_SENSOR_PEAKS, _SENSOR_WIDTHS = (615, 540, 455), (28, 30, 24)


def illuminant(scene: Tensor, rng: Rng) -> Tensor:
    """A lamp of the CIE's list or a warmer flame, von Kries adaptation in CAT16."""
    return exposed(scene @ _rgb(_adapted(_white(rng)).T), scene)


def gel(scene: Tensor, rng: Rng) -> Tensor:
    """Any hue at an excitation purity of 0.2 to 0.75 against the border of sRGB."""
    return exposed(scene * _rgb(_gel(rng)), scene)


def side_absorptions(scene: Tensor, rng: Rng) -> Tensor:
    """Film whose dyes fade exponentially, each with side absorptions, as a scanner sees it.

    Training has drawn its film in the same way, with other numbers, since November 2026; so
    `scanned_dyes` is the film that it has not seen.
    """
    density = -scene.clamp(10**-2.4, 1).log10()
    amounts = density @ _rgb(np.linalg.inv(_DYES))
    years = rng.uniform(0.3, 1.6)
    kept = np.exp(-years * rng.uniform([0.5, 0.1, 0.15], [1.2, 0.5, 0.6]))
    seen = 10 ** -(amounts.clamp_min(0) * _rgb(kept) @ _rgb(_DYES) + _rgb(years * _stain(rng)))
    return linear_to_srgb(seen.clamp(0, 1))


def scanned_dyes(scene: Tensor, rng: Rng) -> Tensor:
    """Film whose dyes fade, by their whole spectra and those of a scanner's three sensors.

    The amounts of dye that look like the scene are found by iteration; what fading changes of
    their light is then done to the scene, so that no fading leaves it as it was.
    """
    dyes = _spectra(rng.normal(_DYE_PEAKS, 6), _DYE_WIDTHS) @ (np.eye(3) + _DYE_SIDES)
    sensors = _spectra(rng.normal(_SENSOR_PEAKS, 5), _SENSOR_WIDTHS)
    sensors /= sensors.sum(0)
    density = -scene.clamp(10**-2.4, 1).log10()
    step = _rgb(np.linalg.inv(dyes.T @ sensors))
    amounts = torch.zeros_like(scene)
    for _ in range(6):
        amounts = (amounts + (density - _density(amounts, dyes, sensors)) @ step).clamp(0, 4)
    years = rng.uniform(0.3, 1.3)
    kept = np.exp(-years * rng.uniform([0.5, 0.1, 0.15], [1.2, 0.5, 0.6]))
    stain = years * rng.uniform(0, 0.15) * np.exp((400 - _WAVELENGTHS) / 70)
    faded = _density(amounts * _rgb(kept), dyes, sensors, stain)
    lost = faded - _density(amounts, dyes, sensors)
    return linear_to_srgb((scene.clamp_min(10**-2.4) * 10**-lost).clamp(0, 1))


def any_light(scene: Tensor, rng: Rng) -> Tensor:
    """The linear scene under a lamp or a gel, neither exposed nor encoded."""
    return scene @ _rgb(_adapted(_white(rng)).T) if rng.random() < 0.5 else scene * _rgb(_gel(rng))


def exposed(lit: Tensor, scene: Tensor) -> Tensor:
    """Encoded, with the mean luminance of the scene as far as nothing clips."""
    gain = (scene @ LUMINANCE).mean() / (lit.clamp_min(0) @ LUMINANCE).mean().clamp_min(1e-4)
    return linear_to_srgb((lit * gain).clamp(0, 1))


def _spectra(peaks: np.ndarray, widths: tuple[int, ...]) -> np.ndarray:
    """Bells over the wavelengths, (wavelengths, 3)."""
    return np.exp(-0.5 * ((_WAVELENGTHS[:, None] - peaks) / widths) ** 2)


def _density(
    amounts: Tensor, dyes: np.ndarray, sensors: np.ndarray, stain: np.ndarray | float = 0.0
) -> Tensor:
    """What three sensors see of (..., 3) amounts of dye, as densities."""
    passed = 10 ** -(amounts @ _rgb(dyes.T) + _rgb(np.zeros(len(_WAVELENGTHS)) + stain))
    return -(passed @ _rgb(sensors)).clamp_min(1e-5).log10()


def _white(rng: Rng) -> np.ndarray:
    if rng.random() < 0.3:
        return np.array(black_body(rng.uniform(1900, 2800)))
    return CIE_WHITES[rng.integers(len(CIE_WHITES))] + rng.normal(0, 0.004, 2)


def _adapted(white: np.ndarray) -> np.ndarray:
    """Linear sRGB under D65 to linear sRGB under another white, (3, 3) for column vectors."""
    cones = _CAT16 @ _RGB_TO_XYZ
    x, y = white
    gains = _CAT16 @ np.array([x / y, 1, (1 - x - y) / y]) / cones.sum(1)
    return np.linalg.inv(cones) @ np.diag(np.maximum(gains, 1e-3)) @ cones


def _gel(rng: Rng) -> np.ndarray:
    """Gains of the channels: white mixed with a fully saturated hue."""
    sector, share = divmod(rng.uniform(0, 6), 1)
    hue = np.roll([[1, share, 0], [1 - share, 1, 0]][int(sector) % 2], int(sector) // 2)
    purity = rng.uniform(0.2, 0.75)
    return purity * hue + (1 - purity)


def _stain(rng: Rng) -> np.ndarray:
    return rng.uniform(0, 1) * np.array([0.01, 0.04, 0.12])


def _rgb(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
