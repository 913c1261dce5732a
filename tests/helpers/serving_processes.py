"""The processes that serve at sockets: which of them live."""

from pathlib import Path


def processes_at(folder: Path, module: str = "colorfix_core.") -> list[int]:
    """The numbers of those that serve in a folder, by the module that they run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
            dead = "\nState:\tZ" in (process / "status").read_text()
        except OSError:
            continue
        if module in command and f"{folder}/colorfix-" in command and not dead:
            found.append(int(process.name))
    return found
