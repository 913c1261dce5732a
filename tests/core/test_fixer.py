"""From a picture to its LUT, with the weights that ship."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from colorfix_core import ColorFixer
from colorfix_core.color import srgb
from colorfix_core.errors import DeviceError, ImageError, ModelError
from colorfix_core.fixer import METHODS
from colorfix_core.networks.encoder import load_encoder
from colorfix_core.networks.vae import Vae
from tests.helpers.paths import REPOSITORY

MODELS = REPOSITORY / "models"
# Good photos are among the pictures here, and nobody listens to what is told of them.
pytestmark = pytest.mark.filterwarnings("ignore:Nothing was found")


@pytest.fixture(scope="session")
def fixer():
    return ColorFixer.load("cpu")


@pytest.fixture
def models(tmp_path):
    """A copy of the weights, to be damaged."""
    return shutil.copytree(MODELS, tmp_path / "models")


def lit(picture: np.ndarray, light: tuple[float, float, float]) -> np.ndarray:
    """A picture under coloured light, multiplied in linear light."""
    linear = (picture / 255) ** 2.2 * light
    return (linear.clip(0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)


def mean_luminance(picture: np.ndarray) -> float:
    """In linear light, of a uint8 picture."""
    return float((srgb.decode(picture / 255) @ srgb.LUMINANCE).mean())


def as_bright_as(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A uint8 picture, scaled in linear light to the mean luminance of another one."""
    scaled = srgb.decode(picture / 255) * (mean_luminance(other) / mean_luminance(picture))
    return srgb.encode(scaled.clip(0, 1)) * 255


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("light", [(1, 0.25, 0.6), (0.3, 0.4, 1), (1, 0.8, 0.2)])
def test_colored_light_is_reduced(fixer, portrait, light, method):
    ruined = lit(portrait, light)
    fixed = fixer.predict(ruined, method=method).apply(ruined)
    # The direct method leaves a picture as bright as it is; the balancer makes its light white.
    wanted = as_bright_as(portrait, ruined) if method == "lut" else portrait
    before, after = (np.abs(p.astype(float) - wanted).mean() for p in (ruined, fixed))
    assert after < {"lut": 0.5, "balancer": 0.95}[method] * before


@pytest.mark.parametrize("light", [(1, 0.25, 0.6), (0.3, 0.4, 1), (1, 0.8, 0.2)])
def test_a_picture_stays_as_bright_as_it_is(fixer, portrait, light):
    ruined = lit(portrait, light)
    fixed = fixer.predict(ruined).apply(ruined)
    assert mean_luminance(fixed) == pytest.approx(mean_luminance(ruined), rel=0.15)


def test_a_good_photo_is_hardly_changed(fixer, portrait):
    fixed = fixer.predict(portrait).apply(portrait)
    assert np.abs(fixed.astype(float) - portrait).mean() < 12


def test_the_same_picture_gives_the_same_lut(fixer, portrait):
    assert np.array_equal(fixer.predict(portrait).table, fixer.predict(portrait).table)


def test_every_depth_gives_nearly_the_same_lut(fixer, portrait):
    expected = fixer.predict(portrait).table
    for same in (portrait.astype(np.uint16) * 257, portrait / 255):
        np.testing.assert_allclose(fixer.predict(same).table, expected, atol=1e-3)


def test_iterations_compose_into_one_lut(fixer, portrait):
    ruined = lit(portrait, (1, 0.3, 0.5))
    first, second = fixer.predict_steps(ruined, 2).luts
    again = fixer.predict(first.apply(ruined.astype(np.float32) / 255))
    one_after_the_other = again.apply(first.apply(ruined / 255))
    np.testing.assert_allclose(second.apply(ruined / 255), one_after_the_other, atol=0.02)


@pytest.mark.parametrize("size", [17, 33, 65])
def test_the_lut_has_the_size_asked_for(fixer, portrait, size):
    assert fixer.predict(portrait, iterations=2, size=size).table.shape == (size, size, size, 3)


def test_what_is_masked_does_not_count(fixer, portrait):
    mask = np.zeros(portrait.shape[:2], bool)
    mask[:, :256] = True
    other = portrait.copy()
    other[:, 256:] = (255, 0, 255)
    np.testing.assert_array_equal(
        fixer.predict(other, mask=mask).table, fixer.predict(portrait, mask=mask).table
    )


@pytest.mark.parametrize("fill", [0, 255])
def test_a_single_pixel_gives_a_usable_lut(fixer, fill):
    assert np.isfinite(fixer.predict(np.full((1, 1, 3), fill, np.uint8)).table).all()


def test_an_empty_mask_is_refused(fixer, portrait):
    with pytest.raises(ImageError):
        fixer.predict(portrait, mask=np.zeros(portrait.shape[:2]))


@pytest.mark.parametrize("wrong", [{"iterations": 0}, {"iterations": 11}, {"method": "magic"}])
def test_wrong_arguments_are_named(fixer, portrait, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        fixer.predict(portrait, **wrong)


@pytest.mark.parametrize("part", [
    "vae/diffusion_pytorch_model.safetensors", "vae/config.json",
    "predictor/model.safetensors", "predictor/config.json",
])  # fmt: skip
@pytest.mark.parametrize("damage", ["missing", "cut", "garbage"])
def test_damaged_weights_are_refused_with_a_sentence(models, part, damage):
    path = models / part
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"\x93" * 1000)
    with pytest.raises(ModelError, match="run the installer again"):
        ColorFixer.load("cpu", models)


def test_another_vae_is_refused(models):
    config = models / "predictor" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "vae_sha256": "0" * 64}))
    with pytest.raises(ModelError, match="another VAE"):
        ColorFixer.load("cpu", models)


@pytest.mark.parametrize("attention", [False, True])
def test_the_encoder_is_diffusers(tmp_path, attention):
    """Ours where it can be, theirs where the architecture is another."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(0)
    theirs = AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
        block_out_channels=[8, 16], layers_per_block=2, norm_num_groups=4,
        mid_block_add_attention=attention, use_quant_conv=attention, use_post_quant_conv=False,
    )  # fmt: skip
    theirs.save_pretrained(tmp_path)
    pictures = torch.rand(2, 3, 40, 56)
    with torch.no_grad():
        expected = theirs.eval().encode(pictures * 2 - 1).latent_dist.parameters
    assert (load_encoder(tmp_path, next(tmp_path.glob("*.safetensors"))) is None) == attention
    torch.testing.assert_close(Vae.load(tmp_path, "cpu").encode(pictures), expected)


def test_the_direct_method_needs_no_slow_import():
    code = (
        "import sys, numpy; from colorfix_core import ColorFixer\n"
        "ColorFixer.load('cpu').predict(numpy.ones((8, 8, 3)))\n"
        "print({'diffusers', 'sympy', 'torch._dynamo'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True)
    assert run.stdout.decode().strip() == "set()"


def test_a_missing_balancer_leaves_the_direct_method(models, portrait):
    shutil.rmtree(models / "balancer")
    fixer = ColorFixer.load("cpu", models)
    fixer.predict(portrait)
    with pytest.raises(ModelError):
        fixer.predict(portrait, method="balancer")
    assert fixer.describe()["balancer"] == "missing"


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "cpu:1", "cuda:x"])
def test_an_unknown_device_is_refused(device):
    with pytest.raises(DeviceError, match=device):
        ColorFixer.load(device)


def test_importing_the_core_imports_nothing_heavy():
    code = "import sys, colorfix_core; print({'torch', 'numpy', 'diffusers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True)
    assert run.stdout.decode().strip() == "set()"


def test_cuda_agrees_with_the_cpu(fixer, portrait):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    table = ColorFixer.load("cuda").predict(portrait).table
    np.testing.assert_allclose(table, fixer.predict(portrait).table, atol=1 / 4096)


def test_predict_returns_the_likeliest_candidate(fixer, portrait):
    candidates = fixer.predict_candidates(portrait, size=9)
    shares = [candidate.probability for candidate in candidates]
    assert 1 <= len(shares) <= 6 and shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(candidates[0].lut.table, fixer.predict(portrait, size=9).table)


def test_a_thoroughness_out_of_range_is_refused(fixer, portrait):
    with pytest.raises(ValueError, match="thoroughness"):
        fixer.predict(portrait, thoroughness=1.5)


def lit_from_two_sides(picture: np.ndarray) -> np.ndarray:
    """Blue light from the left, red light from the right: well apart, whatever the weights."""
    share = np.linspace(0, 1, picture.shape[1])[None, :, None]
    share = 1 / (1 + np.exp(-25 * (share - 0.5)))
    light = (1 - share) * np.array([0.2, 0.45, 1]) + share * np.array([1, 0.3, 0.2])
    return lit(picture, light)


def test_two_lights_are_corrected_apart(fixer, portrait):
    ruined = lit_from_two_sides(portrait)
    together, apart = fixer.predict(ruined), fixer.predict_local(ruined)
    wanted = as_bright_as(portrait, ruined)
    one, several = (
        np.abs(c.apply(ruined).astype(float) - wanted).mean() for c in (together, apart)
    )
    assert len(apart.luts) == 2 and len(apart.masks) == 1
    assert several < 0.97 * one


def test_one_light_gets_one_lut(fixer, portrait):
    ruined = lit(portrait, (1, 0.25, 0.6))
    with pytest.warns(match="One light"):
        found = fixer.predict_local(ruined)
    assert found.of_color_alone
    np.testing.assert_array_equal(found.luts[0].table, fixer.predict(ruined).table)


def test_what_a_selection_hides_does_not_place_the_masks(fixer, portrait):
    ruined, mask = lit_from_two_sides(portrait), np.zeros(portrait.shape[:2], bool)
    mask[:, 20:-20] = True
    inside = fixer.predict_local(ruined, mask=mask)
    _, left, _, right = inside.masks[0].window
    assert (left, right) == (20 / portrait.shape[1], 1 - 20 / portrait.shape[1])


def test_a_single_lit_channel_adds_black_and_white(fixer, portrait):
    red = portrait * np.uint8([1, 0, 0])
    with pytest.warns(match="single color"):
        *_, last = fixer.predict_candidates(red)
    assert last.origin == "black and white"
    gray = last.lut.apply(red)
    assert np.ptp(gray.astype(int), axis=-1).max() <= 1
