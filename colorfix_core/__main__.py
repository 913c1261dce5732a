"""``python -m colorfix_core`` is ``colorfix``."""

import os
import sys

# Python looks for modules in the current folder first, in which anybody may have left one.
if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
    del sys.path[0]

from colorfix_core.cli.main import main

sys.exit(main())
