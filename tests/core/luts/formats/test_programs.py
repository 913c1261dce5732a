"""What other programs make of our files, and we of theirs."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.messages import listening
from tests.helpers.lut_examples import inside_unit_range, picture, smooth_lut

HEIGHT, WIDTH = 48, 64


def look(size=33):
    """A LUT as we ship it, title and comments included."""
    return Lut3D(
        smooth_lut(size).table, title="Colour fix", comments=["strength 80 %", "weights 01ab"]
    )


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@pytest.mark.parametrize(
    "extension, precision", [("cube", 2e-6), ("spi3d", 2e-6), ("3dl", 2e-4), ("clf", 1e-6)]
)
def test_opencolorio_computes_the_same_from_our_file(tmp_path, extension, precision):
    ocio = pytest.importorskip("PyOpenColorIO")
    lut, path, image = inside_unit_range(look()), tmp_path / f"look.{extension}", picture("float32")
    with listening():
        lut.save(path)
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    result = image.copy()
    ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor().applyRGB(result)
    assert np.abs(result - lut.apply(image)).max() < precision


@pytest.mark.parametrize(
    "writer, extension",
    [("iridas_cube", "cube"), ("resolve_cube", "cube"), ("flame", "3dl"), ("lustre", "3dl")],
)
def test_we_compute_the_same_from_opencolorios_file(tmp_path, writer, extension):
    ocio = pytest.importorskip("PyOpenColorIO")
    config, lut = ocio.Config.CreateRaw(), inside_unit_range(smooth_lut(17))
    from colorfix_core.luts import opencolorio

    config.addColorSpace(ocio.ColorSpace(ocio.REFERENCE_SPACE_SCENE, "plain"))
    space = ocio.ColorSpace(name="look")
    space.setTransform(opencolorio.transform(lut), ocio.COLORSPACE_DIR_TO_REFERENCE)
    config.addColorSpace(space)
    baker = ocio.Baker(config, writer, "look", "plain")
    baker.setCubeSize(17)
    path, image = tmp_path / f"baked.{extension}", picture("float32")
    path.write_text(baker.bake())
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    theirs = image.copy()
    ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor().applyRGB(theirs)
    assert np.abs(Lut3D.load(path).apply(image) - theirs).max() < 2e-6
    assert np.abs(theirs - lut.apply(image)).max() < 2e-3


@needs("ffmpeg")
@pytest.mark.parametrize("size", [17, 33, 65])
def test_ffmpeg_computes_the_same_from_our_cube(tmp_path, size):
    lut, image = inside_unit_range(look(size)), picture("float32", shape=(HEIGHT, WIDTH))
    lut.save(tmp_path / "look.cube")
    result = ffmpeg(tmp_path, image, "lut3d=file=look.cube:interp=tetrahedral")
    assert np.abs(result - lut.apply(image)).max() < 2e-6


@needs("ffmpeg")
def test_ffmpeg_computes_the_same_from_our_3dl_of_17(tmp_path):
    lut, image = inside_unit_range(look(17)), picture("float32", shape=(HEIGHT, WIDTH))
    lut.save(tmp_path / "look.3dl")
    result = ffmpeg(tmp_path, image, "lut3d=file=look.3dl:interp=tetrahedral")
    # ffmpeg takes 4096 for full scale, and 4095 is what everybody writes.
    assert np.abs(result - lut.apply(image)).max() < 5e-4


def ffmpeg(folder, image, chain):
    planes = np.ascontiguousarray(image[..., [1, 2, 0]].transpose(2, 0, 1))
    raw = ["-f", "rawvideo", "-pix_fmt", "gbrpf32le"]
    command = ["ffmpeg", "-v", "error", *raw, "-s", f"{WIDTH}x{HEIGHT}", "-i", "-", "-vf", chain]
    done = subprocess.run(
        [*command, *raw, "-"], input=planes.tobytes(), capture_output=True, cwd=folder, check=True
    )
    planes = np.frombuffer(done.stdout, np.float32).reshape(3, HEIGHT, WIDTH)
    return planes.transpose(1, 2, 0)[..., [2, 0, 1]]


@needs("ffmpeg")
@pytest.mark.parametrize("bits", [8, 16])
def test_ffmpeg_computes_the_same_from_our_hald(tmp_path, bits):
    from colorfix_core.luts.formats import hald

    lut = inside_unit_range(smooth_lut(16))
    with (tmp_path / "look.png").open("wb") as stream:
        hald.write(lut, stream, bits)
    colors = picture("uint16", shape=(HEIGHT, WIDTH))
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb48le"]
    chain = "[1]format=rgb48[b];[0][b]haldclut=interp=tetrahedral"
    command = ["ffmpeg", "-v", "error", *raw, "-s", f"{WIDTH}x{HEIGHT}", "-i", "-"]
    command += ["-i", "look.png", "-filter_complex", chain, "-frames:v", "1", *raw, "-"]
    done = subprocess.run(
        command, input=colors.tobytes(), capture_output=True, cwd=tmp_path, check=True
    )
    result = np.frombuffer(done.stdout, "<u2").reshape(HEIGHT, WIDTH, 3) / 65535
    # ffmpeg widens 8 bits to 16 by a shift.
    assert np.abs(result - lut.evaluate(colors / 65535)).max() < (6e-3 if bits == 8 else 1e-4)


@needs("gmic")
@pytest.mark.parametrize("size", [17, 33])
def test_gmic_reads_our_cube(tmp_path, size):
    lut = look(size)
    lut.save(tmp_path / "look.cube")
    command = "gmic -v -1 input_cube look.cube output table.raw,float"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True, timeout=60)
    planes = np.fromfile(tmp_path / "table.raw", "<f4").reshape(3, size, size, size)
    assert np.abs(planes.transpose(3, 2, 1, 0) / 255 - lut.table).max() < 1e-6


@pytest.mark.parametrize("size", [17, 33])
def test_colour_science_computes_the_same_from_our_cube(tmp_path, size):
    colour = pytest.importorskip("colour")
    lut, image = look(size), picture("float64", shape=(HEIGHT, WIDTH))
    lut.save(tmp_path / "look.cube")
    theirs = colour.read_LUT(str(tmp_path / "look.cube"))
    assert theirs.name == "Colour fix"
    result = theirs.apply(image, interpolator=colour.algebra.table_interpolation_tetrahedral)
    assert np.abs(result - lut.apply(image)).max() < 2e-6


def test_we_compute_the_same_from_colour_sciences_files(tmp_path):
    colour = pytest.importorskip("colour")
    table, image = smooth_lut(9).table.astype(np.float64), picture("float64", shape=(HEIGHT, WIDTH))
    domain = np.array([[-0.1, 0, 0], [1, 2, 1.5]])
    theirs = colour.LUT3D(table, "Made elsewhere", domain, comments=["first", "second"])
    colour.io.write_LUT_IridasCube(theirs, str(tmp_path / "look.cube"))
    ours = Lut3D.load(tmp_path / "look.cube")
    assert (ours.title, ours.comments) == ("Made elsewhere", ("first", "second"))
    expected = theirs.apply(image, interpolator=colour.algebra.table_interpolation_tetrahedral)
    assert np.abs(ours.apply(image) - expected).max() < 2e-6
    theirs = colour.LUT3D(table)
    colour.io.write_LUT_SonySPI3D(theirs, str(tmp_path / "look.spi3d"))
    expected = theirs.apply(image, interpolator=colour.algebra.table_interpolation_tetrahedral)
    assert np.abs(Lut3D.load(tmp_path / "look.spi3d").apply(image) - expected).max() < 2e-6


def test_pillow_computes_nearly_the_same(tmp_path):
    """Its 8-bit trilinear filter on our table; what a script without our core would do."""
    from PIL import ImageFilter

    lut, image = inside_unit_range(smooth_lut(33)), picture("uint8", shape=(HEIGHT, WIDTH))
    table = lut.table.transpose(2, 1, 0, 3).ravel().tolist()
    result = np.asarray(Image.fromarray(image).filter(ImageFilter.Color3DLUT(33, table)))
    assert np.abs(result.astype(int) - lut.apply(image)).max() <= 2
