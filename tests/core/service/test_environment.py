"""What the warm process is started with."""

import os
import signal
from pathlib import Path

import pytest

from colorfix_core.service import client
from colorfix_core.service.environment import clean_environment
from colorfix_core.service.requests import Load
from tests.core.service.test_service import installation, servers  # noqa: F401

# As an AppImage and a Flatpak set them.
MISLEADING = {
    "APPDIR": "/mnt/gimp", "APPIMAGE": "/home/me/GIMP.AppImage", "OWD": "/home/me",
    "LD_LIBRARY_PATH": "/mnt/gimp/usr/lib", "PYTHONHOME": "/mnt/gimp/usr", "PYTHONPATH": "/mnt",
    "PYTHONDONTWRITEBYTECODE": "1", "GI_TYPELIB_PATH": "/mnt/gimp/usr/lib/girepository-1.0",
    "GIO_MODULE_DIR": "/mnt/gimp", "GTK_PATH": "/mnt/gimp", "XDG_DATA_DIRS": "/mnt/gimp/share",
    "GEGL_PATH": "/mnt/gimp", "BABL_PATH": "/mnt/gimp", "PATH": f"/mnt/gimp/usr/bin:{os.defpath}",
}  # fmt: skip


def test_what_is_known_to_do_no_harm_is_let_through():
    harmless = {
        "HOME": "/home/me",
        "LC_ALL": "C",
        "COLORFIX_DEBUG": "1",
        "CUDA_VISIBLE_DEVICES": "0",
    }
    found = clean_environment(MISLEADING | harmless, OMP_NUM_THREADS="1")
    assert found == harmless | {"OMP_NUM_THREADS": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_the_process_holds_nothing_of_an_appimage(installation, tmp_path, monkeypatch):  # noqa: F811
    for key, value in MISLEADING.items():
        monkeypatch.setenv(key, value)
    client.ask(installation, Load("cpu"))
    (process,) = servers(tmp_path)
    text = Path(f"/proc/{process}/environ").read_text()
    os.kill(process, signal.SIGKILL)
    assert "/mnt" not in text
    names = {line.partition("=")[0] for line in text.split("\0")}
    assert not [name for name in names if name.startswith(("APP", "LD_", "PYTHON", "GI_", "GIO_"))]
    assert "HOME" in names
