"""``python -m colorfix_core`` is ``colorfix``."""

import sys

from colorfix_core.cli.main import main

sys.exit(main())
