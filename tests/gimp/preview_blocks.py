"""How far the dialog's preview is from what the image then shows, block by block.

python -m tests.gimp.preview_blocks PHOTOS

takes photographs for pictures of wide gamuts and of high dynamic range, under colored light, and
prints the largest CIEDE2000 between blocks of the fitted preview, and of what the preview shows of
the corrected layer: so both are shrunk alike.
"""

import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from tests.gimp import icc, place
from tests.gimp.looking import under_light
from tests.gimp.profile_setup import install
from tests.gimp.session import Gimp

BLOCK = 16  # pixels of the preview
REC2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), icc.D65, 1.0
# name: primaries, precision of the image, and what its numbers are multiplied by
KINDS = {
    "P3": (icc.DISPLAY_P3, "U8_NON_LINEAR", 1.0),
    "ProPhoto": (icc.PROPHOTO, "U16_NON_LINEAR", 1.0),
    "Rec. 2020 linear": (REC2020, "FLOAT_LINEAR", 1.0),
    "float HDR": (None, "FLOAT_LINEAR", 4.0),
}
LIGHTS = ((1.0, 0.35, 0.8), (0.35, 1.0, 0.5), (1.0, 0.6, 0.2))

# Runs in GIMP: what the dialog would show of a layer, and its correction.
SHOWN = """
import sys
sys.path.insert(0, folder)
from colorfix_gimp import runtime
runtime.connect()
from colorfix_gimp.dialogs.views import finely, overview
from colorfix_gimp.prediction.predictions import Predictions, run_through
from colorfix_gimp.settings import Settings
config = PDB().lookup_procedure("plug-in-remove-colored-lighting").create_config()
for name, value in (settings or {}).items():
    config.set_property(name, value)
layer = Gimp.Item.get_by_id(layer)
from colorfix_gimp.layers.encodings import view_of
view_of.cache_clear()
correction = None
if settings is not None:
    correction = Predictions.of().correction(layer, Settings.of(config))[0].whole
seen = run_through(overview(layer))
if correction is None:
    result = seen.scaled(*size).shown(None)[1].data
else:
    result = finely(seen, correction, *size).data
"""


def numbers_in(photo: np.ndarray, precision: str, factor: float) -> np.ndarray:
    """A uint8 photo as numbers of an image; linear ones are brighter than white by a factor."""
    if precision == "U8_NON_LINEAR":
        return photo
    if precision == "U16_NON_LINEAR":
        return photo.astype(np.uint16) * 257
    return ((photo / 255.0) ** 2.2 * factor).astype(np.float32)


def largest_difference(gimp, plug_in: str, photo: np.ndarray, kind: str, **settings) -> float:
    """Between blocks of the preview and of the canvas, after the same correction."""
    space, precision, factor = KINDS[kind]
    profile = None
    if space is not None:
        name = kind.replace(" ", "-")
        (gimp.path / f"{name}.icc").write_bytes(icc.matrix_profile(name, *space))
        profile = f"{gimp.folder}/{name}.icc"
    height, width = photo.shape[:2]
    image = gimp.new_image(width, height, precision, profile=profile)
    layer = gimp.new_layer(image, numbers_in(photo, precision, factor))
    scale = min(560 / width, 380 / height, 1)
    size = round(width * scale), round(height * scale)
    given = {key.replace("_", "-"): value for key, value in settings.items()}

    def seen(settings: dict | None) -> np.ndarray:
        data = gimp.execute(SHOWN, folder=plug_in, layer=layer, size=size, settings=settings)
        return np.frombuffer(data, np.uint8).reshape(size[1], size[0], 3)

    preview = seen(given)
    assert gimp.run(image, [layer], **settings) == ("success", "")
    canvas = seen(None)
    gimp.close(image)
    return float(ciede2000(_blocks(canvas), _blocks(preview)).max())


def _blocks(picture: np.ndarray) -> np.ndarray:
    """CIELAB of the mean of each block."""
    rows, columns = (side // BLOCK for side in picture.shape[:2])
    cut = picture[: rows * BLOCK, : columns * BLOCK].astype(float) / 255
    return srgb_to_lab(cut.reshape(rows, BLOCK, columns, BLOCK, 3).mean((1, 3)))


def main(photos: Path) -> None:
    found = place.find(os.environ.get(place.WANTED, ""))
    plug_in = install(found, "/tmp/colorfix-preview-blocks")
    gimp = Gimp(found, "/tmp/colorfix-preview-blocks", [found.console, "-i"])
    try:
        for number, path in enumerate(sorted(photos.glob("*.jpg"))[:12]):
            photo = np.asarray(Image.open(path).convert("RGB"))
            lit = under_light(photo, LIGHTS[number % 3])
            kind = list(KINDS)[number % 4]
            worst = largest_difference(gimp, plug_in, lit, kind)
            print(f"{path.name}: {kind}, {worst:.2f}", flush=True)
    finally:
        gimp.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
