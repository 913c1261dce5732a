"""Errors that speak of the machine and not of the weights: memory and graphics card."""

from __future__ import annotations

import torch

# Torch names its own only from 2.8 on; before, and for the libraries on the card, the text tells.
_OF_CARD = ("CUDA", "cuDNN", "CUBLAS", "CUSPARSE", "NVRTC")
_OF_MEMORY = ("can't allocate memory", "not enough memory")


def is_of_card(error: BaseException) -> bool:
    """Whether a graphics card has failed, or lacks memory."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _OF_CARD)


def is_of_memory(error: BaseException) -> bool:
    """Whether the processor's memory did not suffice; torch says so by a RuntimeError."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _OF_MEMORY)


def pass_on(error: Exception) -> None:
    """Raise an error again if it is the machine's; memory's always as MemoryError."""
    if is_of_card(error):
        raise error
    if is_of_memory(error):
        raise MemoryError from error
