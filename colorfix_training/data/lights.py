"""Colours of real light sources, as linear sRGB multipliers of a scene under neutral light."""

import numpy as np

from colorfix_core.color.srgb import LUMINANCE, RGB_TO_XYZ

Rgb = np.ndarray

_WAVELENGTHS = np.arange(380.0, 781.0, 5.0)
_XYZ_TO_RGB = np.linalg.inv(RGB_TO_XYZ)
# Four digits, so that the pictures of the benchmark stay the same to the last bit.
_LUMINANCE = LUMINANCE.round(4)


def sample_light(rng: np.random.Generator) -> Rgb:
    """Draw a light source; (3,) linear RGB, >= 0, luminance 1, possibly monochromatic."""
    kind = rng.choice(
        ["planckian", "stage_led", "gel", "discharge", "white_led", "uniform"],
        p=[0.15, 0.27, 0.2, 0.08, 0.08, 0.22],
    )
    return _SOURCES[kind](rng)


def planckian(rng: np.random.Generator) -> Rgb:
    """Black body from candle light to blue sky, with a little off-locus tint."""
    mired = rng.uniform(60, 600)
    light = _spectrum_to_rgb(_black_body(1e6 / mired))
    return _normalize(light * np.exp(rng.normal(0, [0.03, 0.05, 0.03])))


def stage_led(rng: np.random.Generator) -> Rgb:
    """RGB(A) LED fixture: narrow primaries, one to three of them lit."""
    peaks = np.array([625, 525, 460, 595]) + rng.normal(0, 6, 4)
    level = rng.dirichlet(np.full(4, 0.45))
    return _spectrum_to_rgb(sum(a * _band(p, 12) for a, p in zip(level, peaks, strict=True)))


def gel(rng: np.random.Generator) -> Rgb:
    """Tungsten lamp behind a colour filter: a smooth band, plus what the filter leaks."""
    lamp = _black_body(rng.uniform(2800, 5600))
    transmission = _band(rng.uniform(420, 700), rng.uniform(25, 80))
    if rng.random() < 0.3:  # magenta and lavender gels pass both ends of the spectrum
        transmission = 1 - 0.97 * _band(rng.uniform(500, 580), rng.uniform(30, 60))
    return _spectrum_to_rgb(lamp * (transmission + rng.uniform(0, 0.15)))


def discharge(rng: np.random.Generator) -> Rgb:
    """Low and high pressure sodium, mercury and neon lines."""
    lines = {
        "low_sodium": [(589, 1.0)],
        "high_sodium": [(569, 0.5), (589, 1.0), (595, 0.7), (616, 0.5), (498, 0.2), (470, 0.1)],
        "mercury": [(436, 0.8), (546, 1.0), (578, 0.9), (405, 0.3), (612, 0.15)],
        "neon": [(585, 0.3), (614, 0.5), (640, 1.0), (651, 0.4), (703, 0.6)],
    }
    lamp = lines[rng.choice(list(lines))]
    bands = [a * rng.uniform(0.7, 1.3) * _band(p, 6) for p, a in lamp]
    return _spectrum_to_rgb(np.sum(bands, 0))


def white_led(rng: np.random.Generator) -> Rgb:
    """Blue pump and phosphor, from cold to warm, sometimes visibly green or pink."""
    pump = _band(rng.uniform(445, 460), 10)
    phosphor = _band(rng.uniform(550, 610), rng.uniform(45, 65))
    return _spectrum_to_rgb(rng.uniform(0.1, 1.6) * pump + phosphor)


def uniform(rng: np.random.Generator) -> Rgb:
    """Any hue at any saturation: covers filters and screens that no lamp list names."""
    hue = rng.uniform(0, 2 * np.pi)
    angle = hue + np.array([0, -2, 2]) * np.pi / 3
    return _normalize(np.exp(rng.uniform(0, 2.2) * np.cos(angle)))


_SOURCES = {f.__name__: f for f in (planckian, stage_led, gel, discharge, white_led, uniform)}


def _black_body(kelvin: float) -> np.ndarray:
    """Planck's law over the visible range, arbitrary scale."""
    metres = _WAVELENGTHS * 1e-9
    return (560e-9 / metres) ** 5 / np.expm1(1.438777e-2 / (metres * kelvin))


def _band(peak: float, width: float) -> np.ndarray:
    return np.exp(-0.5 * ((_WAVELENGTHS - peak) / width) ** 2)


def _spectrum_to_rgb(spectrum: np.ndarray) -> Rgb:
    """Integrate with the CIE 1931 observer; colours outside sRGB are clipped to its border."""
    return _normalize(_XYZ_TO_RGB @ (_observer() @ spectrum))


def _observer() -> np.ndarray:
    """CIE 1931 2 degree colour matching functions, (3, wavelengths).

    Multi-lobe fit of Wyman, Sloan and Shirley, "Simple Analytic Approximations to the CIE XYZ
    Color Matching Functions", JCGT 2 (2013).
    """

    def lobe(mean: float, below: float, above: float) -> np.ndarray:
        width = np.where(mean > _WAVELENGTHS, below, above)
        return np.exp(-0.5 * ((_WAVELENGTHS - mean) * width) ** 2)

    return np.stack(
        [
            0.362 * lobe(442.0, 0.0624, 0.0374)
            + 1.056 * lobe(599.8, 0.0264, 0.0323)
            - 0.065 * lobe(501.1, 0.0490, 0.0382),
            0.821 * lobe(568.8, 0.0213, 0.0247) + 0.286 * lobe(530.9, 0.0613, 0.0322),
            1.217 * lobe(437.0, 0.0845, 0.0278) + 0.681 * lobe(459.0, 0.0385, 0.0725),
        ]
    )


def _normalize(light: Rgb) -> Rgb:
    light = np.maximum(light, 0)
    return light / max(light @ _LUMINANCE, 1e-6)
