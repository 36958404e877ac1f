"""`serve`: run the bot until it is told to stop."""

import logging
import sys

from bot import logs, settings
from bot.settings import SettingsError
from responses.catalog.problems import CatalogError


def run() -> int:
    """0 after a clean stop, 1 when it could not start, 2 when the settings are wrong (each is named)."""
    try:
        configured = settings.load()
    except SettingsError as error:
        print(
            "The settings cannot be used:", *(f"- {problem}" for problem in error.problems), sep="\n", file=sys.stderr
        )
        return 2
    logs.configure(configured.log_level, configured.secrets())
    from bot import wiring

    try:
        server = wiring.make_server(configured)
    except CatalogError as error:
        print("The catalog cannot be read:", *(f"- {problem}" for problem in error.problems), sep="\n", file=sys.stderr)
        return 1
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that it could not listen; the reason stands in the log
        print(
            f"Could not listen on {configured.host} port {configured.port}.", settings.REMEDIES["port"], file=sys.stderr
        )
        return 1
    logging.shutdown()
    return 0 if server.started else 1
