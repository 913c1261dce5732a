"""Ways in which light, filters, film and grading ruin the colours of a photograph.

Every family is a function (linear scene, random generator) -> encoded picture, both float32
tensors of shape (H, W, 3) in [0, 1]. `distort` picks a family, quantises, and adds the
compression noise that real files have.
"""

import io
from collections.abc import Callable, Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorfix_core.color.lab import LUMINANCE, linear_to_srgb, srgb_to_linear
from colorfix_core.luts.lut import Lut3D
from colorfix_training.data.lights import sample_light

Rng = np.random.Generator
Family = Callable[[Tensor, Rng], Tensor]


def distort(
    photo: np.ndarray, rng: Rng, family: str | None = None, luts: Sequence[Lut3D] = ()
) -> np.ndarray:
    """Give a neutral photo a colour cast.

    Parameters
    ----------
    photo : (H, W, 3) uint8, sRGB
    rng : source of every random choice; the same state gives the same picture
    family : key of `FAMILIES`; None draws one with the weights used in training
    luts : grades from files; when there are any, half of the drawn "grade" pictures use them

    Returns
    -------
    (H, W, 3) uint8, sRGB
    """
    scene = srgb_to_linear(torch.from_numpy(photo).float() / 255)
    return add_jpeg_noise(quantize(ruin(scene, rng, family, luts)), rng)


def ruin(scene: Tensor, rng: Rng, family: str | None = None, luts: Sequence[Lut3D] = ()) -> Tensor:
    """Without the noise of files: `distort` for (H, W, 3) in linear light, encoded in [0, 1]."""
    if family is None:
        family = str(rng.choice(list(TRAINING_MIX), p=list(TRAINING_MIX.values())))
    if family == "grade" and luts and rng.random() < 0.5:
        lut = luts[int(rng.integers(len(luts)))]
        return torch.from_numpy(lut.apply(linear_to_srgb(scene).numpy()))
    return FAMILIES[family](scene, rng)


def none(scene: Tensor, rng: Rng) -> Tensor:
    """A good photo stays as it is."""
    return linear_to_srgb(scene)


def mild(scene: Tensor, rng: Rng) -> Tensor:
    """White balance set for another light: channel gains and a small exposure error."""
    gains = rng.normal(0, 0.22, 3) + rng.normal(0, 0.1)
    return linear_to_srgb((scene * _rgb(np.exp(gains))).clamp(0, 1))


def light(scene: Tensor, rng: Rng) -> Tensor:
    """One coloured light over the scene, from tinted to nearly monochromatic."""
    return _develop(scene * _rgb(_leaky_light(rng)), rng)


def two_lights(scene: Tensor, rng: Rng) -> Tensor:
    """Two lights, one in the highlights or on one side, the other in the rest."""
    first, second = _rgb(_leaky_light(rng)), _rgb(_leaky_light(rng))
    if rng.random() < 0.35:
        second = torch.ones(3) * float(rng.uniform(0.5, 1.5))
    mask = _luminance_mask(scene, rng) if rng.random() < 0.5 else _spatial_mask(scene, rng)
    return _develop(scene * torch.lerp(first, second, mask), rng)


def film(scene: Tensor, rng: Rng) -> Tensor:
    """Faded dyes: crosstalk, lost contrast per layer, raised blacks, yellowed paper."""
    crosstalk = np.eye(3) + rng.uniform(0, 0.25) * rng.random((3, 3))
    crosstalk /= crosstalk.sum(1, keepdims=True)
    encoded = linear_to_srgb((scene @ _rgb(crosstalk.T)).clamp(0, 1))
    severity = rng.uniform(0.2, 1.0)
    gamma = _rgb(np.exp(rng.normal(0, 0.35 * severity, 3)))
    black = _rgb(rng.uniform(0, 0.3 * severity, 3))
    white = _rgb(1 - rng.uniform(0, 0.45 * severity, 3))
    faded = black + (white - black).clamp_min(0.1) * encoded.clamp_min(1e-4) ** gamma
    return _saturate(faded, rng.uniform(1 - 0.6 * severity, 1.1)).clamp(0, 1)


def grade(scene: Tensor, rng: Rng) -> Tensor:
    """A creative look: curves, split toning, saturation and a smooth random 3D LUT."""
    encoded = _random_curves(linear_to_srgb(scene), rng, rng.uniform(0, 0.22))
    if rng.random() < 0.5:
        encoded = _split_tone(encoded, rng)
    encoded = _saturate(encoded, rng.uniform(0.4, 1.6))
    return _random_lattice(encoded.clamp(0, 1), rng, rng.uniform(0.02, 0.16)).clamp(0, 1)


def crosstalk(scene: Tensor, rng: Rng) -> Tensor:
    """A filter or sensor that mixes the channels, up to a nearly monochrome result."""
    amount = rng.uniform(0.05, 0.8)
    matrix = (1 - amount) * np.eye(3) + amount * rng.dirichlet(np.full(3, 0.7), 3)
    matrix = np.diag(np.exp(rng.normal(0, 0.35, 3))) @ matrix
    return _develop(scene @ _rgb(matrix.T), rng)


def light_and_grade(scene: Tensor, rng: Rng) -> Tensor:
    """Coloured light, then a look on top of it."""
    lit = srgb_to_linear(light(scene, rng))
    return (film if rng.random() < 0.4 else grade)(lit, rng)


FAMILIES: dict[str, Family] = {
    f.__name__: f for f in (none, mild, light, two_lights, film, grade, crosstalk, light_and_grade)
}
TRAINING_MIX = {
    "none": 0.1,
    "mild": 0.1,
    "light": 0.3,
    "two_lights": 0.12,
    "film": 0.13,
    "grade": 0.13,
    "crosstalk": 0.07,
    "light_and_grade": 0.05,
}


def quantize(encoded: Tensor) -> np.ndarray:
    """Round [0, 1] to uint8."""
    return (encoded.clamp(0, 1) * 255 + 0.5).to(torch.uint8).numpy()


def add_jpeg_noise(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Half of all pictures come from a JPEG file, some of them from a bad one."""
    if rng.random() < 0.5:
        return picture
    stream = io.BytesIO()
    quality, chroma = int(rng.uniform(45, 96)), int(rng.choice([0, 2]))
    Image.fromarray(picture).save(stream, "JPEG", quality=quality, subsampling=chroma)
    return np.array(Image.open(stream))


def _leaky_light(rng: Rng) -> np.ndarray:
    """A light source mixed with some white, brightness about 1."""
    source = sample_light(rng)
    source = source / source.max()
    leak = rng.beta(0.8, 2.2)
    return (1 - leak) * source + leak * rng.uniform(0.5, 1.0)


def _develop(exposed: Tensor, rng: Rng) -> Tensor:
    """Camera: exposure for the coloured scene, clipping, tone curve, saturation."""
    brightest = float(torch.quantile(exposed.amax(-1)[::4, ::4].flatten(), 0.97)) + 1e-4
    target = rng.uniform(0.55, 1.4) if rng.random() < 0.75 else brightest * rng.uniform(0.8, 1.6)
    encoded = linear_to_srgb((exposed * (target / brightest)).clamp(0, 1))
    if rng.random() < 0.6:
        contrast = rng.uniform(-0.25, 0.5)
        encoded = encoded + contrast * encoded * (1 - encoded) * (2 * encoded - 1)
    if rng.random() < 0.4:
        encoded = _saturate(encoded, rng.uniform(0.75, 1.3))
    return encoded.clamp(0, 1)


def _luminance_mask(scene: Tensor, rng: Rng) -> Tensor:
    luma = linear_to_srgb((scene @ LUMINANCE).clamp(0, 1))[..., None]
    center, softness = rng.uniform(0.25, 0.75), rng.uniform(0.05, 0.3)
    return torch.sigmoid((luma - center) / softness)


def _spatial_mask(scene: Tensor, rng: Rng) -> Tensor:
    height, width = scene.shape[:2]
    y, x = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)[None]
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    distance = np.cos(angle) * x + np.sin(angle) * y - offset
    return torch.sigmoid(distance / rng.uniform(0.05, 0.6))[..., None]


def _saturate(encoded: Tensor, amount: float) -> Tensor:
    gray = (encoded @ LUMINANCE)[..., None]
    return gray + (encoded - gray) * amount


def _split_tone(encoded: Tensor, rng: Rng) -> Tensor:
    """Opposite tints in shadows and highlights."""
    luma = (encoded @ LUMINANCE)[..., None]
    shadows, highlights = rng.normal(0, 0.06, 3), rng.normal(0, 0.06, 3)
    return encoded + _rgb(shadows) * (1 - luma) ** 2 + _rgb(highlights) * luma**2


def _random_curves(encoded: Tensor, rng: Rng, strength: float) -> Tensor:
    """Monotone curve per channel through five jittered knots, partly shared."""
    knots = np.linspace(0, 1, 5)
    shared = rng.normal(0, strength, 5) * 0.6
    columns = []
    for channel in range(3):
        values = knots + shared + rng.normal(0, strength, 5) * 0.6
        values = np.maximum.accumulate(np.clip(values, 0, 1) + np.linspace(0, 0.02, 5))
        fine = np.interp(np.linspace(0, 1, 1024), knots, values).astype(np.float32)
        fine = np.convolve(np.pad(fine, 128, "edge"), np.full(257, 1 / 257, np.float32), "valid")
        index = (encoded[..., channel].clamp(0, 1) * 1023).round().long()
        columns.append(torch.from_numpy(fine.astype(np.float32))[index])
    return torch.stack(columns, -1)


def _random_lattice(encoded: Tensor, rng: Rng, strength: float) -> Tensor:
    """Add a smooth random displacement of colour space (4 x 4 x 4 knots, trilinear)."""
    knots = rng.normal(0, strength, (1, 3, 4, 4, 4)).astype(np.float32)
    fine = torch.nn.functional.interpolate(
        torch.from_numpy(knots), size=(16, 16, 16), mode="trilinear", align_corners=True
    )
    where = encoded.flip(-1)[None, None] * 2 - 1  # grid_sample wants (b, g, r) = (x, y, z)
    moved = torch.nn.functional.grid_sample(fine, where, align_corners=True)
    return encoded + moved[0, :, 0].permute(1, 2, 0)


def _rgb(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
