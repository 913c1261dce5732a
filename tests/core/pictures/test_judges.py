"""exiftool and exiv2 find nothing lost and nothing new to warn of."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fuzz import picture_targets
from tests.helpers import judges

# Camera files beside those made here, if there are any: a folder of JPEG, PNG, TIFF and WebP.
CAMERAS = os.environ.get("COLORFIX_CAMERA_FILES")
SUFFIXES = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp"}

pytestmark = pytest.mark.skipif(
    not shutil.which("exiftool") or not shutil.which("exiv2"),
    reason="needs the programs exiftool (libimage-exiftool-perl) and exiv2",
)


@pytest.mark.parametrize("kind", SUFFIXES)
def test_nothing_is_lost_and_nothing_new_is_warned_of(tmp_path, kind):
    for number, data in enumerate(picture_targets.seeds(kind)):
        (tmp_path / f"{number}{SUFFIXES[kind]}").write_bytes(data)
    assert judges.main([str(tmp_path)]) == 0


@pytest.mark.skipif(CAMERAS is None, reason="COLORFIX_CAMERA_FILES names no folder")
def test_cameras_files_come_out_as_they_were():
    assert judges.main([str(Path(CAMERAS))]) == 0
