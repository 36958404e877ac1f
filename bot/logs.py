"""Logging to standard error, with every secret taken out where the line is written, whoever wrote it."""

import logging
import re
import sys
from collections.abc import Iterable

# Tokens of Slack, response addresses, bearer values and shared-access signatures, even when they are not ours.
_SECRET_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https://hooks\.slack\.com/\S+|(?<=/response/)\S+|(?i:bearer\s+)[\w.~+/-]+=*|(?<=[?&]sig=)[^&\s]+"
)


class _Redacting(logging.Formatter):
    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 6)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return _SECRET_SHAPES.sub("[secret]", line)


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns at each start that SLACK_BOT_TOKEN stands in the environment beside the client that has it."""
    return "`token`" not in str(record.msg)


def configure(level: str, secrets: Iterable[str]) -> None:
    """Send the process's log to standard error, redacted; Bolt's and uvicorn's chatter is kept down."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Bolt logs the whole body of a badly signed request at INFO; the guard answers those before, this is the belt.
    for name in ("slack_bolt", "slack_sdk", "uvicorn", "asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
