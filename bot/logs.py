"""Logging to standard error, with every secret taken out where the line is written, whoever wrote it."""

import logging
import re
import sys
from collections.abc import Iterable

# Tokens of Slack, response addresses, bearer values and shared-access signatures, even when they are not ours.
_SECRET_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https://hooks\.slack[\w-]*\.com/\S+|(?<=/response/)\S+|(?i:bearer\s+)[\w.~+/-]+=*|(?<=[?&]sig=)[^&\s]+|(?<=[?&]ticket=)[^&\s']+"
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


# Bolt logs whole requests at DEBUG and INFO, whatever level its parent has: it copies the root's to its own loggers.
_TALKATIVE = ("slack_bolt", "slack_sdk", "uvicorn", "asyncio", "aiohttp", "markdown_it")


def _is_news(record: logging.LogRecord) -> bool:
    """Libraries speak from WARNING on; and not to say that SLACK_BOT_TOKEN stands beside the client that has it."""
    if record.name.partition(".")[0] in _TALKATIVE:
        return record.levelno >= logging.WARNING and "`token`" not in str(record.msg)
    return True


def configure(level: str, secrets: Iterable[str]) -> None:
    """Send the process's log to standard error, redacted; what libraries say below WARNING is left out."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secrets))
    handler.addFilter(_is_news)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
