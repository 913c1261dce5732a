"""Import diffusers without the compiler, SciPy and language models it loads just in case.

Most of diffusers' import time goes into `torch._dynamo`, which is only needed to compile
models, and into optional packages that its loaders and schedulers look for. A `None` in
`sys.modules` makes Python say that a module is not there, which diffusers is prepared for.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SPARED = ("torch._dynamo", "scipy", "transformers", "peft", "matplotlib")


def autoencoder_class() -> Any:
    """diffusers' `AutoencoderKL`, by the lightest import that works."""
    try:
        with _without_compiler():
            return _import()
    except (ImportError, RuntimeError):
        return _import()


def _import() -> Any:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return AutoencoderKL


@contextmanager
def _without_compiler() -> Iterator[None]:
    """What is spared here is afterwards as it was before."""
    import torch

    hidden = {name: sys.modules.get(name) for name in _SPARED}
    disable = torch.compiler.disable
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(_SPARED))
    torch.compiler.disable = _as_it_is  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compiler.disable = disable
        for name, module in hidden.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


def _as_it_is(function: Any = None, *_: object, **__: object) -> Any:
    """Stands in for `torch.compiler.disable`, a decorator with or without arguments."""
    return function if function is not None else _as_it_is
