"""Becomes another program that Linux ends when the one that started it is gone, however that ended.

Run as `python leash.py PID COMMAND...`; PID is the parent's. Elsewhere than on Linux it only becomes the command.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Tie this process to its parent and become the command."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it went before the leash held
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
