"""The table of arguments says what the core can do; it is read before the core is imported."""

from colorfix_core.cli.arguments import COMMANDS
from colorfix_core.cli.commands import VERBS
from colorfix_core.fixer import MAX_ITERATIONS, METHODS


def rows(name):
    """Every argument of this name, of all commands."""
    return [row for command in COMMANDS for row in command.arguments if name in row.names]


def test_every_command_has_its_verb():
    assert [command.name for command in COMMANDS] == list(VERBS)


def test_methods_are_the_fixers():
    assert rows("--method") and all(row.rest["choices"] == METHODS for row in rows("--method"))


def test_iterations_are_the_fixers():
    assert rows("--iterations")
    assert all(row.rest["metavar"] == f"1..{MAX_ITERATIONS}" for row in rows("--iterations"))
