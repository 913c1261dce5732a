"""The 224 x 224 thumbnail that the networks see, made by area averaging."""

import numpy as np
from PIL import Image

from colorfix_core.errors import ImageError

SIDE = 224


def thumbnail(image: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Average a picture over equal areas; the aspect ratio is not kept.

    Parameters
    ----------
    image : (H, W, 3) uint8, uint16 or float in [0, 1], sRGB-encoded; floats beyond that range
        are clamped, NaN counts as 0
    mask : (H, W) weights in [0, 1] or bool; 0 means not looked at. None: everything counts.

    Returns
    -------
    (224, 224, 3) float32 in [0, 1]. Areas without any weight show the mean colour of the rest.

    Raises
    ------
    ValueError : wrong shape or dtype
    ImageError : the mask leaves nothing to look at
    """
    image = _checked(image)
    if mask is None:
        return np.stack([_reduce(_unit(image[..., c])) for c in range(3)], -1)
    rows, columns, mask = _looked_at(mask, image.shape[:2])
    image, mask = image[rows, columns], mask[rows, columns]
    weight = _reduce(mask)[..., None]
    total = np.stack([_reduce(_unit(image[..., c]) * mask) for c in range(3)], -1)
    mean = total.sum((0, 1)) / weight.sum()
    return np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), mean).astype(np.float32)


def _checked(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"a picture has shape (H, W, 3), not {image.shape}")
    if image.dtype not in (np.uint8, np.uint16) and image.dtype.kind != "f":
        raise ValueError(f"a picture is uint8, uint16 or float, not {image.dtype}")
    return image


def _looked_at(mask: np.ndarray, shape: tuple[int, int]) -> tuple[slice, slice, np.ndarray]:
    """The bounding box of what counts, and the weights as float32."""
    mask = np.nan_to_num(np.asarray(mask, np.float32)).clip(0, 1)
    if mask.shape != shape:
        raise ValueError(f"the mask has shape {mask.shape}, the picture {shape}")
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        raise ImageError(
            "There is nothing to look at: everything is transparent or outside the selection."
        )
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1), mask


def _unit(channel: np.ndarray) -> np.ndarray:
    """One channel as float32 in [0, 1]."""
    if channel.dtype == np.uint8:
        return channel.astype(np.float32) / 255
    if channel.dtype == np.uint16:
        return channel.astype(np.float32) / 65535
    return np.nan_to_num(channel.astype(np.float32), nan=0, posinf=1, neginf=0).clip(0, 1)


def _reduce(channel: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(np.ascontiguousarray(channel, np.float32))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))
