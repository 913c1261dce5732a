"""What names of LUT files say about the colors that they are for."""

import pytest

from colorfix_core.luts.spaces import names
from colorfix_core.luts.spaces.names import Meaning

SAID = {
    "ARRI_LogC_to_Rec709": ("logc3", "rec709"),
    "AlexaV3_K1S1_LogC2Video_Rec709_EE_davinci3d": ("logc3", "rec709"),
    "SLog3SGamut3.CineToLC-709": ("slog3", "rec709"),
    "SGamut3_SLog3 look": ("slog3", "rec709"),
    "S-Log3 S-Gamut3 to s709": ("slog3-sgamut3", "rec709"),
    "V-Log to V709": ("vlog", "rec709"),
    "CanonLog3_to_BT709": ("clog3", "rec709"),
    "CLog2 film": ("clog2", "rec709"),
    "apple_log-to-rec709": ("applelog", "rec709"),
    "ACEScct_to_sRGB": ("acescct", "srgb"),
    "LogC4 look": ("logc4", "rec709"),
    "Teal AdobeRGB": ("adobergb", "adobergb"),
    "Rec709 Kodak 2383 D60": ("rec709", "rec709"),
    "faded sRGB": ("srgb", "srgb"),
}


@pytest.mark.parametrize("stem", SAID)
def test_a_name_says_what_a_lut_takes_and_gives(stem):
    assert names.guessed(stem) == Meaning(*SAID[stem])


@pytest.mark.parametrize("stem", ["Teal and Orange", "SLog2", "linear contrast", "p3", "catalog 3"])
def test_other_names_say_nothing(stem):
    assert names.guessed(stem) is None


def test_comments_speak_where_the_name_is_silent():
    assert names.guessed("look", ["made for V-Log footage"]) == Meaning("vlog", "rec709")
    assert names.guessed("look srgb", ["made for V-Log footage"]) == Meaning("srgb", "srgb")


@pytest.mark.parametrize("profile", ["ProPhoto", "AdobeRGB", "Rec2020"])
def test_a_hald_clut_ends_with_its_working_profile_as_in_rawtherapee(profile):
    meaning = names.guessed(f"Fuji Astia {profile}", hald=True)
    assert meaning.takes == meaning.gives
    assert meaning.titles[0].endswith("with sRGB's curve")


def test_a_log_that_nothing_more_is_said_of_gives_rec_709():
    assert names.named("vlog") == Meaning("vlog", "rec709")
    assert names.named("prophoto") == Meaning("prophoto", "prophoto")
    assert names.named("vlog", "vlog") == Meaning("vlog", "vlog")
