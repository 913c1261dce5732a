"""American spelling in names, and in what GIMP shows; prose may be British.

python -m tests.spelling
"""

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator

from tests.helpers.paths import PLUG_IN, REPOSITORY

BRITISH = re.compile(
    r"""colour|centre|grey|behaviour|neighbour|favour|honour|flavour|licence|catalogue|dialogue
    |analys(e|ed|er|es|ing)$|(labell|modell|travell|levell|signall|channell)(ed|ing)
    |(final|general|initial|linear|local|maxim|minim|neutral|normal|optim|organ|parametr|quant
    |random|recogn|regular|serial|special|standard|summar|synchron|token|visual)is(e|ed|er|es|ing
    |ation)$""",
    re.VERBOSE | re.IGNORECASE,
)

# What methods are called by those who made them.
GIVEN = ("grey_world", "shades_of_grey", "grey_edge", "colour_sciences?")
LIBRARY = re.compile(r'^import colour|importorskip\("colour', re.MULTILINE)  # colour-science


def main() -> int:
    """Print what is British where it should not be; returns the exit code."""
    found = [*british_names(), *british_messages()]
    print(*found, sep="\n" if found else "")
    return 1 if found else 0


def british_names() -> Iterator[str]:
    """Names in Python that are spelled as in Britain, with their places."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    files = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    for file in files.stdout.splitlines():
        if (REPOSITORY / file).exists():
            text = (REPOSITORY / file).read_text("utf-8")
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                if token.string == "colour" and LIBRARY.search(text):
                    continue
                if token.type == tokenize.NAME and is_british(token.string):
                    yield f"{file}:{token.start[0]}: {token.string}"


def british_messages() -> Iterator[str]:
    """Sentences of the plug-in that are spelled as in Britain."""
    template = (PLUG_IN / "po" / "remove-colored-lighting.pot").read_text("utf-8")
    for message in re.findall(r'^msgid ((?:".*"\n)+)', template, re.MULTILINE):
        text = "".join(re.findall(r'"(.*)"', message))
        if any(is_british(word) for word in re.findall(r"[A-Za-z]+", text)):
            yield f"po: {text}"


def is_british(name: str) -> bool:
    """Whether one of the words in a name is."""
    for given in GIVEN:
        name = re.sub(rf"(^|_){given}($|_)", "_", name)
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return any(BRITISH.match(word) for word in words)


if __name__ == "__main__":
    sys.exit(main())
