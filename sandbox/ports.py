"""Ports for servers that must know theirs before they listen."""

import os
import random
import socket
from typing import Final

# Below the range from which systems take the ports of outgoing connections: one of those, taken in the moment before
# the server listens, would keep it from starting.
_FIRST: Final = 10_000
_LAST: Final = 32_000
_tried = random.Random(os.getpid())  # noqa: S311 - to keep processes that look at once out of each other's way


def free_port() -> int:
    """A loopback port that nobody listens on, and that no outgoing connection takes meanwhile."""
    while True:
        port = _tried.randrange(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
