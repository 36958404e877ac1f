"""`serve`: run the bot until it is told to stop."""

import gc
import logging
import sys

from bot import logs, settings
from bot.remedies import REMEDIES
from bot.settings import SettingsError
from responses.catalog.problems import CatalogError


def run() -> int:
    """0 after Ctrl-C, 1 when it could not start, 2 for wrong settings (each named); SIGTERM ends it as that signal."""
    try:
        configured = settings.load()
    except SettingsError as error:
        print(error.report, file=sys.stderr)
        return 2
    logs.configure(configured.log_level, configured.secrets())
    from bot import wiring

    try:
        server = wiring.make_server(configured)
    except CatalogError as error:
        print("The catalog cannot be read:", *(f"- {problem}" for problem in error.problems), sep="\n", file=sys.stderr)
        return 1
    # What was built so far stays for good; the collector need not look through it for every few hundred requests.
    gc.collect()
    gc.freeze()
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that it could not listen; the reason stands in the log
        place = f"{configured.host} port {configured.port}"
        print(f"Could not listen on {place}: another program may use it. {REMEDIES['port']}", file=sys.stderr)
        return 1
    logging.shutdown()
    return 0 if server.started else 1
