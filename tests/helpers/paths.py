"""Where things are in a checkout."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PLUG_IN = REPOSITORY / "plug-ins" / "remove-colored-lighting"
