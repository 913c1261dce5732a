"""A GIMP that runs, and does what the tests ask for."""

import contextlib
import shutil
import subprocess
import time
import uuid
from multiprocessing.connection import Client
from pathlib import Path

from tests.gimp.place import Place

BENCH = Path(__file__).with_name("bench.py")


class GimpError(Exception):
    """Python raised inside GIMP; the text is its traceback."""


class Gimp:
    """A running GIMP; every function of bench.py is a method here.

    Examples
    --------
    >>> image = gimp.new_image(640, 480)
    >>> layer = gimp.new_layer(image, photo)
    >>> gimp.run(image, [layer], strength=50)
    ('success', '')
    """

    patience: float | None = None  # how many seconds a request may take, if that is limited

    def __init__(self, place: Place, profile: str, command: list[str], **environment: str) -> None:
        self.place, self.folder = place, f"/tmp/colorfix-{uuid.uuid4().hex[:8]}"
        self.path = place.outside(self.folder)
        self.path.mkdir()
        (self.path / "bench.py").write_bytes(BENCH.read_bytes())
        batch = f"exec(open('{self.folder}/bench.py').read())"
        self.log = (self.path / "log").open("w+")
        self._process = subprocess.Popen(
            place.command(
                *command, "--batch-interpreter=python-fu-eval", "-b", batch, "--quit",
                HOME=self.folder, GIMP3_DIRECTORY=profile,
                BENCH_ADDRESS=f"{self.folder}/socket", **environment,
            ),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._connection = self._connect()

    def _connect(self):
        socket = self.path / "socket"
        for _attempt in range(1800):  # a busy machine needs its time
            if self._process.poll() is not None:
                break
            if socket.exists():
                with contextlib.suppress(ConnectionRefusedError):
                    return Client(str(socket), "AF_UNIX")
            time.sleep(0.1)
        self._process.kill()
        raise RuntimeError(f"GIMP did not start:\n{self.said()}")

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*positional, **arguments):
            names = ("image", "layers") if name == "run" else _parameters(name)
            arguments.update(zip(names, positional, strict=False))
            self._connection.send((name, arguments))
            if not self._connection.poll(self.patience):
                raise TimeoutError(f"{name} takes longer than {self.patience} seconds")
            result, error = self._connection.recv()
            if error:
                raise GimpError(error)
            return result

        return call

    def said(self) -> str:
        """What GIMP and its plug-ins have printed."""
        return (self.path / "log").read_text(errors="replace")

    def quit(self) -> None:
        """End GIMP and all that it started."""
        self._connection.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _parameters(name: str) -> list[str]:
    """The names of a bench function's parameters, in order."""
    head = BENCH.read_text().split(f"\ndef {name}(", 1)[1].split("):", 1)[0]
    return [item.split("=")[0].strip() for item in head.split(",")]
