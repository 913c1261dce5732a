"""Put two pictures side by side, the corrected one on the right.

python sample/make_sheet.py BEFORE AFTER SHEET.png
"""

import sys

from PIL import Image

GAP = 12


def main(before: str, after: str, sheet: str) -> None:
    """Write the sheet."""
    left, right = (Image.open(path).convert("RGB") for path in (before, after))
    canvas = Image.new("RGB", (left.width + GAP + right.width, max(left.height, right.height)),
                       "white")  # fmt: skip
    canvas.paste(left, (0, 0))
    canvas.paste(right, (left.width + GAP, 0))
    canvas.save(sheet)


if __name__ == "__main__":
    main(*sys.argv[1:])
