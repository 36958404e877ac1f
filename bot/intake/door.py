"""Azure Monitor's door: who calls is judged first, then the body is read and stored, and only then acknowledged."""

import asyncio
import hashlib
import hmac
import logging
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from azure_ops.alerts import LARGEST, Alert, AlertRefused, read_alert
from bot.intake.deliveries import Deliveries, Full
from bot.store.inbox import Delivery
from bot.store.store import StoreAway

if TYPE_CHECKING:
    from azure_ops.caller import CallerCheck

_log = logging.getLogger(__name__)
PATH: Final = "/azure/alerts"
_BODY_SECONDS: Final = 5.0
_CHECK_SECONDS: Final = 8.0


class AlertDoor:
    """Answers 202 (stored), 400 (no alert of Azure Backup), 401, 404 (no such address), 408, 413, 503 (again, later).

    With a `secret` the address ends in it; with a `check` the caller brings Entra's token. A door has one or both.
    """

    def __init__(self, deliveries: Deliveries, *, secret: str = "", check: "CallerCheck | None" = None) -> None:
        self._deliveries = deliveries
        self._secret = hashlib.sha256(secret.encode()).digest() if secret else b""
        self._check = check

    def routes(self) -> list[Route]:
        """The door's addresses; none where nobody could be let in."""
        made = []
        if self._check is not None:
            made.append(Route(PATH, self._secure, methods=["POST"]))
        if self._secret:
            made.append(Route(f"{PATH}/{{secret}}", self._plain, methods=["POST"]))
        return made

    async def _secure(self, request: Request) -> Response:
        """By the token of Azure Monitor's secure webhook."""
        from azure_ops.caller import TokenRefused  # what it loads, only who has a secure webhook pays for

        assert self._check is not None  # else there is no such route
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._check.verify(request.headers.get("authorization", ""))
        except TokenRefused as error:
            _log.warning("an alert was refused at the door (%s)", error.reason)
            return _answer(503 if error.reason == "keys-unreachable" else 401)
        except TimeoutError:
            return _answer(503)
        return await self._take(request)

    async def _plain(self, request: Request) -> Response:
        """By the secret in the address; both sides are hashed, so that nothing is told by how long it takes."""
        given = hashlib.sha256(str(request.path_params["secret"]).encode()).digest()
        if not hmac.compare_digest(given, self._secret):
            return _answer(404)
        return await self._take(request)

    async def _take(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _read(request)
        except TimeoutError:
            return _answer(408)
        except ClientDisconnect:
            return _answer(400)
        if body is None:
            return _answer(413)
        try:
            alert = read_alert(body)
        except AlertRefused as error:
            _log.warning("a request at the alert door is no alert of Azure Backup (%s)", error)
            return _answer(400)
        try:
            await self._deliveries.keep(_delivery(alert, self._deliveries.now()))
        except (StoreAway, TimeoutError, Full) as error:
            _log.error("an alert could not be stored (%s); Azure Monitor delivers again", type(error).__name__)
            return _answer(503)
        return _answer(202)


def _delivery(alert: Alert, now: float) -> Delivery:
    """Of the payload only this is kept: where to look, and what its id calls the error. Else Azure itself is read."""
    key = hashlib.sha256(alert.key.encode()).hexdigest()
    job = alert.job.path if alert.job else ""
    fired = alert.fired.timestamp() if alert.fired else None
    return Delivery(key, now, alert.vault.path, job, fired, code=alert.code.value if alert.code else "")


async def _read(request: Request) -> bytes | None:
    """The whole body; None as soon as it is larger than an alert may be."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:16]) > LARGEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _answer(status: int) -> Response:
    return Response(status_code=status)
