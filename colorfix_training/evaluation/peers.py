"""White balance as people do it today, to compare with.

Every method takes and returns (H, W, 3) uint8 sRGB pictures. The estimators of the illuminant
divide it out in linear light and keep the brightness of green, as cameras do.
"""

from collections.abc import Callable

import cv2
import numpy as np
import torch

from colorfix_core.color.lab import linear_to_srgb, srgb_to_linear


def grey_world(picture: np.ndarray) -> np.ndarray:
    """Buchsbaum 1980: the mean of the scene is grey."""
    return _divide(picture, lambda linear: linear.mean((0, 1)))


def shades_of_grey(picture: np.ndarray) -> np.ndarray:
    """Finlayson and Trezzi 2004: the Minkowski mean with p = 6 is grey."""
    return _divide(picture, lambda linear: (linear**6).mean((0, 1)) ** (1 / 6))


def white_patch(picture: np.ndarray) -> np.ndarray:
    """Land 1977: the brightest value of each channel (99th percentile) is white."""
    return _divide(picture, lambda linear: np.percentile(linear, 99, axis=(0, 1)))


def grey_edge(picture: np.ndarray) -> np.ndarray:
    """Van de Weijer, Gevers and Gijsenij 2007: the mean edge is grey; first order, sigma 1."""
    return _divide(picture, _mean_edge)


def gimp_auto_white_balance(picture: np.ndarray) -> np.ndarray:
    """Colors > Auto > White Balance: stretch each channel between its 0.6 % tails."""
    low = np.percentile(picture, 0.6, axis=(0, 1))
    high = np.percentile(picture, 99.4, axis=(0, 1))
    stretched = (picture - low) / np.maximum(high - low, 1) * 255
    return stretched.clip(0, 255).round().astype(np.uint8)


def opencv_learning(picture: np.ndarray) -> np.ndarray:
    """cv2.xphoto: Cheng et al. 2015, regression trees on simple features."""
    balance = cv2.xphoto.createLearningBasedWB()
    return balance.balanceWhite(np.ascontiguousarray(picture[..., ::-1]))[..., ::-1]


METHODS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    f.__name__: f
    for f in (
        grey_world,
        shades_of_grey,
        white_patch,
        grey_edge,
        gimp_auto_white_balance,
        opencv_learning,
    )
}


def _mean_edge(linear: np.ndarray) -> np.ndarray:
    smooth = cv2.GaussianBlur(linear, (0, 0), 1)
    return np.hypot(np.diff(smooth, axis=0)[:, 1:], np.diff(smooth, axis=1)[1:]).mean((0, 1))


def _divide(picture: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    linear = srgb_to_linear(torch.from_numpy(picture).float() / 255).numpy()
    illuminant = np.maximum(estimate(linear), 1e-4)
    balanced = torch.from_numpy(linear * (illuminant[1] / illuminant)).clamp(0, 1)
    return (linear_to_srgb(balanced).numpy() * 255 + 0.5).astype(np.uint8)
