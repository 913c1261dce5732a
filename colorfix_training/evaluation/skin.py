"""Whether the color of a face is one that skin has in good photographs.

python -m colorfix_training.evaluation.skin PHOTOS

prints the locus of the faces in a folder of good photographs. The rule: in the plane of a* and b*
(hue and chroma; CIELAB, D65) a color is plausible if it lies inside the ellipse that holds 90 % of
those faces; center and shape leave out the outermost 5 %, as skin under stage lights is among
them. Tones are told apart by the
individual typology angle of Chardon, Cretois and Hourseau, "Skin Colour Typology and Suntanning
Pathways", International Journal of Cosmetic Science 13 (1991).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from colorfix_core.color.lab import srgb_to_lab
from colorfix_training.data.photos import list_photos, load_photo
from colorfix_training.evaluation.faces import Face, FaceFinder

# From 426 faces in training photographs, collections of people with masks left out.
CENTER = np.array([13.9, 15.9])  # a*, b*: a hue of 49 degrees at a chroma of 21
COVARIANCE = np.array([[21.7, 21.9], [21.9, 56.8]])
RADIUS = 5.93  # squared distance of Mahalanobis
TONES = ("light", "medium", "dark")
_ANGLES = (41.0, 10.0)  # degrees: above is light, below is dark
_FEWEST = 12  # pixels of a region
_APART = 10.0  # a*, b*: a region further from the others is in a shadow, or covered


class Skin(NamedTuple):
    """A face whose forehead and cheeks were seen in a neutral picture."""

    face: Face
    regions: tuple[int, ...]  # those that show skin
    tone: str  # of `TONES`


def find_skin(neutral: np.ndarray, faces: list[Face]) -> list[Skin]:
    """The faces of a neutral (H, W, 3) uint8 picture that show enough skin to judge it."""
    found = []
    for face in faces:
        regions = _regions_of_skin(neutral, face)
        if len(regions) >= 2:
            color = color_of(neutral, face, regions)
            found.append(Skin(face, regions, tone(color)))
    return found


def color_of(picture: np.ndarray, face: Face, regions: tuple[int, ...]) -> np.ndarray:
    """Median L*, a*, b* over regions of a face, (3,)."""
    masks = face.masks(*picture.shape[:2])
    inside = np.logical_or.reduce([masks[region] for region in regions])
    return np.asarray(np.median(_lab(picture[inside]), 0))


def is_plausible(color: np.ndarray) -> bool:
    """Whether L*, a*, b* (3,) is a color of skin."""
    return bool(_distances(color[None, 1:], CENTER, COVARIANCE)[0] <= RADIUS)


def fit_locus(colors: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Center (2,), covariance (2, 2) and squared radius of the locus of (N, 2) a*, b*."""
    kept = np.ones(len(colors), bool)
    for _ in range(3):
        center, covariance = colors[kept].mean(0), np.cov(colors[kept].T)
        distances = _distances(colors, center, covariance)
        kept = distances <= np.quantile(distances, 0.95)
    return center, covariance, float(np.quantile(distances, 0.9))


def tone(color: np.ndarray) -> str:
    """Light, medium or dark by the individual typology angle of L*, a*, b*."""
    angle = np.degrees(np.arctan2(color[0] - 50, max(color[2], 1e-3)))
    return TONES[0] if angle > _ANGLES[0] else TONES[1] if angle > _ANGLES[1] else TONES[2]


def _regions_of_skin(picture: np.ndarray, face: Face) -> tuple[int, ...]:
    """The regions that are large enough and agree in a* and b* with the median of all."""
    masks = face.masks(*picture.shape[:2])
    large = [i for i, mask in enumerate(masks) if mask.sum() >= _FEWEST]
    if len(large) < 2:
        return ()
    colors = {i: np.median(_lab(picture[masks[i]]), 0)[1:] for i in large}
    middle = np.median(list(colors.values()), 0)
    return tuple(i for i in large if np.hypot(*(colors[i] - middle)) < _APART)


def _distances(colors: np.ndarray, center: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Squared distances of Mahalanobis, (N,)."""
    away = colors - center
    return np.asarray(np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away))


def _lab(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(srgb_to_lab(torch.from_numpy(pixels).float() / 255).numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    finder, colors = FaceFinder(), []
    for path in list_photos(parser.parse_args().photos):
        photo = load_photo(path)
        skins = find_skin(photo, finder.find(photo))
        colors += [color_of(photo, skin.face, skin.regions) for skin in skins]
    center, covariance, radius = fit_locus(np.array(colors)[:, 1:])
    print(f"{len(colors)} faces: center {center}, covariance {covariance}, radius {radius}")


if __name__ == "__main__":
    main()
