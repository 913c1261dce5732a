"""The 24 patches of a ColorChecker Classic in daylight."""

from __future__ import annotations

import numpy as np

# sRGB-encoded, from X-Rite's CIELAB values for charts made since November 2014 (D50), adapted to
# D65 by Bradford's matrix; the cyan patch lies beyond sRGB, and its red is cut to 0.
_TABLE = (
    ("dark skin", (0.4537, 0.3110, 0.2549)),
    ("light skin", (0.7734, 0.5634, 0.4966)),
    ("blue sky", (0.3562, 0.4719, 0.6088)),
    ("foliage", (0.3587, 0.4246, 0.2499)),
    ("blue flower", (0.5142, 0.4982, 0.6847)),
    ("bluish green", (0.3739, 0.7402, 0.6735)),
    ("orange", (0.8787, 0.4869, 0.1893)),
    ("purplish blue", (0.2688, 0.3512, 0.6559)),
    ("moderate red", (0.7737, 0.3136, 0.3728)),
    ("purple", (0.3642, 0.2266, 0.4074)),
    ("yellow green", (0.6120, 0.7336, 0.2282)),
    ("orange yellow", (0.8917, 0.6326, 0.1536)),
    ("blue", (0.1558, 0.2415, 0.5695)),
    ("green", (0.2376, 0.5767, 0.2750)),
    ("red", (0.6987, 0.2103, 0.2225)),
    ("yellow", (0.9269, 0.7824, 0.0577)),
    ("magenta", (0.7499, 0.3091, 0.5742)),
    ("cyan", (0.0, 0.5207, 0.6478)),
    ("white", (0.9451, 0.9477, 0.9233)),
    ("neutral 8", (0.7885, 0.7931, 0.7885)),
    ("neutral 6.5", (0.6324, 0.6399, 0.6384)),
    ("neutral 5", (0.4732, 0.4741, 0.4729)),
    ("neutral 3.5", (0.3244, 0.3296, 0.3315)),
    ("black", (0.1943, 0.1948, 0.1975)),
)
NAMES = tuple(name for name, _color in _TABLE)
COLORS = np.array([color for _name, color in _TABLE])
