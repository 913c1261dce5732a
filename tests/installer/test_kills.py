"""Installers that are killed at random moments: the next one finds its way, and nothing is half."""

import json
import os
import random
import signal
import subprocess
import time

from tests.installer.small import TAG

KILLS = int(os.environ.get("COLORFIX_KILLS", "6"))


def test_whatever_is_killed_the_old_or_the_new_filter_works(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    began = time.monotonic()
    assert small.install().returncode == 0
    takes = time.monotonic() - began
    chance = random.Random(0)
    version = 1
    for kill in range(KILLS):
        version += 1
        small.release(f"{version}.0")
        _killed(small, chance.uniform(0, takes))
        _nothing_is_half(small)
        print(f"killed {kill + 1} times", flush=True)
        if kill % 5 == 4:
            assert small.install().returncode == 0
            assert small.small_in("3.0") == f"{version}.0"
            assert sorted(path.name for path in small.data.iterdir()) == [
                "plug-ins.json", small.runtime.name]  # fmt: skip
    assert small.install().returncode == 0
    assert small.install("--uninstall").returncode == 0
    assert not [path for path in small.home.rglob("*") if path.is_file()]


def _killed(small, after: float) -> None:
    process = subprocess.Popen(small.command(), env=small.environment, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _nothing_is_half(small) -> None:
    """What stands under its own name is whole; in the blink of a swap nothing may stand there."""
    folder = small.plug_in("3.0")
    if folder.exists():
        listed = set(json.loads((folder / "installed-files.json").read_text()))
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert listed <= there
        assert TAG in json.loads((folder / "runtime.json").read_text())["runtimes"]
    if small.runtime.exists():
        small.small_in_runtime()
