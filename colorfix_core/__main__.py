"""``python -m colorfix_core`` is ``colorfix``."""

import sys

from .cli import main

sys.exit(main())
