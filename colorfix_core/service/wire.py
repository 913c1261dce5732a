"""Requests and answers as bytes: a JSON header, and behind it the arrays as they lie in memory.

    header   as in `framing`; {"array": n} stands for the n-th array
    arrays   one behind the other, little-endian float32, with shapes as in the header

Unlike a pickle it can hold nothing but these requests, answers, errors and numbers: whatever
comes in, nothing is called or imported by its name.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service.connection import Connection
from colorfix_core.service.framing import (
    BEAT,
    BadMessage,
    error_of,
    exactly,
    head_after,
    named,
    packed,
)  # fmt: skip
from colorfix_core.service.requests import Answer, Load, Predict, Question, Request

Floats = NDArray[np.float32]
# Ten LUTs with a shaper each, the most there is to an answer.
MAX_ARRAYS = 20
# The largest LUT.
MAX_VALUES = 256**3 * 3


def send_request(connection: Connection, request: Request) -> None:
    """Send a request; OSError if nobody takes it."""
    if isinstance(request, Load):
        _send(connection, {"load": request.device}, [])
        return
    seen = request.thumbnail
    _send(connection, {"predict": vars(request.question)}, [seen.picture, seen.weights])


def receive_request(connection: Connection) -> Request:
    """Wait for a request; BadMessage or OSError if there comes none."""
    head, arrays = _receive(connection, exactly(connection, len(BEAT)))
    try:
        if "load" in head:
            return Load(str(head["load"]))
        picture, weights = arrays
        return Predict(Question(**head["predict"]), Thumbnail(picture, weights))
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage("it is no request") from error


def send_reply(connection: Connection, reply: Answer | Exception) -> None:
    """Send an answer, or the error that there is instead."""
    if isinstance(reply, Exception):
        _send(connection, {"error": named(reply)}, [])
        return
    arrays: list[Floats] = []
    luts = [_lut_head(lut, arrays) for lut in reply.luts]
    head = {"luts": luts, "rough": reply.rough, "notes": reply.notes, "origins": reply.origins}
    masks = [{"window": mask.window} for mask in reply.masks]
    arrays += [mask.coefficients for mask in reply.masks]
    _send(connection, {**head, "masks": masks}, arrays)


def receive_reply(connection: Connection) -> Answer | Exception:
    """Wait for an answer or an error; BadMessage or OSError if there comes none.

    Each beat starts the connection's time limit anew.
    """
    while (length := exactly(connection, len(BEAT))) == BEAT:
        pass
    head, arrays = _receive(connection, length)
    try:
        if "error" in head:
            kind, text = head["error"]
            return error_of(kind, text)
        luts = tuple(_lut(one, arrays) for one in head["luts"])
        notes, origins = (tuple(map(str, head[name])) for name in ("notes", "origins"))
        masks = _masks(head["masks"], arrays)
        return Answer(luts, bool(head["rough"]), notes, origins, masks)
    except (LookupError, TypeError, ValueError) as error:
        raise BadMessage("it is no answer") from error


def _lut_head(lut: Any, arrays: list[Floats]) -> dict[str, Any]:
    """A LUT without its arrays, which are put behind the others."""
    arrays.append(lut.table)
    head = {
        "table": len(arrays) - 1,
        "domain": (lut.domain_min, lut.domain_max),
        "title": lut.title,
        "comments": lut.comments,
        "shaper": None,
        "mirrored": lut.mirrored,
    }
    if lut.shaper:
        arrays.append(lut.shaper.curve)
        domain = lut.shaper.domain_min, lut.shaper.domain_max
        head["shaper"] = {"curve": len(arrays) - 1, "domain": domain}
    return head


def _lut(head: dict[str, Any], arrays: list[Floats]) -> Any:
    # Late: a plug-in that only asks whether anybody listens has no time for it.
    from colorfix_core.luts.data import Shaper
    from colorfix_core.luts.lut import Lut3D

    curves = head["shaper"]
    shaper = curves and Shaper(arrays[curves["curve"]], *map(tuple, curves["domain"]))
    low, high = map(tuple, head["domain"])
    title, comments = head["title"], tuple(head["comments"])
    mirrored = bool(head["mirrored"])
    return Lut3D(arrays[head["table"]], low, high, title, comments, shaper, mirrored)


def _masks(heads: list[dict[str, Any]], arrays: list[Floats]) -> tuple[GuidedMask, ...]:
    """Their arrays come last."""
    windows = [tuple(map(float, head["window"])) for head in heads]
    if any(len(window) != 4 for window in windows) or len(arrays) < len(windows):
        raise ValueError("these are no masks")
    coefficients = arrays[len(arrays) - len(windows) :]
    if any(one.ndim != 3 or one.shape[2] != 4 for one in coefficients):
        raise ValueError("these are no masks")
    return tuple(
        GuidedMask(one, (top, left, bottom, right))
        for one, (top, left, bottom, right) in zip(coefficients, windows, strict=True)
    )


def _send(connection: Connection, head: dict[str, Any], arrays: list[Floats]) -> None:
    plain = [np.ascontiguousarray(array, "<f4") for array in arrays]
    connection.sendall(packed({**head, "arrays": [array.shape for array in plain]}))
    for array in plain:
        if array.size:
            connection.sendall(array.data.cast("B"))


def _receive(connection: Connection, begin: bytearray) -> tuple[dict[str, Any], list[Floats]]:
    """The message that begins with the length of its header."""
    head = head_after(connection, begin)
    try:
        shapes = [tuple(map(int, shape)) for shape in head["arrays"]]
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadMessage("its header is damaged") from error
    if len(shapes) > MAX_ARRAYS or any(not _is_fair(shape) for shape in shapes):
        raise BadMessage("its arrays are too large")
    return head, [_array(connection, shape) for shape in shapes]


def _is_fair(shape: tuple[int, ...]) -> bool:
    return len(shape) <= 4 and min(shape, default=0) >= 0 and math.prod(shape) <= MAX_VALUES


def _array(connection: Connection, shape: tuple[int, ...]) -> Floats:
    data = exactly(connection, 4 * math.prod(shape))
    return np.frombuffer(data, "<f4").reshape(shape).astype(np.float32, copy=False)
