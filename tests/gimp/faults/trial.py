"""One fault in a GIMP with windows, and what is left of image and GIMP afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colorfix_core import Lut3D
from tests.gimp.faults.stages import STRIPS, Fault
from tests.gimp.place import Place
from tests.gimp.profile_setup import install
from tests.gimp.screen import Screen

LIGHTING, APPLY_LUT = "plug-in-remove-colored-lighting", "plug-in-apply-color-lut"
DIALOG = "^Remove Colored Lighting – "  # and the name of the layer
WIDTH, HEIGHT = 1024, 1024 * (STRIPS - 1) + 80  # a strip holds a megapixel
SECONDS = 300  # more than any fault may cost, on a busy machine


@dataclass(frozen=True)
class Outcome:
    """What became of image and GIMP.

    Attributes
    ----------
    image : "as before" | "complete" | what is wrong with it
    wrong : everything that should not be so; empty if all is well
    said : what the call returned, and what GIMP printed
    reached : whether the fault happened
    """

    image: str
    wrong: tuple[str, ...]
    said: str
    seconds: float
    reached: bool


class Trials:
    """A GIMP in which one fault after the other happens."""

    def __init__(self, place: Place, profile: str) -> None:
        self.place, self.profile = place, profile
        self.plug_in = place.outside(install(place, profile))
        inside = Path(__file__).with_name("inside") / "sitecustomize.py"
        self.watched = place.outside(f"{profile}/inside")
        self.watched.mkdir()
        (self.watched / inside.name).write_bytes(inside.read_bytes())
        self._watch_helper()
        self.plan = place.outside(f"{profile}/fault.json")
        self.files = place.outside(f"{profile}/files")
        self.files.mkdir()
        self.gimp = Screen(
            place, profile, PYTHONPATH=f"{profile}/inside", COLORFIX_FAULT=f"{profile}/fault.json",
            XDG_RUNTIME_DIR=f"{profile}/files", TMPDIR=f"{profile}/files",
        )  # fmt: skip
        self.gimp.patience = SECONDS
        self.gimp.execute(HELP_INSIDE)
        self.gimp.fill_screen(1390, 860)
        self._references: dict[str, tuple[dict, list[np.ndarray]]] = {}
        _red_killer().save(self.files / "look.cube")

    def _watch_helper(self) -> None:
        """Start the warm process so that a fault can happen in it; the client clears PYTHONPATH."""
        runtime = json.loads((self.plug_in / "runtime.json").read_text())
        folder = self.place.outside(f"{self.profile}/python")
        folder.mkdir()
        script = folder / "python3"
        script.write_text(
            f'#!/bin/sh\nPYTHONPATH={self.profile}/inside exec {runtime["python"]} "$@"\n'
        )
        script.chmod(0o755)
        runtime["python"] = f"{self.profile}/python/python3"
        (self.plug_in / "runtime.json").write_text(json.dumps(runtime))

    def run(self, fault: Fault) -> Outcome:
        """Have a fault happen during a call, and look at everything."""
        self._reference(fault.scene)
        image, layers = self._open(fault.scene)
        before, files = self._state(image), self._kept_files()
        self.plan.with_name("fault.json.done").unlink(missing_ok=True)
        start = time.monotonic()
        with self._weights(fault):
            if fault.plan:
                self.plan.with_suffix(".new").write_text(json.dumps(fault.plan))
                self.plan.with_suffix(".new").rename(self.plan)
            said = self._call(fault, image, layers)
        seconds = time.monotonic() - start
        reached = fault.plan is None or not self.plan.exists()
        self.plan.unlink(missing_ok=True)
        wrong = []
        after = self._state(image)
        kind = self._compare(image, fault.scene, before, after)
        wrong += [kind] * (kind not in ("as before", "complete"))
        wrong += self._undo(image, before, steps=after != before)
        wrong += [f"left {name}" for name in self._left(files)]
        wrong += self._sentences(said)
        wrong += [f"took {seconds:.0f} s"] * (seconds > SECONDS - 30)
        (self.files / "out.cube").unlink(missing_ok=True)
        self.gimp.close_shown(image)
        wrong += ["an image is left"] * bool(self.gimp.images())
        wrong += ["a plug-in is left"] * (not self._all_gone(10))
        return Outcome(kind, tuple(wrong), said, seconds, reached)

    def quit(self) -> None:
        """End GIMP."""
        self.gimp.quit()

    # What calls are made of.

    def _open(self, scene: str) -> tuple[int, list[int]]:
        """A shown image for a scene, with one step that can be undone: opacity is 50."""
        precision = {"float": "FLOAT_LINEAR", "wide": "U16_NON_LINEAR"}.get(scene, "U8_NON_LINEAR")
        image = self.gimp.new_image(WIDTH, HEIGHT, precision, show=True)
        kind = {"float": np.float32, "wide": np.uint16}.get(scene, np.uint8)
        pixels = _picture(kind)
        layers = [self.gimp.new_layer(image, pixels, name="photo")]
        if scene == "two layers":
            layers.append(self.gimp.new_layer(image, pixels[::-1], name="second"))
        if scene in ("selection", "float", "new layer in a selection"):
            self.gimp.select_ellipse(image, (100, 200, 700, 800), feather=80)
        self.gimp.execute("begin(i, ls)", i=image, ls=layers)
        return image, layers

    def _call(self, fault: Fault, image: int, layers: list[int]) -> str:
        """Call the filter as the scene says; what it returns, or what went wrong with that."""
        if fault.scene == "dialog":
            return self._by_dialog(fault)
        arguments = {
            "new layer": {"output": "new-layer"},
            "new layer in a selection": {"output": "new-layer"},
            "hidden copy": {"output": "keep-copy"},
            "LUT file": {"lut_file": f"{self.profile}/files/out.cube"},
            "apply LUT": {"procedure": APPLY_LUT, "lut_file": f"{self.profile}/files/look.cube"},
        }.get(fault.scene, {})
        if fault.kind == "disk":
            arguments |= {"lut_file": f"/mnt/full{fault.where.removeprefix('LUT as ')}"}
        if fault.kind == "none":
            arguments |= {"device": "cuda"} if fault.scene != "apply LUT" else {}
        status, text = self.gimp.run(image, layers, **arguments)
        return f"{status}: {text}" if text else status

    def _by_dialog(self, fault: Fault) -> str:
        self.gimp.open_filter("r")
        if fault.act == "Escape":
            self.gimp.wait_for(DIALOG, 60)
            time.sleep(float(fault.where.split()[1]))
            self.gimp.keys("Escape")
        else:
            deadline = time.monotonic() + SECONDS
            if fault.kind == "dialog":
                self._wait_until_reached(30)
            while self.gimp.execute("result = plug_ins()") and time.monotonic() < deadline:
                if self.gimp.windows(DIALOG):
                    # Until OK can be pressed this does nothing; what a failure leaves is closed.
                    keys = "Escape" if time.monotonic() > deadline - SECONDS / 2 else "alt+o"
                    self.gimp.keys(keys, pause=1)
                time.sleep(0.5)
        self.gimp.wait_until_gone(DIALOG, 60)
        self._all_gone(60)
        return "dialog"

    def _all_gone(self, seconds: float) -> bool:
        """Whether the plug-in has ended; one that is frozen at its end is killed soon."""
        deadline = time.monotonic() + seconds
        while self.gimp.execute("result = plug_ins()"):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def _wait_until_reached(self, seconds: float) -> None:
        """Wait for a fault that needs nothing but the open dialog."""
        deadline = time.monotonic() + seconds
        while self.plan.exists() and time.monotonic() < deadline:
            time.sleep(0.2)

    def _close_messages(self) -> None:
        """Close what GIMP tells in windows of its own: that a plug-in has crashed."""
        for window in self.gimp.windows("^GIMP Message$"):
            self.gimp.close_window(window)

    @contextlib.contextmanager
    def _weights(self, fault: Fault) -> Iterator[None]:
        """The predictor's weights, spoilt for one call."""
        if fault.kind != "weights":
            yield
            return
        file = self.plug_in / "models/predictor/model.safetensors"
        kept, data = file.stat(), file.read_bytes()
        match fault.act:
            case "cut short":
                file.write_bytes(data[: len(data) // 2])
            case "a pickle":
                file.write_bytes(b"cos\nmkdir\n(S'" + self.profile.encode() + b"/files/mark'\ntR.")
            case "noise":
                file.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
            case "gone":
                file.unlink()
            case _:  # the same version to who asks: the helper that is loaded goes on
                file.write_bytes(os.urandom(len(data)))
                os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        try:
            yield
        finally:
            file.write_bytes(data)
            os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))

    # What is looked at.

    def _reference(self, scene: str) -> None:
        """What a scene becomes without a fault."""
        if scene in self._references:
            return
        image, layers = self._open(scene)
        said = self._call(Fault("reference", scene, "", ""), image, layers)
        if said not in ("success", "dialog"):
            raise RuntimeError(f"{scene} fails without a fault: {said}")
        self._references[scene] = self._state(image), self._pixels(image)
        self.gimp.close_shown(image)
        (self.files / "out.cube").unlink(missing_ok=True)

    def _state(self, image: int) -> dict:
        return self.gimp.execute("result = state(i)", i=image)

    def _compare(self, image: int, scene: str, before: dict, after: dict) -> str:
        """What an image is now, beside what it was and what it should have become."""
        if after == before:
            return "as before"
        expected, pixels = self._references[scene]
        if _unnamed(after) == _unnamed(expected):
            return "complete"
        if not _same_but_for_pixels(after, expected):
            return f"partial: {_names(after)}"
        # Where the networks have run in another process their last bits differ.
        apart = max(map(_largest_difference, self._pixels(image), pixels))
        return "complete" if apart < 0.01 else f"partial: pixels are {apart:.3f} from the result"

    def _pixels(self, image: int) -> list[np.ndarray]:
        return [self.gimp.pixels(layer) for _name, layer in self.gimp.layers(image)]

    def _undo(self, image: int, before: dict, steps: bool) -> list[str]:
        """Undo what the call has done, if anything, and what was done before it."""
        wrong = []
        for done in ["the call"] * steps + ["what was done before"]:
            wanted = before if done == "the call" else _with_opacity(before, 100)
            presses = self._presses_until(image, wanted)
            if presses is None:
                return [*wrong, f"undo does not take back {done}"]
            if presses > 1:
                wrong.append(f"{presses} times Ctrl+Z to take back {done}")
        return wrong

    def _presses_until(self, image: int, wanted: dict) -> int | None:
        """How often Ctrl+Z is pressed until an image is as it should be; None if that fails."""
        for presses in (1, 2):
            self._close_messages()  # one of a crash may come late, and take the keys
            self.gimp.front()
            self.gimp.keys("ctrl+z")
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                if self._state(image) == wanted:
                    return presses
                time.sleep(0.2)
        return None

    def _left(self, files: set[str]) -> set[str]:
        """Files that came or went; a helper that still loads has some for a moment."""
        deadline = time.monotonic() + 10
        while left := (self._kept_files() ^ files) - {"out.cube"}:
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        return left

    def _kept_files(self) -> set[str]:
        """Files that somebody may have left; the helper's socket and lock may stay."""
        found = {path.name for path in self.files.iterdir()}
        found |= {f"/tmp/{path.name}" for path in self.place.outside("/tmp").glob(".*")}
        found |= {f"/mnt/{name}" for name in self.gimp.execute("result = os.listdir('/mnt')")}
        return found

    def _sentences(self, said: str) -> list[str]:
        """What is wrong with what the user is told."""
        status, _colon, text = said.partition(": ")
        if status in ("success", "dialog", "calling-error") or not text:
            return []  # what GIMP says of a plug-in that has gone is its own
        return [f"said {text!r}"] * (len(text.strip().splitlines()) != 1)


def _unnamed(state: dict) -> dict:
    """A state without numbers of layers, which are new where layers are."""
    layers = [{k: v for k, v in layer.items() if k != "id"} for layer in state["layers"]]
    numbers = [layer["id"] for layer in state["layers"]]
    return state | {"layers": layers, "selected": [numbers.index(i) for i in state["selected"]]}


def _same_but_for_pixels(one: dict, other: dict) -> bool:
    """Whether two states have the same layers, whatever is in them."""
    one, other = _unnamed(one), _unnamed(other)
    for state in (one, other):
        state["layers"] = [layer | {"pixels": ""} for layer in state["layers"]]
    return one == other


def _names(state: dict) -> str:
    return ", ".join(layer["name"] for layer in state["layers"])


def _largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Of two layers' pixels, as a part of white."""
    white = 1 if one.dtype.kind == "f" else np.iinfo(one.dtype).max
    return float(np.abs(one.astype(np.float64) - other).max()) / white


def _with_opacity(state: dict, opacity: float) -> dict:
    """A state with another opacity of the first layer that was made."""
    first = min(layer["id"] for layer in state["layers"])
    layers = [layer | {"opacity": opacity} if layer["id"] == first else layer
              for layer in state["layers"]]  # fmt: skip
    return state | {"layers": layers}


def _picture(kind: type) -> np.ndarray:
    """Soft colors under magenta light, (HEIGHT, WIDTH, 4), with soft and with no alpha."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    waves = [np.sin(x / 90 + phase) * np.cos(y / 70 - phase) / 2 + 0.5 for phase in (0, 1, 2)]
    pixels = np.stack([*waves, np.clip(x / 300, 0, 1)], -1) * (0.9, 0.3, 0.8, 1)
    if kind is np.float32:
        return pixels.astype(kind)
    return np.rint(pixels * np.iinfo(kind).max).astype(kind)


def _red_killer() -> Lut3D:
    """A LUT that takes half of the red."""
    table = Lut3D.identity(9).table.copy()
    table[..., 0] /= 2
    return Lut3D(table)


# What bench.py is taught for these trials, inside GIMP.
HELP_INSIDE = '''
def teach():
    import glob
    import hashlib

    def begin(image, layers):
        """Forget how the image was made, and take one step."""
        image = Gimp.Image.get_by_id(image)
        image.undo_disable()
        image.undo_enable()
        Gimp.Item.get_by_id(layers[0]).set_opacity(50)
        image.set_selected_layers([Gimp.Item.get_by_id(layer) for layer in layers])
        Gimp.displays_flush()

    def state(image):
        """Everything that must be as it was, or as it should become."""
        image = Gimp.Image.get_by_id(image)
        def digest(item):
            return hashlib.sha256(pixels(item.get_id()).tobytes()).hexdigest()[:12]
        found = [
            {"name": layer.get_name(), "id": layer.get_id(), "visible": layer.get_visible(),
             "opacity": layer.get_opacity(), "offsets": layer.get_offsets()[1:],
             "locked": layer.get_lock_content(), "pixels": digest(layer)}
            for layer in image.get_layers()
        ]
        selected = [layer.get_id() for layer in image.get_selected_layers()]
        chosen = None
        if not Gimp.Selection.is_empty(image):
            chosen = hashlib.sha256(selection(image.get_id()).tobytes()).hexdigest()[:12]
        return {"layers": found, "selected": selected, "selection": chosen}

    def plug_ins():
        """The processes of the plug-in that live."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                if "remove-colored-lighting.py" in open(path).read():
                    found.append(int(path.split("/")[2]))
            except OSError:
                pass
        return found

    return begin, state, plug_ins

begin, state, plug_ins = teach()
serve.__globals__.update(begin=begin, state=state, plug_ins=plug_ins)
'''
