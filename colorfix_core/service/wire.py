"""Requests and answers as bytes: a JSON header, and behind it the arrays as they lie in memory.

    4 bytes  length of the header, big-endian; 0: no message, whoever works on one is alive
    header   JSON; {"array": n} stands for the n-th array
    arrays   one behind the other, little-endian float32, with shapes as in the header

Unlike a pickle it can hold nothing but these requests, answers, errors and numbers: whatever
comes in, nothing is called or imported by its name.
"""

from __future__ import annotations

import json
import math
import socket
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorfix_core import errors
from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service.requests import Answer, Load, Predict, Question, Request

Floats = NDArray[np.float32]
MAX_HEADER = 1 << 20
# Ten LUTs with a shaper each, the most there is to an answer.
MAX_ARRAYS = 20
# The largest LUT.
MAX_VALUES = 256**3 * 3
_BEAT = bytes(4)
_ERRORS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (
        errors.ColorFixError, errors.ModelError, errors.LutFileError, errors.ImageError,
        errors.DeviceError, ImportError, ModuleNotFoundError, MemoryError,
    )
}  # fmt: skip


class BadMessage(Exception):
    """What came in is no message of this kind, or ended early."""


def send_request(connection: socket.socket, request: Request) -> None:
    """Send a request; OSError if nobody takes it."""
    if isinstance(request, Load):
        _send(connection, {"load": request.device}, [])
        return
    seen = request.thumbnail
    _send(connection, {"predict": vars(request.question)}, [seen.picture, seen.weights])


def receive_request(connection: socket.socket) -> Request:
    """Wait for a request; BadMessage or OSError if there comes none."""
    head, arrays = _receive(connection, _exactly(connection, len(_BEAT)))
    try:
        if "load" in head:
            return Load(str(head["load"]))
        picture, weights = arrays
        return Predict(Question(**head["predict"]), Thumbnail(picture, weights))
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage("it is no request") from error


def send_reply(connection: socket.socket, reply: Answer | Exception) -> None:
    """Send an answer, or the error that there is instead."""
    if isinstance(reply, Exception):
        _send(connection, {"error": _named(reply)}, [])
        return
    arrays: list[Floats] = []
    luts = [_lut_head(lut, arrays) for lut in reply.luts]
    head = {"luts": luts, "rough": reply.rough, "notes": reply.notes, "origins": reply.origins}
    masks = [{"window": mask.window} for mask in reply.masks]
    arrays += [mask.coefficients for mask in reply.masks]
    _send(connection, {**head, "masks": masks}, arrays)


def send_beat(connection: socket.socket) -> None:
    """Say that the reply is being worked on."""
    connection.sendall(_BEAT)


def receive_reply(connection: socket.socket) -> Answer | Exception:
    """Wait for an answer or an error; BadMessage or OSError if there comes none.

    Each beat starts the connection's time limit anew.
    """
    while (length := _exactly(connection, len(_BEAT))) == _BEAT:
        pass
    head, arrays = _receive(connection, length)
    try:
        if "error" in head:
            kind, text = head["error"]
            return _ERRORS.get(kind, RuntimeError)(text)
        luts = tuple(_lut(one, arrays) for one in head["luts"])
        notes, origins = (tuple(map(str, head[name])) for name in ("notes", "origins"))
        masks = _masks(head["masks"], arrays)
        return Answer(luts, bool(head["rough"]), notes, origins, masks)
    except (LookupError, TypeError, ValueError) as error:
        raise BadMessage("it is no answer") from error


def _named(error: Exception) -> tuple[str, str]:
    """An error as kind and text; what is not known on the other side is told in full."""
    kind = type(error).__name__
    if _ERRORS.get(kind) is type(error):
        return kind, str(error)
    return "RuntimeError", f"{kind}: {error}"


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


def _send(connection: socket.socket, head: dict[str, Any], arrays: list[Floats]) -> None:
    plain = [np.ascontiguousarray(array, "<f4") for array in arrays]
    text = json.dumps({**head, "arrays": [array.shape for array in plain]}).encode()
    connection.sendall(struct.pack(">I", len(text)) + text)
    for array in plain:
        if array.size:
            connection.sendall(array.data.cast("B"))


def _receive(connection: socket.socket, begin: bytearray) -> tuple[dict[str, Any], list[Floats]]:
    """The message that begins with the length of its header."""
    (length,) = struct.unpack(">I", begin)
    if length > MAX_HEADER:
        raise BadMessage("its header is too long")
    try:
        head = json.loads(_exactly(connection, length))
        shapes = [tuple(map(int, shape)) for shape in head["arrays"]]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BadMessage("its header is damaged") from error
    if len(shapes) > MAX_ARRAYS or any(not _is_fair(shape) for shape in shapes):
        raise BadMessage("its arrays are too large")
    return head, [_array(connection, shape) for shape in shapes]


def _is_fair(shape: tuple[int, ...]) -> bool:
    return len(shape) <= 4 and min(shape, default=0) >= 0 and math.prod(shape) <= MAX_VALUES


def _array(connection: socket.socket, shape: tuple[int, ...]) -> Floats:
    data = _exactly(connection, 4 * math.prod(shape))
    return np.frombuffer(data, "<f4").reshape(shape).astype(np.float32, copy=False)


def _exactly(connection: socket.socket, size: int) -> bytearray:
    """So many bytes; memory is taken as they arrive, not as they are announced."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            raise BadMessage("it ended early")
        data += part
    return data
