"""Import diffusers without the compiler, SciPy and language models it loads just in case.

Most of diffusers' import time goes into `torch._dynamo`, which is only needed to compile
models, and into optional packages that its loaders and schedulers look for. A `None` in
`sys.modules` makes Python say that a module is not there, which diffusers is prepared for.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SPARED = ("torch._dynamo", "scipy", "transformers", "peft")


def autoencoder_class():
    """diffusers' `AutoencoderKL`, by the lightest import that works."""
    try:
        with _without_compiler():
            return _import()
    except (ImportError, RuntimeError):
        return _import()


def _import():
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return AutoencoderKL


@contextmanager
def _without_compiler() -> Iterator[None]:
    """What is spared here can be imported as usual afterwards."""
    import torch

    hidden = [name for name in _SPARED if name not in sys.modules]
    disable = torch.compiler.disable
    sys.modules.update(dict.fromkeys(hidden))
    torch.compiler.disable = _as_it_is
    try:
        yield
    finally:
        torch.compiler.disable = disable
        for name in hidden:
            if sys.modules.get(name, ...) is None:
                del sys.modules[name]


def _as_it_is(function=None, *_, **__):
    """Stands in for `torch.compiler.disable`, a decorator with or without arguments."""
    return function if function is not None else _as_it_is
