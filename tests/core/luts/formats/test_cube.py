"""The .cube format: what is in the specification, what is in the wild, and what is refused."""

import io
import locale
import os
import warnings

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts import reference
from colorfix_core.luts.data import Shaper
from colorfix_core.luts.formats import cube
from colorfix_core.messages import listening
from tests.helpers.lut_examples import picture, smooth_lut
from tests.helpers.paths import REPOSITORY

CASES = REPOSITORY / "tests" / "data" / "cube-cases"
ROWS = "".join(f"{r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return cube.read(io.BytesIO(data), len(data))


def affine(colors):
    r, g, b = np.moveaxis(colors, -1, 0)
    return np.stack(
        [0.1 + 0.6 * r + 0.2 * g, 0.05 + 0.8 * g + 0.1 * b, 0.9 + 0.05 * r - 0.7 * b], -1
    )


def video_from_full(colors):
    """ITU-R BT.709 in 10 bits: black is 64 and white 940."""
    return (64 + 876 * colors) / 1023


def full_from_video(colors):
    return (1023 * colors - 64) / 876


MAPS = {
    "integers": lambda c: np.stack([c[..., 1], c[..., 2], 1 - c[..., 0]], -1),
    "out-of-range": lambda c: c * [2, 1.5, 1.75] - [0.5, 0.25, 0],
    "one-d": lambda c: np.stack([1 - c[..., 0], 0.5 + 0 * c[..., 1], c[..., 2]], -1),
    "domain-half": lambda c: affine(c.clip(0, 0.5)),
    "resolve-video-range": lambda c: full_from_video(affine(video_from_full(c))),
    "domain-per-channel": lambda c: affine(c.clip([0, -1, 0.25], [2, 1, 0.75])),
}


@pytest.mark.parametrize("path", sorted(CASES.glob("valid/*.cube")), ids=lambda path: path.stem)
def test_a_valid_file_gives_its_colors(path):
    colors = picture("float64")
    expected = MAPS.get(path.stem, affine)(colors)
    with listening():
        lut = Lut3D.load(path)
    assert np.abs(lut.apply(colors) - expected).max() < 1e-6


@pytest.mark.parametrize("path", sorted(CASES.glob("invalid/*.cube")), ids=lambda path: path.stem)
def test_an_invalid_file_is_refused_with_line_and_reason(path):
    with pytest.raises(LutFileError, match=rf"{path.name} .*line \d+ ") as failure:
        Lut3D.load(path)
    assert "\n" not in str(failure.value)


REFUSED = {
    "too few rows": ("LUT_3D_SIZE 2\n" + ROWS[:-6], "line 8 .*7 of 8"),
    "too many rows": ("LUT_3D_SIZE 2\n" + ROWS + "0 0 0\n", "line 10 .*more than the 8"),
    "NaN": ("LUT_3D_SIZE 2\nnan 0 0\n" + ROWS[6:], "line 2 "),
    "NaN later": ("LUT_3D_SIZE 2\n0 0 0\n0 nan 0\n" + ROWS[12:], "line 3 .*'nan'"),
    "underscores": ("LUT_3D_SIZE 2\n1_0 0 0\n" + ROWS[6:], "line 2 .*'1_0'"),
    "other digits": ("LUT_3D_SIZE 2\n0 0 0\n٣ 0 0\n" + ROWS[12:], "line 3 "),
    "decimal commas": ("LUT_3D_SIZE 2\n0,0 0,0 0,0\n" + ROWS[6:], "line 2 .*'0,0'"),
    "beyond float32": ("LUT_3D_SIZE 2\n1e39 0 0\n" + ROWS[6:], "line 2 .*too large"),
    "no size": (ROWS, "line 1 .*LUT_3D_SIZE belongs"),
    "size 1": ("LUT_3D_SIZE 1\n0 0 0\n", "line 1 .*2..256"),
    "huge size": ("LUT_3D_SIZE 2000000\n0 0 0\n", "line 1 .*2..256"),
    "size of 5000 digits": ("LUT_3D_SIZE " + "9" * 5000 + "\n0 0 0\n", "line 1 .*2..256"),
    "size beyond the file": ("LUT_3D_SIZE 256\n" + ROWS, "line 2 .*16777216 rows.* bytes"),
    "two sizes": ("LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n" + ROWS, "line 2 .*second LUT_3D_SIZE"),
    "empty domain": ("LUT_3D_SIZE 2\nDOMAIN_MIN 0 1 0\n" + ROWS, "line 2 .*does not rise"),
    "late keyword": ("LUT_3D_SIZE 2\n" + ROWS + "DOMAIN_MAX 2 2 2\n", "line 10 .*DOMAIN_MAX"),
    "UTF-16": (("LUT_3D_SIZE 2\n" + ROWS).encode("utf-16"), "line 1 "),
    "nothing": ("", "line 1 "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nonsense_is_refused_with_its_line_and_reason(case):
    text, reason = REFUSED[case]
    with pytest.raises(LutFileError, match=reason):
        read(text)


class Endless(io.RawIOBase):
    """A stream that repeats a piece for ever and counts what was read."""

    def __init__(self, head, piece):
        self.waiting, self.piece, self.taken = head, piece, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self.waiting) < len(buffer):
            self.waiting += self.piece * (1 + len(buffer) // len(self.piece))
        buffer[:] = self.waiting[: len(buffer)]
        self.waiting = self.waiting[len(buffer) :]
        self.taken += len(buffer)
        return len(buffer)


GARBAGE = {
    "zeros": (b"", b"\0"),
    "one line": (b"", b"a"),
    "blank lines": (b"", b"\n"),
    "comments": (b"", b"# 0.1 0.2 0.3\n"),
    "unknown keywords": (b"", b"LUT_FOO 1\n"),
    "numbers": (b"", b"0.1 0.2 0.3\n"),
    "too many rows": (b"LUT_3D_SIZE 2\n", b"0.1 0.2 0.3\n"),
    "blank lines for rows": (b"LUT_3D_SIZE 256\n0 0 0\n", b"\n"),
    "one endless row": (b"LUT_3D_SIZE 256\n", b"0.1 "),
    "one endless number": (b"LUT_3D_SIZE 256\n", b"1"),
    "random bytes": (b"", np.random.default_rng(0).bytes(1 << 16)),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_200_megabytes_of_garbage_are_refused_after_the_first_two(kind):
    stream = Endless(*GARBAGE[kind])
    with listening(), pytest.raises(LutFileError, match=r"line \d+ "):
        cube.read(io.BufferedReader(stream), 200_000_000)
    assert stream.taken <= 2_000_000


def test_keywords_come_in_any_order_and_case():
    lut = read('domain_max 2 2 2\nTitle "A \\"B\\""\nLut_3d_size\t2\nDOMAIN_MIN -1 -1 -1\n' + ROWS)
    assert (lut.domain_min, lut.domain_max) == ((-1,) * 3, (2,) * 3)


def test_unknown_keywords_are_skipped_with_a_warning():
    with listening() as told:
        assert read("LUT_FOO 1\nLUT_BAR\nLUT_3D_SIZE 2\n" + ROWS).is_identity
    assert told == ["line 1: unknown keyword LUT_FOO skipped."]


def test_what_is_told_names_the_file(tmp_path):
    (tmp_path / "look.cube").write_text("LUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\n" + ROWS)
    with listening() as told:
        Lut3D.load(tmp_path / "look.cube")
    assert len(told) == 1 and told[0].startswith("look.cube: LUT_IN_VIDEO_RANGE: ")


def test_comments_come_back():
    text = f'# strength 70 %\n#weights 0123abcd\nTITLE "Warm"\nLUT_3D_SIZE 2\n{ROWS}'
    lut = read(text)
    assert lut.title == "Warm"
    assert lut.comments == ("strength 70 %", "weights 0123abcd")


def test_what_is_written_is_what_everybody_reads(tmp_path):
    lut = Lut3D(
        Lut3D.identity(2).table * -0.5, title='Été "neu"', comments=["two\nlines", "x" * 600]
    )
    lut.save(tmp_path / "look.cube")
    data = (tmp_path / "look.cube").read_bytes()
    lines = data.decode("ascii").split("\n")
    assert lines[:2] == ["# two", "# lines"]
    assert "TITLE \"?t? 'neu'\"" in lines
    assert lines[-9:] == [
        *(
            "0.000000 0.000000 0.000000",
            "-0.500000 0.000000 0.000000",
            "0.000000 -0.500000 0.000000",
        ),
        *("-0.500000 -0.500000 0.000000", "0.000000 0.000000 -0.500000"),
        *("-0.500000 0.000000 -0.500000", "0.000000 -0.500000 -0.500000"),
        *("-0.500000 -0.500000 -0.500000", ""),
    ]
    assert not any(line.startswith("DOMAIN") for line in lines)
    assert b"\r" not in data and max(map(len, lines)) <= 250


@pytest.mark.parametrize("size", [2, 17, 33, 65])
def test_a_round_trip_is_bit_identical_at_the_written_precision(tmp_path, size):
    lut = smooth_lut(size)
    lut.save(tmp_path / "a.cube")
    once = Lut3D.load(tmp_path / "a.cube")
    assert np.abs(once.table - lut.table).max() < 6e-7
    once.save(tmp_path / "b.cube")
    assert (tmp_path / "a.cube").read_bytes() == (tmp_path / "b.cube").read_bytes()


def test_the_largest_size_can_be_read(tmp_path):
    """129 points an axis: 2.1 million rows."""
    n = 129
    rows = b"0.5 0.25 0.125\n" * n**3
    (tmp_path / "large.cube").write_bytes(b"LUT_3D_SIZE 129\n" + rows)
    assert np.array_equal(Lut3D.load(tmp_path / "large.cube").table[7, 8, 9], [0.5, 0.25, 0.125])


def test_a_domain_and_a_shaper_survive(tmp_path):
    wide = Lut3D(smooth_lut(5).table, (-0.5, 0, 0.1), (1.5, 2, 0.9))
    shaped = Lut3D(smooth_lut(5).table, shaper=Shaper(np.linspace(0, 1, 9)[:, None] ** [1, 2, 3]))
    for lut in (wide, shaped):
        lut.save(tmp_path / "look.cube")
        again, image = Lut3D.load(tmp_path / "look.cube"), picture("float32")
        assert (again.domain_min, again.domain_max) == (lut.domain_min, lut.domain_max)
        assert np.abs(again.apply(image) - lut.apply(image)).max() < 1e-5


def test_a_shaper_with_uneven_ranges_says_what_to_do(tmp_path):
    shaper = Shaper(np.linspace(0, 1, 5)[:, None] * [1, 1, 1], (0, 0, 0), (1, 2, 1))
    lut = Lut3D(Lut3D.identity(2).table * 0.9, shaper=shaper)
    with pytest.raises(LutFileError, match="resize"):
        lut.save(tmp_path / "look.cube")
    lut.resize(17).save(tmp_path / "look.cube")


@pytest.mark.parametrize("name", ["de_DE.UTF-8", "fr_FR.UTF-8"])
def test_no_locale_changes_the_decimal_point(tmp_path, name):
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pytest.skip(f"the locale {name} is not installed")
    try:
        smooth_lut(3).save(tmp_path / "look.cube")
        assert "," not in (tmp_path / "look.cube").read_text()
        assert Lut3D.load(tmp_path / "look.cube").size == 3
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "look.cube"
    path.write_text("precious")

    def disk_full(lut, stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cube, "write", disk_full)
    with pytest.raises(LutFileError, match="No space left"):
        smooth_lut(2).save(path)
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["look.cube"]


def test_a_saved_file_has_the_usual_permissions(tmp_path):
    smooth_lut(2).save(tmp_path / "look.cube")
    (tmp_path / "other").touch()
    assert (tmp_path / "look.cube").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize(
    "name, reason",
    [("missing.cube", "No such file"), ("folder.cube", "directory"), ("look.txt", "extension")],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(tmp_path, name, reason):
    (tmp_path / "folder.cube").mkdir()
    with pytest.raises(LutFileError, match=reason) as failure:
        Lut3D.load(tmp_path / name)
    assert "\n" not in str(failure.value)


def test_a_folder_that_does_not_exist_is_said_in_one_sentence(tmp_path):
    with pytest.raises(LutFileError, match="cannot be written"):
        smooth_lut(2).save(tmp_path / "missing" / "look.cube")


def test_reading_gives_no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read("LUT_3D_SIZE 2\n" + ROWS).is_identity


def scaled_rows(full, points=3):
    """Rows of the affine map as whole numbers, red fastest."""
    grid = Lut3D.identity(points).table.transpose(2, 1, 0, 3).reshape(-1, 3)
    return "".join(f"{r} {g} {b}\n" for r, g, b in np.rint(affine(grid) * full).astype(int))


@pytest.mark.parametrize("full", [255, 1023, 4095, 16383, 65535])
@pytest.mark.parametrize("domain", ["", "DOMAIN_MAX {0} {0} {0}\n", "LUT_3D_INPUT_RANGE 0 {0}\n"])
def test_code_values_are_fractions_of_their_full_scale(full, domain):
    with listening() as told:
        lut = read(domain.format(full) + "LUT_3D_SIZE 3\n" + scaled_rows(full))
    colors = picture("float64", shape=(9, 9))
    assert np.abs(reference.look_up(lut, colors) - affine(colors)).max() < 1 / full
    assert f"divided by {full}" in told[0]


@pytest.mark.parametrize("full", [100, 400, 1800, 20000, 100000])
def test_code_values_of_an_unknown_scale_are_refused(full):
    with pytest.raises(LutFileError, match="whole numbers .* scale"):
        read("LUT_3D_SIZE 3\n" + scaled_rows(full))


@pytest.mark.parametrize("full", [255, 1023])
def test_code_values_with_decimals_are_fractions_too(full):
    grid = Lut3D.identity(3).table.transpose(2, 1, 0, 3).reshape(-1, 3)
    rows = "".join(f"{r:.3f} {g:.3f} {b:.3f}\n" for r, g, b in affine(grid) * full)
    with listening() as told:
        lut = read("LUT_3D_SIZE 3\n" + rows)
    assert np.abs(lut.table - affine(Lut3D.identity(3).table)).max() < 1e-5
    assert f"divided by {full}" in told[0]


def test_a_table_from_log_to_linear_light_stays_as_it_is():
    values = [f"{2 ** (12 * v) * 0.013:.6f}" for v in np.linspace(0, 1, 17)]
    rows = "".join(f"{r} {g} {b}\n" for b in values for g in values for r in values)
    with listening() as told:
        assert read("LUT_3D_SIZE 17\n" + rows).table.max() > 50 and not told


def test_a_linear_lut_of_whole_numbers_past_white_stays_as_it_is():
    assert read("LUT_3D_SIZE 2\n" + ROWS.replace("1", "8")).table.max() == 8


def test_curves_of_code_values_are_fractions_too():
    with listening():
        lut = read("LUT_1D_SIZE 3\n0 0 0\n255 255 255\n1023 1023 1023\n")
    assert reference.look_up(lut, np.full(3, 0.5)) == pytest.approx([255 / 1023] * 3)


@pytest.mark.parametrize("flags", [{"IN"}, {"OUT"}, {"IN", "OUT"}])
@pytest.mark.parametrize("shaper", ["", "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\n"])
def test_video_range_is_converted_on_the_side_that_a_flag_names(flags, shaper):
    colors = picture("float64", shape=(9, 9))
    into = video_from_full(colors) if "IN" in flags else colors
    expected = full_from_video(into) if "OUT" in flags else into
    head = "".join(f"LUT_{side}_VIDEO_RANGE\n" for side in sorted(flags)) + shaper
    with listening() as told:
        lut = read(head + "LUT_3D_SIZE 2\n" + ("0 0 0\n1 1 1\n" if shaper else "") + ROWS)
    assert np.abs(reference.look_up(lut, colors) - expected).max() < 1e-6
    assert "full range" in told[0]


@pytest.mark.parametrize("kind, other, rows", [("3D", "1D", ROWS), ("1D", "3D", "0 0 0\n1 1 1\n")])
def test_a_range_named_for_the_other_kind_of_table_is_not_ignored(kind, other, rows):
    lut = read(f"LUT_{kind}_SIZE 2\nLUT_{other}_INPUT_RANGE 0 2\n{rows}")
    assert reference.look_up(lut, np.array([1.0, 0.5, 2.0])) == pytest.approx([0.5, 0.25, 1.0])
