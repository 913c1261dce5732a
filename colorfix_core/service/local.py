"""The way to other processes of this user that this system has."""

import sys

if sys.platform == "win32":
    from colorfix_core.service.pipes import Listening, address_of, dial, end, is_alive, is_own
else:
    from colorfix_core.service.sockets import Listening, address_of, dial, end, is_alive, is_own

__all__ = ["Listening", "address_of", "dial", "end", "is_alive", "is_own"]
