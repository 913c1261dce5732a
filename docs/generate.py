"""Write what the documents say about the code from the code.

    python docs/generate.py             write it
    python docs/generate.py --check     only say what would change

A made part stands between ``<!-- made: NAME -->`` and ``<!-- end -->``.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from colorfix_core.cli.arguments import COMMANDS, Argument  # noqa: E402
from colorfix_core.luts.formats.table import FORMATS  # noqa: E402
from colorfix_core.pictures import table as pictures  # noqa: E402

_HELP = "plug-ins/remove-colored-lighting/help"
DOCUMENTS = ("README.md", "docs/lut-files.md", "docs/command-line.md",
             f"{_HELP}/en/color-luts.html", f"{_HELP}/de/color-luts.html")  # fmt: skip
PART = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
# What the README shows of the model card's table.
METHODS = ("input", "WB LUTs", "gimp_auto_white_balance", "shades_of_grey", "lut x1")


def main(check: bool) -> int:
    """Write the made parts, or say which are out of date; returns the exit code."""
    outdated = 0
    for name in DOCUMENTS:
        document = REPOSITORY / name
        old = document.read_text("utf-8")
        new = PART.sub(lambda part: part[1] + PARTS[part[2]]() + part[3], old)
        if new != old:
            outdated += 1
            print(f"{name}: {'out of date; run docs/generate.py' if check else 'written'}")
            if not check:
                document.write_text(new, "utf-8")
    return 1 if check and outdated else 0


def lut_formats() -> str:
    """The LUT formats, as `colorfix_core.luts.formats.table` has them."""
    rows = [(f"`{one.extension}`", one.title, "yes" if one.writes else "no") for one in FORMATS]
    return table(("extension", "format", "is written, too"), rows)


def lut_extensions() -> str:
    """The extensions that are read, for a sentence of a help page in any language."""
    listed = ", ".join(f"<code>{one.extension}</code>" for one in FORMATS) + "."
    return textwrap.fill(listed, 100, break_on_hyphens=False) + "\n"


def picture_formats() -> str:
    """The formats of pictures, as `colorfix_core.pictures.table` has them."""
    return table(
        ("format", "extensions", "bits a channel", "transparency", "is written, too", "needs"),
        [(one.title, " ".join(f"`{e}`" for e in one.extensions), one.bits,
          "yes" if one.holds_alpha else "no", "yes" if one.writes else "no", one.needs)
         for one in pictures.FORMATS],
    )  # fmt: skip


def command_line() -> str:
    """All commands with their arguments, as `colorfix_core.cli.arguments` has them."""
    return "\n".join(
        f"### colorfix {command.name}\n\n{command.purpose[0].upper()}{command.purpose[1:]}.\n\n"
        + table(
            ("argument", "meaning"),
            [(f"`{usage(argument)}`", argument.help) for argument in command.arguments],
        )
        for command in COMMANDS
    )


def usage(argument: Argument) -> str:
    """How an argument is written: ``-o, --output OUT``."""
    choices = "|".join(map(str, argument.rest.get("choices", ())))
    value = str(argument.rest.get("metavar", choices))
    if not argument.names[0].startswith("-"):
        return f"{value}..." if argument.rest.get("nargs") == "+" else value
    return f"{', '.join(argument.names)} {value}".strip().replace("|", "\\|")


def benchmark() -> str:
    """Some lines of the table in the model card; figures stand there and nowhere else."""
    head, *rows = card_rows((REPOSITORY / "models" / "README.md").read_text("utf-8"))
    shown = {row[0]: row for row in rows}
    width = head.index("casts") + 1
    return table(head[:width], [shown[method][:width] for method in METHODS], numbers=True)


def card_rows(card: str) -> Iterator[tuple[str, ...]]:
    """The head and the rows of the table that begins with "method"."""
    lines = card[card.index("| method |") :].split("\n\n")[0].splitlines()
    for line in lines[:1] + lines[2:]:
        yield tuple(cell.strip() for cell in line.strip("|").split("|"))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], numbers: bool = False) -> str:
    """A Markdown table; with `numbers`, all columns but the first are set right."""
    rule = ("---", *(["---:" if numbers else "---"] * (len(head) - 1)))
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


PARTS: dict[str, Callable[[], str]] = {
    "lut-formats": lut_formats,
    "lut-extensions": lut_extensions,
    "picture-formats": picture_formats,
    "command-line": command_line,
    "benchmark": benchmark,
}

if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
