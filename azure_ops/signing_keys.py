"""The keys that an Entra tenant signs its tokens with: fetched from one fixed address, kept, renewed sparingly."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import jwt
import orjson

from azure_ops.addresses import is_loopback

LARGEST: Final = 1024 * 1024
_FRESH: Final = 3_600.0
_LAST: Final = 86_400.0
_PAUSE: Final = 60.0
# While nobody can be let in at all, the next try comes sooner: Azure Monitor gives up after about a minute.
_PAUSE_WITHOUT_KEYS: Final = 10.0
_SECONDS: Final = 5.0
_PIECE: Final = 64 * 1024

Fetch = Callable[[str], Awaitable[bytes]]


class KeysUnreachable(Exception):
    """There are no keys that can be believed, or a newer one may exist that could not be fetched."""


class KeyUnknown(Exception):
    """The tenant publishes no key of this id."""


class SigningKeys:
    """The keys of one address by their id.

    Believed for an hour; for a day where Entra cannot be reached meanwhile. An unknown id is looked for anew, but not
    as often as somebody sends one: one fetch a minute, shared by all who wait for it. `now` is a monotonic clock.
    """

    def __init__(self, url: str, fetch: Fetch | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._fetch = fetch or fetch_keys
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = -_LAST
        self._tried_at = -_PAUSE
        self._did_fail = False
        self._flight: asyncio.Task[None] | None = None

    async def get(self, key_id: str) -> jwt.PyJWK:
        """The key of this id. Raises KeyUnknown or KeysUnreachable."""
        if key_id not in self._keys or self._age() >= _FRESH:
            await self._renewed()
        if self._age() >= _LAST:
            raise KeysUnreachable("there are no keys that can be believed")
        if key_id in self._keys:
            return self._keys[key_id]
        raise KeysUnreachable("there may be a newer key") if self._did_fail else KeyUnknown

    def _age(self) -> float:
        return self._now() - self._read_at

    async def _renewed(self) -> None:
        """Wait for a fetch, one's own or another's. It goes on when whoever waits is gone: hanging up ends none."""
        if self._flight is None:
            pause = _PAUSE if self._age() < _LAST else _PAUSE_WITHOUT_KEYS
            if self._now() - self._tried_at < pause:
                return
            self._tried_at = self._now()
            self._flight = asyncio.create_task(self._renew())
        await asyncio.shield(self._flight)

    async def _renew(self) -> None:
        self._did_fail = True
        try:
            self._keys, self._read_at = read_keys(await self._fetch(self._url)), self._now()
            self._did_fail = False
        except KeysUnreachable:
            pass
        finally:
            self._flight = None

    async def close(self) -> None:
        """End a fetch that is under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])


async def fetch_keys(url: str) -> bytes:
    """The key set's bytes, at most 1 MiB, within 5 seconds, without redirects. Raises KeysUnreachable."""
    limit = aiohttp.ClientTimeout(total=_SECONDS)
    # The environment's proxy is for what lies outside.
    is_outside = not is_loopback(urlsplit(url).hostname or "")
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=is_outside) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise KeysUnreachable(f"the key set answered {answer.status}")
            return await _all_of(answer.content)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise KeysUnreachable(type(error).__name__) from None


async def _all_of(content: aiohttp.StreamReader) -> bytes:
    """Piece by piece: a single read gives what has arrived so far."""
    whole = bytearray()
    async for piece in content.iter_chunked(_PIECE):
        whole += piece
        if len(whole) > LARGEST:
            raise KeysUnreachable("the key set is too large")
    return bytes(whole)


def read_keys(content: bytes) -> dict[str, jwt.PyJWK]:
    """RSA signing keys by id; whatever else the set holds is passed over. KeysUnreachable where there is none."""
    try:
        body = orjson.loads(content)
    except ValueError:
        raise KeysUnreachable("the key set is no JSON") from None
    keys = body.get("keys") if isinstance(body, dict) else None
    read = [_key(key) for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    found = {key.key_id: key for key in read if key and key.key_id}
    if not found:
        raise KeysUnreachable("the key set holds no key")
    return found


def _key(key: dict[str, Any]) -> jwt.PyJWK | None:
    if key.get("kty") != "RSA" or key.get("use", "sig") != "sig" or not isinstance(key.get("kid"), str):
        return None
    try:
        # Of a published set only public parts are taken: whoever publishes a private key is not to be believed.
        return jwt.PyJWK({name: key[name] for name in ("kty", "kid", "n", "e")}, algorithm="RS256")
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, OverflowError):
        return None
