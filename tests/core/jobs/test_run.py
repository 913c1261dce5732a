"""All jobs are done, whatever becomes of each, and the user is told once."""

import errno
from pathlib import Path

import pytest

from colorfix_core.errors import ImageError
from colorfix_core.jobs import run
from colorfix_core.messages import tell

JOBS = [(Path(name), Path("out") / name) for name in ("a.png", "b.png", "c.png")]


def test_a_failure_does_not_stop_the_others(capsys):
    def work(source, target):
        if source.name == "b.png":
            raise ImageError("b.png is damaged")

    assert run.each(JOBS, work) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == ["out/a.png", "out/c.png"]
    assert said.err.splitlines() == [
        "colorfix: b.png is damaged",
        "colorfix: 1 of 3 pictures failed",
    ]


def test_the_same_sentence_is_said_once(capsys):
    assert run.each(JOBS, lambda source, target: tell("The CPU predicted instead.")) == 0
    assert capsys.readouterr().err == "colorfix: The CPU predicted instead.\n"


@pytest.mark.parametrize("error", [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    RuntimeError("can't start new thread"),
])  # fmt: skip
def test_memory_that_does_not_suffice_is_a_failure_of_one(capsys, error):
    def work(source, target):
        raise error

    assert run.each(JOBS[:1], work) == 1
    assert capsys.readouterr().err == (
        "colorfix: a.png is too large for the memory; close other programs, or make it smaller\n"
    )


def test_what_nobody_expects_fails_one_picture(capsys):
    def work(source, target):
        if source.name == "b.png":
            raise ZeroDivisionError("by 0")

    assert run.each(JOBS, work) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == ["out/a.png", "out/c.png"]
    assert "b.png: unexpected error (ZeroDivisionError: by 0)" in said.err
    assert "--debug" in said.err and "Traceback" not in said.err


def test_debug_shows_where_it_happened(capsys):
    def work(source, target):
        raise ImageError("a.png is damaged")

    assert run.each(JOBS[:1], work, debug=True) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said and "in work" in said and "colorfix: a.png is damaged" in said


def test_what_was_told_before_an_error_is_said(capsys):
    with pytest.raises(ImageError), run.telling():
        tell("line 3: unknown keyword skipped.")
        raise ImageError("it is damaged")
    assert capsys.readouterr().err == "colorfix: line 3: unknown keyword skipped.\n"
