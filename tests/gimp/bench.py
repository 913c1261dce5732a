"""Runs inside GIMP as a batch command: does what the tests outside ask for.

Each public function is one request. Images and layers are named by GIMP's own numbers,
pixels travel as numpy arrays.
"""

import os
import traceback
from multiprocessing.connection import Listener

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
import numpy as np  # noqa: E402
from gi.repository import Babl, Gegl, Gimp, Gio  # noqa: E402

RECT = Gegl.Rectangle.new
NONE = Gegl.AbyssPolicy.NONE
PDB = Gimp.get_pdb
_displays = []
_DTYPES = {"u8": "u1", "u16": "u2", "u32": "u4", "half": "f2", "float": "f4", "double": "f8"}


def serve(address: str) -> None:
    """Answer requests until there are no more."""
    Gegl.init(None)
    with Listener(address, "AF_UNIX") as listener, listener.accept() as connection:
        while True:
            try:
                name, arguments = connection.recv()
            except EOFError:
                return
            try:
                connection.send((globals()[name](**arguments), None))
            except Exception:
                connection.send((None, traceback.format_exc()))


def new_image(width, height, precision="U8_NON_LINEAR", base="RGB", profile=None, show=False):
    """An empty image; `profile` is the path of an ICC profile."""
    image = Gimp.Image.new_with_precision(
        width, height, getattr(Gimp.ImageBaseType, base), getattr(Gimp.Precision, precision)
    )
    if profile:
        image.set_color_profile(Gimp.ColorProfile.new_from_file(Gio.File.new_for_path(profile)))
    if show:
        _displays.append(Gimp.Display.new(image))
    return image.get_id()


def new_layer(image, pixels, offset=(0, 0), name="photo", format=None, parent=None):
    """A layer of (h, w, 3 or 4) numbers, the image's own unless a babl format is named."""
    image = Gimp.Image.get_by_id(image)
    height, width, channels = pixels.shape
    kind = Gimp.ImageType.RGBA_IMAGE if channels == 4 else Gimp.ImageType.RGB_IMAGE
    layer = Gimp.Layer.new(image, name, width, height, kind, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, parent and Gimp.Item.get_by_id(parent), 0)
    layer.set_offsets(*offset)
    write(layer.get_id(), pixels, format)
    return layer.get_id()


def write(layer, pixels, format=None):
    """Replace a layer's pixels without undo."""
    layer = Gimp.Item.get_by_id(layer)
    height, width = pixels.shape[:2]
    name = format or Babl.get_name(layer.get_format())
    buffer = layer.get_buffer()
    buffer.set(RECT(0, 0, width, height), name, np.ascontiguousarray(pixels).tobytes())
    buffer.flush()
    layer.update(0, 0, width, height)
    Gimp.displays_flush()


def pixels(layer, format=None):
    """A layer's pixels: the stored numbers, or those of a babl format."""
    layer = Gimp.Item.get_by_id(layer)
    native = layer.get_format()
    width, height = layer.get_width(), layer.get_height()
    encoding = format or Babl.format_get_encoding(native)
    name = format or Babl.get_name(native)
    data = layer.get_buffer().get(RECT(0, 0, width, height), 1.0, name, NONE)
    dtype = _DTYPES[encoding.split()[-1]]
    return np.frombuffer(data, dtype).reshape(height, width, -1)


def select_rectangle(image, box):
    """Select left, top, width, height."""
    Gimp.Image.get_by_id(image).select_rectangle(Gimp.ChannelOps.REPLACE, *box)


def select_ellipse(image, box, feather=0):
    """Select the ellipse in left, top, width, height; soft by so many pixels."""
    Gimp.context_set_feather(feather > 0)
    Gimp.context_set_feather_radius(feather, feather)
    Gimp.Image.get_by_id(image).select_ellipse(Gimp.ChannelOps.REPLACE, *box)
    Gimp.context_set_feather(False)


def selection(image):
    """The selection of an image, (h, w) in 0..1."""
    image = Gimp.Image.get_by_id(image)
    size = image.get_width(), image.get_height()
    data = image.get_selection().get_buffer().get(RECT(0, 0, *size), 1.0, "Y float", NONE)
    return np.frombuffer(data, "f4").reshape(size[::-1])


def run(image, layers, procedure="plug-in-remove-colored-lighting", **arguments):
    """Call a procedure; returns the name of its status and the error text."""
    found = PDB().lookup_procedure(procedure)
    config = found.create_config()
    if image is not None:
        config.set_property("image", Gimp.Image.get_by_id(image))
        items = [Gimp.Item.get_by_id(item) for item in layers]
        config.set_core_object_array("drawables", items)
    for key, value in arguments.items():
        key = key.replace("_", "-")
        file = key.endswith("file") and value is not None
        config.set_property(key, Gio.File.new_for_path(value) if file else value)
    result = found.run(config)
    status = result.index(0)
    failed = status != Gimp.PDBStatusType.SUCCESS
    return status.value_nick, PDB().get_last_error() if failed else ""


def execute(code, **names):
    """Run Python code here; it returns what it puts into `result`."""
    scope = {**globals(), **names, "result": None}
    exec(code, scope)
    return scope["result"]


def layers(image):
    """Name and number of the layers of an image, top to bottom."""
    found = Gimp.Image.get_by_id(image).get_layers()
    return [(layer.get_name(), layer.get_id()) for layer in found]


def images():
    """The numbers of the open images."""
    return [image.get_id() for image in Gimp.get_images()]


def is_dirty(image):
    """Whether an image has unsaved changes."""
    return Gimp.Image.get_by_id(image).is_dirty()


def close_shown(image):
    """Close an image and its window."""
    for display in list(_displays):
        if display.is_valid():
            display.delete()
    _displays.clear()


def close(image):
    """Throw an image away."""
    Gimp.Image.get_by_id(image).delete()


if "BENCH_ADDRESS" in os.environ:
    serve(os.environ["BENCH_ADDRESS"])
