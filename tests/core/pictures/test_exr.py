"""OpenEXR: linear light in and out; what a file says and holds beside its colors stays."""

import struct

import numpy as np
import pytest

from colorfix_core.color import srgb
from colorfix_core.errors import ImageError
from colorfix_core.files import child
from colorfix_core.messages import listening
from colorfix_core.pictures import store
from colorfix_core.pictures.containers import exr as containers
from colorfix_core.pictures.picture import Picture

OpenEXR = pytest.importorskip("OpenEXR", reason="needs the package openexr")
P3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)


def _light(small):
    """Linear light with a lamp brighter than white."""
    light = srgb.decode(small / np.float32(255)).astype(np.float32)
    light[10:14, 10:14] = 7.5
    return light


def _save(path, pixels, parts=1, names="RGB", depth=np.float32, **header):
    head = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
    channels = {name: np.ascontiguousarray(pixels[..., i], depth) for i, name in enumerate(names)}
    if parts == 1:
        file = OpenEXR.File(head, channels)
    else:
        file = OpenEXR.File(
            [OpenEXR.Part(dict(head), dict(channels), f"part{i}") for i in range(parts)]
        )
    file.write(str(path))


def _channels(path):
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}


class Half:
    """Halves every sRGB-encoded value."""

    is_identity, of_color_alone = False, True

    def apply(self, image, out=None):
        result = image.copy() if out is None else out
        result[..., :3] = image[..., :3] * np.float32(0.5)
        return result


def test_light_is_read_as_srgb_without_bounds(tmp_path, small):
    _save(tmp_path / "a.exr", _light(small))
    picture = store.read(tmp_path / "a.exr")
    np.testing.assert_allclose(picture.pixels[20:], small[20:] / 255, atol=1e-5)
    assert picture.pixels[12, 12, 0] == pytest.approx(srgb.encode(np.array(7.5)), rel=1e-5)


@pytest.mark.parametrize("depth", [np.float16, np.float32])
def test_corrected_light_keeps_its_depth(tmp_path, small, depth):
    light = _light(small)
    _save(tmp_path / "a.exr", light, depth=depth)
    store.write(store.read(tmp_path / "a.exr").corrected(Half()), tmp_path / "b.exr")
    out = _channels(tmp_path / "b.exr")
    wanted = srgb.decode(srgb.encode(light) / 2)
    assert out["G"].dtype == depth
    np.testing.assert_allclose(out["G"], wanted[..., 1], rtol=2e-3, atol=1e-4)


def test_primaries_are_honored_and_kept(tmp_path, small):
    light = _light(small)
    _save(tmp_path / "a.exr", light, chromaticities=P3)
    picture = store.read(tmp_path / "a.exr")
    gray = np.abs(light - light.mean(2, keepdims=True)).max(2) < 1e-3
    assert np.abs(picture.pixels - srgb.encode(light))[~gray].max() > 0.02
    store.write(Picture(picture.pixels.copy(), metadata=picture.metadata), tmp_path / "b.exr")
    out = _channels(tmp_path / "b.exr")
    np.testing.assert_allclose(out["R"], light[..., 0], rtol=1e-4, atol=1e-5)
    head = containers.header((tmp_path / "b.exr").read_bytes())
    assert head.value(b"chromaticities") == struct.pack("<8f", *P3)


def test_header_window_and_further_channels_stay(tmp_path, small):
    window = (np.array([7, -3], np.int32), np.array([70, 44], np.int32))
    pixels = np.dstack([_light(small), np.full(small.shape[:2], 0.25, np.float32)])
    _save(tmp_path / "a.exr", pixels, names="RGBZ", owner="Gr\u00fc\u00dfe", dataWindow=window,
          capDate="2024:05:06 07:08:09", myOwnNumber=3.5)  # fmt: skip
    with listening() as told:
        store.write(store.read(tmp_path / "a.exr").corrected(Half()), tmp_path / "b.exr")
    old, new = (containers.header((tmp_path / n).read_bytes()) for n in ("a.exr", "b.exr"))
    assert set(old.attributes) == set(new.attributes) and not told
    np.testing.assert_array_equal(_channels(tmp_path / "b.exr")["Z"], pixels[..., 3])


def test_alpha_is_taken_out_and_multiplied_in_again(tmp_path, small):
    alpha = np.full(small.shape[:2], 0.5, np.float32)
    alpha[:4] = 0
    light = np.dstack([_light(small) * np.float32(0.5), alpha])
    _save(tmp_path / "a.exr", light, names="RGBA")
    picture = store.read(tmp_path / "a.exr")
    np.testing.assert_allclose(picture.pixels[20:, :, :3], small[20:] / 255, atol=1e-5)
    store.write(Picture(picture.pixels.copy(), metadata=picture.metadata), tmp_path / "b.exr")
    np.testing.assert_allclose(_channels(tmp_path / "b.exr")["R"], light[..., 0], rtol=1e-4)


def test_what_other_formats_cannot_hold_is_told(tmp_path, small):
    pixels = np.dstack([_light(small), np.ones(small.shape[:2], np.float32)])
    _save(tmp_path / "a.exr", pixels, names="RGBZ", owner="me")
    picture = store.read(tmp_path / "a.exr")
    with listening() as told:
        store.write(picture, tmp_path / "b.png")
    assert [w for w in ("above white", "(Z)", "(owner)") if not any(w in t for t in told)] == []
    assert (
        np.abs(store.read(tmp_path / "b.png").srgb()[20:] / 65535 - small[20:] / 255).max() < 1e-4
    )


def test_a_layer_is_found_if_there_is_one(tmp_path, small):
    _save(tmp_path / "a.exr", _light(small), names=("View.Combined.R", "View.Combined.G",
                                                    "View.Combined.B"))  # fmt: skip
    store.write(store.read(tmp_path / "a.exr").corrected(Half()), tmp_path / "b.exr")
    assert set(_channels(tmp_path / "b.exr")) == {f"View.Combined.{c}" for c in "RGB"}


def test_floats_of_a_tiff_become_light_and_come_back(tmp_path, small):
    pixels = small.astype(np.float32) / 255 * np.float32(1.5)
    store.write(Picture(pixels), tmp_path / "a.tif")
    store.write(store.read(tmp_path / "a.tif"), tmp_path / "b.exr")
    store.write(store.read(tmp_path / "b.exr"), tmp_path / "c.tif")
    np.testing.assert_allclose(store.read(tmp_path / "c.tif").pixels, pixels, atol=1e-5)
    assert store.read(tmp_path / "c.tif").profile


def _cut(path, light):
    _save(path, light)
    path.write_bytes(path.read_bytes()[:-2000])


def _zeros(path, light):
    _save(path, light)
    path.write_bytes(path.read_bytes()[:-2000] + bytes(2000))


def _gray(path, light):
    _save(path, light[..., :1], names="Y")


def _two(path, light):
    _save(path, light, parts=2)


def _head(path, light):
    _save(path, light)
    path.write_bytes(path.read_bytes()[:150])


def _no_size(path, light):
    _save(path, light)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"dataWindow\0", b"dataWindoW\0"))


@pytest.mark.parametrize(
    ("make", "says"),
    [(_cut, "damaged or cut"), (_zeros, "damaged or cut"), (_gray, "greyscale"),
     (_two, "2 pictures"), (_head, "header is cut"), (_no_size, "how large")],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(tmp_path, small, capfd, make, says):
    make(tmp_path / "a.exr", _light(small))
    capfd.readouterr()
    with pytest.raises(ImageError, match=says):
        store.read(tmp_path / "a.exr")
    assert capfd.readouterr() == ("", "")


def test_a_crash_of_the_library_is_one_sentence(tmp_path, small, monkeypatch):
    _save(tmp_path / "a.exr", _light(small))

    def crash(*_arguments):
        raise child.Failed("has crashed over it or needs too much memory")

    monkeypatch.setattr(child, "ask", crash)
    with pytest.raises(ImageError, match="OpenEXR has crashed.*float TIFF"):
        store.read(tmp_path / "a.exr")
