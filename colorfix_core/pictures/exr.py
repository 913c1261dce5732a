"""OpenEXR: linear light in floats, read as sRGB-encoded values without bounds, and back.

What the header says stays byte for byte, and other channels (depth, masks, layers) to the bit.
"""

from __future__ import annotations

import importlib.util
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from colorfix_core.color import primaries, srgb
from colorfix_core.errors import ImageError
from colorfix_core.files import child
from colorfix_core.messages import tell
from colorfix_core.pictures import profiles, sizes
from colorfix_core.pictures.containers import exr
from colorfix_core.pictures.metadata import Exr, Metadata
from colorfix_core.pictures.picture import Array, Picture

_LARGEST_HALF = 65504.0


def read(data: bytes, path: Path) -> Picture:
    """Read the picture of an OpenEXR file.

    Returns
    -------
    Picture of float32 without a profile, that is sRGB-encoded; light above white is above 1,
    colors outside sRGB's gamut have negative values

    Raises
    ------
    ImageError, Damaged
    """
    header = exr.header(data)
    if header.is_deep:
        raise ImageError("it holds deep data; flatten it and try again")
    left, top, right, bottom = header.window
    sizes.check(right - left + 1, bottom - top + 1, 16)
    _library()
    parts = _asked(data)
    prefix, channels = str(parts.pop("prefix")), _channels(parts)
    if int(parts["parts"]) > 1:
        tell(f"{path}: its other parts are left out")
    colors = [channels.pop(prefix + name) for name in "RGB"]
    alpha = channels.pop(prefix + "A", None)
    said = Exr(() if header.has_parts else header.attributes, prefix, channels,
               colors[0].dtype == np.float16)  # fmt: skip
    linear = _straight(np.dstack(colors).astype(np.float32), alpha)
    linear[..., :3] = _mixed(linear[..., :3], said, back=False)
    linear[..., :3] = srgb.encode(linear[..., :3])
    return Picture(linear, metadata=Metadata(exr=said))


def encode(picture: Picture) -> bytes:
    """The pixels as linear light, with the attributes and channels of the file they came from."""
    library = _library()
    said = picture.metadata.exr or Exr((), "", {}, picture.pixels.dtype == np.uint8)
    full = np.float32(profiles.full_of(picture.pixels.dtype))
    colors = picture.srgb()
    if colors.dtype != np.float32:
        colors = colors / full
    linear = _mixed(srgb.decode(colors.astype(np.float32)), said, back=True)
    channels = dict(said.channels)
    if picture.pixels.shape[2] == 4:
        alpha = picture.pixels[..., 3].astype(np.float32) / full
        linear = linear * np.where(alpha > 0, alpha, 1)[..., None]
        channels[said.prefix + "A"] = alpha
    if picture.extra is not None:
        channels["extra"] = picture.extra.astype(np.float32) / full
    channels |= {said.prefix + name: linear[..., i] for i, name in enumerate("RGB")}
    for name in (said.prefix + letter for letter in "RGBA" if said.prefix + letter in channels):
        channels[name] = _stored(channels[name], said.is_half)
    stream = io.BytesIO()
    with library.File(_head(library, said, linear), channels, num_threads=0) as file:
        file.write(stream)
    return exr.assembled(stream.getvalue(), said.attributes)


def _library() -> Any:
    if importlib.util.find_spec("OpenEXR") is None:
        raise ImageError(
            'OpenEXR pictures need the Python package OpenEXR; install it with "pip install '
            'openexr", or convert the picture to a float TIFF'
        )
    import OpenEXR

    return OpenEXR


def _asked(data: bytes) -> dict[str, Array]:
    """The child's answer; ImageError with its reason."""
    with tempfile.TemporaryDirectory(prefix="colorfix-") as folder:
        source, target = Path(folder, "picture.exr"), Path(folder, "answer.npz")
        source.write_bytes(data)
        try:
            child.ask("colorfix_core.pictures.exr_child", source, target)
            with np.load(target, allow_pickle=False) as parts:
                found = dict(parts)
        except (child.Failed, OSError, ValueError, KeyError) as error:
            why = str(error) if isinstance(error, child.Failed) else "gave no answer"
            raise ImageError(f"OpenEXR {why}; export it as a float TIFF") from error
    if "error" in found:
        raise ImageError(str(found["error"]))
    return found


def _channels(parts: dict[str, Array]) -> dict[str, Array]:
    head = "channel "
    return {name.removeprefix(head): a for name, a in parts.items() if name.startswith(head)}


def _straight(colors: Array, alpha: Array | None) -> Array:
    """Colors with their alpha, which they were multiplied by; light without alpha stays."""
    if alpha is None:
        return colors
    alpha = alpha.astype(np.float32)
    return np.dstack([colors / np.where(alpha > 0, alpha, 1)[..., None], alpha])


def _mixed(linear: Array, said: Exr, back: bool) -> Array:
    """From the file's primaries to sRGB's, or back."""
    named = exr.chromaticities({a.name: a.value for a in said.attributes})
    if named is None:
        return linear
    try:
        matrix = primaries.to_srgb(named)
    except ValueError as error:
        raise ImageError("its chromaticities are none; remove them and try again") from error
    change = np.linalg.inv(matrix) if back else matrix
    return np.asarray(linear @ change.T.astype(np.float32), np.float32)


def _stored(values: Array, is_half: bool) -> Array:
    if not is_half:
        return np.ascontiguousarray(values, np.float32)
    bounded = np.where(np.isfinite(values), values.clip(-_LARGEST_HALF, _LARGEST_HALF), values)
    return np.ascontiguousarray(bounded, np.float16)


def _head(library: Any, said: Exr, linear: Array) -> dict[str, Any]:
    """What the encoder has to know: how to compress, and where the pixels lie."""
    header = exr.Header(said.attributes, 0, 0)
    number = header.value(b"compression")
    compression = library.Compression(number[0]) if number else library.ZIP_COMPRESSION
    head = {"compression": compression, "type": library.scanlineimage}
    if said.attributes:
        left, top, right, bottom = header.window
        if (bottom - top + 1, right - left + 1) == linear.shape[:2]:
            head["dataWindow"] = (np.array([left, top], np.int32),
                                  np.array([right, bottom], np.int32))  # fmt: skip
    return head
