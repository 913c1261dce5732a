"""Where faults happen, and what they are: tables, and a seeded choice from them."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

STRIPS = 2  # of the layers in these trials


@dataclass(frozen=True)
class Stage:
    """A line of the program, found by its text; the fault happens just before it."""

    name: str
    process: str  # "plug-in" or "helper"
    file: str
    text: str
    times: int = 1  # how often a run comes by


CORRECT, UNDO, REPLACE = "layers/correct.py", "layers/undo.py", "files/replace.py"
PLUG_IN = (
    Stage("begin", "plug-in", "colorfix_gimp/menu.py", "runtime.connect()"),
    Stage("helper started", "plug-in", "colorfix_gimp/menu.py", "engine.prepare_networks("),
    Stage("strip looked at", "plug-in", "prediction/sampling.py", "encoding.read(", STRIPS),
    Stage("question sent", "plug-in", "service/client.py", "wire.send_request("),
    Stage("waiting", "plug-in", "service/wire.py", "while (length"),
    Stage("answered", "plug-in", "prediction/predictions.py", "[question] = answer"),
    Stage("strip written", "plug-in", CORRECT, "encoding.write(sink", STRIPS),
    Stage("strips sent", "plug-in", CORRECT, "sink.flush()"),
    Stage("LUT being written", "plug-in", REPLACE, "yield part"),
    Stage("LUT being synced", "plug-in", REPLACE, "os.fsync("),
    Stage("LUT being named", "plug-in", REPLACE, "part.replace(target)"),
    Stage("undo group begins", "plug-in", UNDO, "image.undo_group_start()"),
    Stage("merge", "plug-in", CORRECT, "merge_shadow(True)", 2),
    Stage("restore", "plug-in", "layers/originals.py", "buffer.set(", STRIPS),
    Stage("update", "plug-in", CORRECT, "self.target.update("),
    Stage("new layer inserted", "plug-in", CORRECT, "image.insert_layer(self.target"),
    Stage("hidden copy inserted", "plug-in", CORRECT, "image.insert_layer(self.hidden"),
    Stage("layers selected", "plug-in", CORRECT, "image.set_selected_layers("),
    Stage("undo group ends", "plug-in", UNDO, "image.undo_group_end()"),
    Stage("end", "plug-in", "colorfix_gimp/failures.py", "values = procedure.new_return"),
)
HELPER = (
    Stage("VAE being loaded", "helper", "networks/vae.py", "self.sha256 = sha256("),
    Stage("predictor being loaded", "helper", "networks/loaded.py", "self.predictor ="),
    Stage("question received", "helper", "service/server.py", "receive_request("),
    Stage("thumbnail", "helper", "colorfix_core/fixer.py", "small = thumbnail("),
    Stage("prediction", "helper", "networks/loaded.py", "known = clues("),
    Stage("restraint", "helper", "colorfix_core/fixer.py", "return ranked("),
    Stage("reply", "helper", "service/server.py", "wire.send_reply("),
    Stage("half of the reply", "helper", "service/wire.py", "sendall(array.data"),
)
DIALOG = (
    Stage("glance", "plug-in", "layers/glance.py", "encoding, box ="),
    Stage("dialog made", "plug-in", "dialogs/lighting.py", "super().__init__("),
    Stage("guess sent", "plug-in", "service/client.py", "wire.send_request("),
    Stage("strip looked at", "plug-in", "prediction/sampling.py", "encoding.read(", STRIPS),
    Stage("answer shown", "plug-in", "dialogs/lighting.py", "self.show(lut.apply)"),
)
# After OK; from the merge on there is no button any more.
CANCELLED = [s for s in PLUG_IN if s.name in ("strip written", "strips sent", "merge", "update")]

# Layers and arguments of the calls that faults meet.
SCENES = (
    "replace", "selection", "float", "wide", "new layer", "new layer in a selection",
    "hidden copy", "two layers", "LUT file", "apply LUT",
)  # fmt: skip
DELAYS = (0, 0, 0.05, 0.3)  # seconds after a line was reached; 0: just before it
PLUG_IN_ACTS = ("kill", "kill", "kill", "end", "thaw", "freeze and kill", "memory", "space", "bug")
HELPER_ACTS = ("kill", "kill", "freeze", "thaw", "memory", "card memory", "card", "bug")
WEIGHTS = ("cut short", "a pickle", "noise", "gone", "exchanged under a loaded helper")
# How often each kind is drawn, of 100.
KINDS = {"plug-in": 42, "helper": 22, "dialog": 8, "cancel": 10, "weights": 8, "disk": 6, "none": 4}


@dataclass(frozen=True)
class Fault:
    """One trial: a call, and what happens during it."""

    kind: str
    scene: str
    where: str
    act: str
    plan: dict | None = None

    def __str__(self) -> str:
        return f"{self.kind:8} {self.act:16} {self.where:24} {self.scene}"


def draw(seed: int) -> Fault:
    """The fault that belongs to a number."""
    rng = random.Random(f"colorfix {seed}")
    kind = rng.choices(list(KINDS), KINDS.values())[0]
    scene = rng.choice(SCENES)
    match kind:
        case "plug-in":
            return _at(rng, kind, scene, rng.choice(PLUG_IN), rng.choice(PLUG_IN_ACTS))
        case "helper":
            asking = [name for name in SCENES if name != "apply LUT"]
            stage, act = rng.choice(HELPER), rng.choice(HELPER_ACTS)
            return _at(rng, kind, rng.choice(asking), stage, act)
        case "dialog":
            acts = ("kill", "memory", "bug", "freeze and kill")
            return _at(rng, kind, "dialog", rng.choice(DIALOG), rng.choice(acts))
        case "cancel":
            if rng.random() < 0.5:
                return _at(rng, kind, "dialog", rng.choice(CANCELLED), "cancel")
            return Fault(kind, "dialog", f"after {rng.uniform(0, 3):.1f} s", "Escape")
        case "weights":
            return Fault(kind, "replace", "predictor", rng.choice(WEIGHTS))
        case "disk":
            extension = rng.choice((".cube", ".png", ".3dl", ".spi3d", ".clf"))
            return Fault(kind, rng.choice(("replace", "new layer", "hidden copy")),
                         f"LUT as {extension}", "disk full")  # fmt: skip
    return Fault(kind, scene, "graphics card", "is not there")


def _at(rng: random.Random, kind: str, scene: str, stage: Stage, act: str) -> Fault:
    """A fault at a stage of some call that comes by."""
    if kind == "plug-in":
        scene = rng.choice(_passing(stage))
    nth = rng.randint(1, stage.times if stage.name != "merge" or scene == "two layers" else 1)
    signals = act in ("kill", "end", "freeze", "thaw", "freeze and kill")
    plan = asdict(stage) | {"nth": nth, "act": act, "delay": rng.choice(DELAYS) if signals else 0}
    where = f"{stage.name} {nth}" if stage.times > 1 else stage.name
    if plan["delay"]:
        where += f" + {plan['delay']} s"
    return Fault(kind, scene, where, act, plan)


def _passing(stage: Stage) -> list[str]:
    """The scenes whose calls come by a stage."""
    name = stage.name
    if name.startswith("LUT"):
        return ["LUT file"]
    if name in ("undo group begins", "undo group ends"):
        return ["hidden copy", "two layers"]
    if name == "new layer inserted":
        return ["new layer", "new layer in a selection"]
    if name == "hidden copy inserted":
        return ["hidden copy"]
    if name == "layers selected":
        return ["hidden copy", "new layer", "new layer in a selection"]
    if name == "restore":
        return ["float"]
    if name == "merge":
        return ["two layers", "replace", "selection", "float", "wide", "hidden copy"]
    if name == "update":
        return ["replace", "selection", "float", "wide", "hidden copy"]
    asking = ("question sent", "waiting", "answered", "strip looked at", "helper started")
    return [scene for scene in SCENES if scene != "apply LUT" or name not in asking]
