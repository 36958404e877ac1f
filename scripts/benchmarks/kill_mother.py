"""Loads everything that a bot needs, once, and becomes mortal bots by fork: the start of a process without its imports.

Reads a line of JSON for each bot, {"environment": {...}, "log": path}; writes one for each that begins, {"pid": n}, and
one for each that has ended, {"pid": n, "code": n}. Ends when nobody reads any more, and its children end with it.
"""

import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import sys
import traceback
from typing import IO, Any, Final

from scripts.benchmarks import dying_bot

_LOADED: Final = (
    "bot.wiring", "bot.cli.serve", "bot.engine.engine", "azure_ops.wire", "alembic.command", "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.aiosqlite",
)  # fmt: skip
_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Until standard input ends."""
    for name in _LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    _say({"loaded": list(_LOADED)})
    with selectors.DefaultSelector() as watched:
        watched.register(sys.stdin, selectors.EVENT_READ)
        watched.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in watched.select():
                if key.fileobj == woken:
                    os.read(woken, 4_096)
                elif not _answered(sys.stdin):
                    return
            _bury()


def _answered(orders: IO[str]) -> bool:
    """Carry out one order; false when there are no more."""
    line = orders.readline()
    if not line:
        return False
    order = json.loads(line)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(order, parent)
    _say({"pid": pid})
    return True


def _become(order: dict[str, Any], parent: int) -> None:
    """Be the bot; never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for given, number in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(given, number)
        os.environ.clear()
        os.environ.update(order["environment"])
        code = dying_bot.main()
    except BaseException:  # noqa: BLE001 - the outer edge of this process: what went wrong stands in its log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say({"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
