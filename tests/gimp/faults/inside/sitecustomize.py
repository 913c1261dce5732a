"""Python imports this at its start, in the plug-in and in the warm process of the tests alone.

It waits for the line that COLORFIX_FAULT, a JSON file, names and has a fault happen just before it:

    {"process": "plug-in", "file": "layers/correct.py", "text": "merge_shadow", "nth": 1,
     "act": "kill", "delay": 0}

The file is gone once that has happened. Nothing of GIMP or of the product is replaced.
"""

import errno
import json
import linecache
import os
import signal
import sys
import time

PLAN = os.environ.get("COLORFIX_FAULT", "")
# What is sent at once, and what is run two seconds later.
SIGNALS = {
    "kill": ("KILL", "true"),
    "end": ("TERM", "true"),
    "freeze": ("STOP", "true"),
    "thaw": ("STOP", "kill -CONT {}"),
    "freeze and kill": ("STOP", "kill -KILL {}"),
}
CANCEL = "1342 862"  # the button right of the progress bar, on a screen of 1400 x 900
OURS = "/remove-colored-lighting/colorfix_"


def role() -> str:
    """Which of the two processes this is."""
    command = " ".join(sys.orig_argv)
    if "colorfix_core.service.server" in command:
        return "helper"
    return (
        "plug-in" if "remove-colored-lighting.py -gimp" in command and " -run " in command else ""
    )


class Watch:
    """Counts how often the line of the plan was reached."""

    def __init__(self) -> None:
        self.role, self.plan, self.stamp, self.count = role(), None, None, 0

    def on_start(self, code, _offset):
        """Watch the lines of our own functions only."""
        if OURS in code.co_filename:
            events.set_local_events(TOOL, code, events.events.LINE)
        return events.DISABLE

    def on_line(self, code, line):
        """Have the fault happen, if this is where."""
        plan = self.current()
        if plan is None or not code.co_filename.endswith(plan["file"]):
            return
        if plan["text"] not in linecache.getline(code.co_filename, line):
            return
        self.count += 1
        if self.count == plan["nth"]:
            os.rename(PLAN, PLAN + ".done")
            happen(plan["act"], plan["delay"])

    def current(self):
        """The plan as it is now, if it is for this process."""
        try:
            status = os.stat(PLAN)
        except OSError:
            return None
        stamp = status.st_mtime_ns, status.st_ino
        if stamp != self.stamp:
            with open(PLAN) as file:
                self.plan, self.stamp, self.count = json.load(file), stamp, 0
        return self.plan if self.plan["process"] == self.role else None


def happen(act: str, delay: float) -> None:
    """Do something bad, now or, in the background, a little later."""
    if act in SIGNALS:
        now, later = SIGNALS[act]
        me = os.getpid()
        if delay:
            in_shell(f"sleep {delay}; kill -{now} {me}; sleep 2; {later.format(me)}")
            return
        in_shell(f"sleep 2; {later.format(me)}")
        os.kill(me, getattr(signal, f"SIG{now}"))
    elif act == "cancel":
        # What a user does; GIMP then kills this process.
        in_shell(f"xdotool mousemove {CANCEL} click 1")
        time.sleep(5)
    else:
        raise error(act)


def in_shell(command: str) -> None:
    """Run something beside this process, without waiting for it."""
    os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ)


def error(act: str) -> Exception:
    """The error that an act stands for."""
    if act == "memory":
        return MemoryError()
    if act == "space":
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if act == "bug":
        return ZeroDivisionError("an error that nobody foresaw")
    import torch

    if act == "card memory":
        return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    return RuntimeError("CUDA error: an illegal memory access was encountered")


if PLAN and role():
    TOOL, events = sys.monitoring.PROFILER_ID, sys.monitoring
    watch = Watch()
    events.use_tool_id(TOOL, "faults")
    events.register_callback(TOOL, events.events.PY_START, watch.on_start)
    events.register_callback(TOOL, events.events.LINE, watch.on_line)
    events.set_events(TOOL, events.events.PY_START)
