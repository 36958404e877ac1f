"""The connections to Resource Manager: one shared pool for reads, and for every write a connection of its own."""

import asyncio
import ssl
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport, AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from azure_ops.addresses import is_loopback
from azure_ops.calls import CURRENT
from azure_ops.retry import Limits

# A page of a list at once: whole answers are read into memory anyway.
_BUFFER: Final = 1_048_576


class ConnectionCut(aiohttp.ClientConnectionError):
    """The connection ended before the answer was there."""


async def _never_again(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats GET, PUT and DELETE once by itself after a cut connection; how often we ask is ours to say."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise ConnectionCut(str(error) or "the connection was cut") from None


async def _connected(_: aiohttp.ClientSession, __: SimpleNamespace, ___: Any) -> None:
    """From here on bytes may leave."""
    CURRENT.get().was_sent = True


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this host (HTTPS_PROXY, NO_PROXY, ...); never one for loopback."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies_environment()
    if is_loopback(host) or proxy_bypass_environment(parts.netloc, proxies):
        return None
    return proxies.get(parts.scheme) or proxies.get("all")


class Sessions(AsyncHttpTransport[HttpRequest, AsyncHttpResponse]):
    """What the pipeline sends through: the pool for a read, a fresh connection for a write.

    A kept connection may be closed by the other side just when it is used again; a read is then simply repeated, but
    of a write nobody could tell whether it arrived.
    """

    def __init__(self, base_url: str, limits: Limits, trust: ssl.SSLContext | bool) -> None:
        arrived = aiohttp.TraceConfig()
        arrived.on_connection_create_end.append(_connected)
        arrived.on_connection_reuseconn.append(_connected)
        proxy = proxy_for(base_url)
        pool = aiohttp.TCPConnector(limit=limits.connections, ssl=trust)
        single = aiohttp.TCPConnector(limit=limits.connections, ssl=trust, force_close=True)
        self._sessions = (_session(pool, proxy), _session(single, proxy, arrived))
        self._reads, self._writes = (_transport(session, limits) for session in self._sessions)

    async def send(self, request: HttpRequest, **options: Any) -> AsyncHttpResponse:
        """One request, once."""
        transport = self._writes if CURRENT.get().is_write else self._reads
        answer: AsyncHttpResponse = await transport.send(request, **options)
        return answer

    async def open(self) -> None:
        """They are open from the start."""

    async def close(self) -> None:
        """Close every connection."""
        for session in self._sessions:
            await session.close()

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _session(
    connector: aiohttp.TCPConnector, proxy: str | None, trace: aiohttp.TraceConfig | None = None
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        proxy=proxy,
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(_never_again,),
        trace_configs=[trace] if trace else None,
        read_bufsize=_BUFFER,
    )


def _transport(session: aiohttp.ClientSession, limits: Limits) -> AioHttpTransport:
    return AioHttpTransport(
        session=session,
        session_owner=False,
        use_env_settings=False,
        connection_timeout=limits.connect,
        read_timeout=limits.read,
    )


async def open_sessions(base_url: str, limits: Limits) -> Sessions:
    """Reads the machine's certificates (or SSL_CERT_FILE's) in a thread."""
    is_safe = base_url.startswith("https:")
    return Sessions(base_url, limits, await asyncio.to_thread(ssl.create_default_context) if is_safe else True)
