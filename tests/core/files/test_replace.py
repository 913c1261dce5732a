"""A file is there as a whole or not at all."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from colorfix_core.files.replace import replacing
from colorfix_core.messages import listening


def test_a_new_file_gets_the_usual_permissions(tmp_path):
    with replacing(tmp_path / "a.txt") as part:
        part.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~umask


def test_the_old_file_hands_on_its_permissions(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    with replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as part:
        part.write_text("new")
    assert link.is_symlink() and target.read_text() == "new"


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664, 0o755])
def test_modes_stay_and_nobody_reads_what_is_being_written(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(mode)
    with replacing(path) as part:
        assert part.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == mode
    with replacing(tmp_path / "new.txt") as part:
        assert part.stat().st_mode & 0o777 == 0o600


def test_extended_attributes_stay(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    try:
        os.setxattr(path, "user.rating", b"5")
    except (OSError, AttributeError):
        pytest.skip("this file system has none")
    with replacing(path) as part:
        part.write_text("new")
    assert os.getxattr(path, "user.rating") == b"5"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_links_in_a_circle_are_an_oserror(tmp_path, length):
    names = [tmp_path / f"{number}.txt" for number in range(length)]
    for number, name in enumerate(names):
        name.symlink_to(names[(number + 1) % length])
    with pytest.raises(OSError, match="circle"), replacing(names[0]):
        pass
    assert sorted(tmp_path.iterdir()) == names and all(name.is_symlink() for name in names)


def test_a_link_to_what_is_not_yet_there_is_followed(tmp_path):
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "a.txt")
    with replacing(link) as part:
        part.write_text("new")
    assert link.is_symlink() and (tmp_path / "a.txt").read_text() == "new"


def test_a_write_protected_file_is_refused(tmp_path, monkeypatch):
    """For root, who may write everywhere, the system's answer is made up."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o444)
    if os.getuid() == 0:
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="write-protected"), replacing(path):
        pass
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path, make):
    path = tmp_path / "a.txt"
    make(path)
    with pytest.raises(OSError, match="no ordinary file"), replacing(path):
        pass
    assert list(tmp_path.iterdir()) == [path]


def test_other_names_keep_the_old_content_and_that_is_said(tmp_path):
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text("old")
    os.link(path, other)
    with listening() as told, replacing(path) as part:
        part.write_text("new")
    assert (path.read_text(), other.read_text()) == ("new", "old")
    assert len(told) == 1 and "hard links" in told[0] and str(path) in told[0]


@pytest.mark.parametrize("call", ["Path.touch", "Path.chmod", "os.fsync", "Path.replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_whichever_call_fails_the_old_file_is_all_there_is(tmp_path, monkeypatch, call, number):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    owner, name = call.split(".")
    monkeypatch.setattr({"Path": Path, "os": os}[owner], name, fail)
    with pytest.raises(OSError), replacing(path) as part:
        part.write_text("new")
    monkeypatch.undo()
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_after_an_error_the_old_file_is_all_there_is(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_readers_never_see_the_half_of_it(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("half")
        assert path.read_text() == "old"
    assert path.read_text() == "half"


def test_a_missing_folder_is_an_oserror(tmp_path):
    with pytest.raises(OSError), replacing(tmp_path / "none" / "a.txt"):
        pass


WRITES_FOR_EVER = """
import sys, time
from colorfix_core.cli.main import leave_when_told
from colorfix_core.files.replace import replacing
from pathlib import Path
leave_when_told()
with replacing(Path("a.txt")) as part:
    part.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def _heed_signals():
    """As a program in a terminal does, however the tests were started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_process_that_is_told_to_end_clears_up(tmp_path, number):
    (tmp_path / "a.txt").write_text("old")
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=_heed_signals,
    )
    assert process.stdout.readline() == b"writing\n"
    time.sleep(0.05)
    process.send_signal(number)
    process.wait(20)
    process.stdout.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_what_a_killed_run_left_is_removed_a_day_later(tmp_path):
    names = f".colorfix-{'0a' * 8}.jpg", f".colorfix-{'1b' * 8}.jpg", ".colorfix-notes.jpg"
    old, young, other = (tmp_path / name for name in names)
    for path in (old, young, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (0, 0))
    with replacing(tmp_path / "a.txt") as part:
        part.write_text("new")
    assert sorted(tmp_path.iterdir()) == sorted([young, other, tmp_path / "a.txt"])
