"""The command line; `main` is what ``colorfix`` runs."""

from colorfix_core.cli.main import main

__all__ = ["main"]
