"""What install.py is made of; the standard library and nothing else."""


class InstallError(Exception):
    """Something that the user has to know, in one sentence."""


class Cancelled(InstallError):
    """The user wants no more of it."""


def say(text: str) -> None:
    """Tell the user what happens."""
    print(text, flush=True)
