"""A picture and a LUT file in the folder in which the command runs."""

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D


@pytest.fixture
def photo(tmp_path, sample):
    """The portrait under magenta light, small, as a PNG file in the current folder."""
    path = tmp_path / "photo.png"
    Image.open(sample).resize((96, 96)).save(path)
    return path


@pytest.fixture
def red_killer(tmp_path):
    """A LUT file that halves red."""
    path = tmp_path / "halve-red.cube"
    Lut3D(Lut3D.identity(17).table * np.float32([0.5, 1, 1])).save(path)
    return path
