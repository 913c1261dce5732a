"""Errors a user can meet. Each message is one sentence: what happened and what to do."""


class ColorFixError(Exception):
    """Base of every error whose text is meant for the user and needs no traceback."""


class ModelError(ColorFixError):
    """Weights are missing, damaged, or do not belong together."""


class LutFileError(ColorFixError):
    """A LUT file cannot be read or written; for text formats the message names the line."""


class ImageError(ColorFixError):
    """A picture cannot be read, corrected or written."""


class DeviceError(ColorFixError):
    """The requested device does not exist or has failed."""
