"""What single settings may hold: each check gives the value as it is used, or says what is wrong with it."""

import json
import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from azure_ops.addresses import is_loopback


def token(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"does not start with {prefix}")
        return value

    return AfterValidator(check)


def api_url(value: str) -> str:
    """Slack's methods hang below `/api/`; a server's bare address gets that path."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is not a web address")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http would send the token over the network unencrypted")
    path = parts.path if parts.path not in ("", "/") else "/api/"
    return parts._replace(path=path.rstrip("/") + "/").geturl()


def arm_url(value: str) -> str:
    """Resource Manager's address: a scheme and a host, and nothing that a token could be led away by."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is not a web address")
    if parts.path not in ("", "/") or parts.username is not None:
        raise ValueError("is more than a scheme and a host")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http would send the token over the network unencrypted")
    return parts._replace(path="").geturl()


def database(value: SecretStr) -> SecretStr:
    """Two kinds; the address is never repeated, since it may hold a password."""
    if not value.get_secret_value().startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("is neither sqlite:///... nor postgresql://...")
    return value


def own_database() -> SecretStr:
    """Where a program keeps what must outlive it, for somebody who set nothing."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return SecretStr(f"sqlite:///{state / 'backup-bot' / 'bot.db'}")


def sealing_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise ValueError("is shorter than 16 characters")
    return value


def table(value: object) -> object:
    """A table in a variable is JSON; in the file it is a table already."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not JSON in the environment") from None  # its own text would quote the variable


def listed(value: object) -> object:
    """A list in the file; in a variable JSON, or names with commas between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return table(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def each_is(shape: re.Pattern[str], what: str) -> AfterValidator:
    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not shape.fullmatch(value):
                raise ValueError(f"{value[:80]!r} is not {what}")
        return tuple(dict.fromkeys(values))

    return AfterValidator(check)


def folder(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError("is not a folder")
    return value


# 32 bytes in base64url or in hexadecimal digits; and not one letter many times.
_SECRET_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43,128}")
_DISTINCT: Final = 12


def long_secret(value: SecretStr) -> SecretStr:
    """The end of a secret address: at least 256 bits that nobody can guess."""
    text = value.get_secret_value()
    if not _SECRET_SHAPE.fullmatch(text) or len(set(text)) < _DISTINCT:
        raise ValueError("is not 43 to 128 random letters, digits, - and _")
    return value
