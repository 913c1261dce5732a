"""Faces in a picture, by MediaPipe's older models: where forehead and cheeks are.

The full-range detector says where faces are, the mesh of 468 points is laid on an enlarged crop
of each: it finds half as many faces again as the mesh alone. MediaPipe is an extra of the
training (`measure`); its wheel with these models, 0.10.14, is for CPython 3.11 and 3.12.
"""

from __future__ import annotations

import os
import warnings
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

# Points of the canonical face mesh around the forehead and each cheek, away from hair, brows,
# eyes, nose and beard.
_REGIONS = (
    (67, 109, 10, 338, 297, 299, 337, 151, 108, 69),
    (116, 117, 118, 101, 36, 205, 187, 123),
    (345, 346, 347, 330, 266, 425, 411, 352),
)
_SMALLEST = 20  # pixels, of a face whose mesh can be trusted
_CROP = 256


class Face(NamedTuple):
    """Forehead and cheeks: (3 regions of) corners (N, 2), x and y as shares of the sides."""

    regions: tuple[np.ndarray, ...]

    def masks(self, height: int, width: int) -> list[np.ndarray]:
        """Which pixels of a picture of that size are inside each region, (height, width) bool."""
        return [_filled(corners * [width, height], height, width) for corners in self.regions]


class FaceFinder:
    """Loads MediaPipe; ImportError where it is missing."""

    def __init__(self) -> None:
        os.environ.setdefault("GLOG_minloglevel", "2")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from mediapipe.python.solutions import face_detection, face_mesh

            self._detector: Any = face_detection.FaceDetection(
                model_selection=1, min_detection_confidence=0.5
            )
            self._mesh: Any = face_mesh.FaceMesh(
                static_image_mode=True, max_num_faces=1, min_detection_confidence=0.4
            )

    def find(self, picture: np.ndarray) -> list[Face]:
        """The faces of an (H, W, 3) uint8 picture, which should be neutral and not squeezed."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._detector.process(np.ascontiguousarray(picture)).detections or []
            faces = [self._meshed(picture, detection) for detection in found]
        return [face for face in faces if face]

    def _meshed(self, picture: np.ndarray, detection: Any) -> Face | None:
        height, width = picture.shape[:2]
        box = detection.location_data.relative_bounding_box
        side = max(box.width * width, box.height * height)
        if side < _SMALLEST:
            return None
        left = (box.xmin + box.width / 2) * width - side
        top = (box.ymin + box.height / 2) * height - side
        around = tuple(round(v) for v in (left, top, left + 2 * side, top + 2 * side))
        crop = Image.fromarray(picture).crop(around).resize((_CROP, _CROP), _BICUBIC)
        meshes = self._mesh.process(np.asarray(crop)).multi_face_landmarks
        if not meshes:
            return None
        points = np.array([(point.x, point.y) for point in meshes[0].landmark])
        points = (points * 2 * side + [around[0], around[1]]) / [width, height]
        return Face(tuple(points[list(region)] for region in _REGIONS))


_BICUBIC = Image.Resampling.BICUBIC


def _filled(corners: np.ndarray, height: int, width: int) -> np.ndarray:
    image = Image.new("1", (width, height))
    ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in corners], fill=1)
    return np.asarray(image)
