"""Azure Monitor: tells action groups of backups that fail, over real HTTP and by Azure's own rules of delivery."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from sandbox.azure.estate import Estate, Json
from sandbox.azure.estate.nouns import Job, guid
from sandbox.azure.tokens import Tokens
from sandbox.control_paths import Refused
from sandbox.hosts import is_loopback_name

# The first-party app that calls secure webhooks, and the role that it is given.
_APP: Final = "461e8683-5575-4561-ac7f-899cc907d62a"
_ROLE: Final = "ActionGroupsSecureWebhook"
_AGAIN: Final = (408, 429, 503, 504)
_GAPS: Final = (5.0, 20.0, 5.0, 40.0, 5.0)
_SILENCE: Final = 900.0
_TICK: Final = 0.1
_LOOK_BACK: Final = 900.0
_KEPT: Final = 50_000
_AT_ONCE: Final = 20
_CALL_SECONDS: Final = 10.0
# Of these Azure sends no alert: the VM is gone, or a backup was running already.
_NOT_TOLD: Final = ("UserErrorVmNotFound", "VMNotFound", "UserErrorBackupOperationInProgress")


@dataclass(slots=True)
class Group:
    """A webhook: with `audience` it gets Entra's token, in the version that is asked for."""

    url: str
    audience: str = ""
    version: str = "2.0"
    silent_until: float = 0.0


@dataclass(slots=True)
class Delivery:
    """One alert on its way to one webhook."""

    group: Group
    body: Json
    due: float
    tries: int = 0
    statuses: list[int] = field(default_factory=list)
    state: str = "waiting"

    def as_json(self) -> Json:
        """What the control path shows."""
        essentials = self.body["data"]["essentials"]
        job = self.body["data"]["alertContext"]["extendedInfo"]["jobId"]
        return {"alert": essentials["alertId"], "job": job, "state": self.state, "statuses": list(self.statuses)}


class Monitor:
    """One for the run; it does nothing until somebody sets up an action group."""

    def __init__(self, estate: Estate, tokens: Tokens) -> None:
        self._estate = estate
        self._tokens = tokens
        self._groups: list[Group] = []
        self._told: set[str] = set()
        self._waiting: deque[Delivery] = deque()
        self._log: deque[Delivery] = deque(maxlen=_KEPT)
        self._since = 0.0
        self._task: asyncio.Task[None] | None = None

    def reset(self) -> None:
        """Nothing is on its way; the action groups stay, and what has failed before is no news to them."""
        self._waiting.clear()
        self._log.clear()
        for group in self._groups:
            group.silent_until = 0.0
        self._begin()

    def add(self, body: Json) -> Json:
        """Set up an action group: {url, audience?, version?}. Raises Refused for what is not on loopback."""
        url, audience, version = body.get("url"), body.get("audience", ""), body.get("version", "2.0")
        if not isinstance(url, str) or not is_loopback_name(urlsplit(url).hostname or ""):
            raise Refused("invalid_argument", "url takes an address on loopback.")
        if not isinstance(audience, str) or version not in ("1.0", "2.0"):
            raise Refused("invalid_argument", "audience takes text, version takes 1.0 or 2.0.")
        self._groups.append(Group(url, audience, version))
        self._begin()
        if self._task is None:
            self._task = asyncio.create_task(self._always(), name="Azure Monitor")
        return {"ok": True, "action_groups": len(self._groups)}

    def _begin(self) -> None:
        self._since = self._estate.clock.now()
        self._told |= {job.id for job in self._estate.failed_since(self._since - _LOOK_BACK)}

    def deliveries(self) -> list[Json]:
        """What was sent or is on its way, oldest first."""
        return [each.as_json() for each in self._log]

    def resend(self, count: int) -> Json:
        """Deliver the last ones again, as happens when an acknowledgement got lost."""
        again = [Delivery(each.group, each.body, 0.0) for each in list(self._log)[-count:]]
        self._put(again)
        return {"ok": True, "deliveries": len(again)}

    async def close(self) -> None:
        """Send nothing any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _always(self) -> None:
        async with aiohttp.ClientSession(trust_env=False) as session:
            while True:
                self._put(list(self._new()))
                await self._send(session)
                await asyncio.sleep(_TICK)

    def _new(self) -> Iterator[Delivery]:
        """An alert to each group for each job that has failed since the last look."""
        now = self._estate.clock.now()
        for job in self._estate.failed_since(max(self._since, now - _LOOK_BACK)):
            is_backup = job.operation == "Backup" and job.item.workload == "AzureIaasVM"
            if job.id in self._told or not is_backup or job.code in _NOT_TOLD or job.end > now:
                continue
            self._told.add(job.id)
            body = alert_body(job, now)
            for group in self._groups:
                yield Delivery(group, body, now)

    def _put(self, new: list[Delivery]) -> None:
        self._waiting.extend(new)
        self._log.extend(new)

    async def _send(self, session: aiohttp.ClientSession) -> None:
        now = self._estate.clock.now()
        due = [each for each in self._waiting if each.due <= now]
        if not due:
            return
        self._waiting = deque(each for each in self._waiting if each.due > now)
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(delivery: Delivery) -> None:
            async with limit:
                await self._try(session, delivery)

        await asyncio.gather(*(one(each) for each in due))

    async def _try(self, session: aiohttp.ClientSession, one: Delivery) -> None:
        """Once; what fails in passing is tried again, and then the address is left alone for a quarter of an hour."""
        now = self._estate.clock.now()
        if one.group.silent_until > now:
            one.state = "dropped"
            return
        status = await self._post(session, one)
        one.statuses.append(status)
        one.tries += 1
        if 200 <= status < 300:
            one.state = "delivered"
        elif status and status not in _AGAIN:
            one.state = "refused"
        elif one.tries > len(_GAPS):
            one.state = "given up"
            one.group.silent_until = now + _SILENCE
        else:
            one.due = now + _GAPS[one.tries - 1]
            self._waiting.append(one)

    async def _post(self, session: aiohttp.ClientSession, one: Delivery) -> int:
        """The status, 0 where there was no answer."""
        headers = {"Authorization": f"Bearer {self._token(one.group)}"} if one.group.audience else {}
        limit = aiohttp.ClientTimeout(total=_CALL_SECONDS)
        try:
            async with session.post(one.group.url, json=one.body, headers=headers, timeout=limit) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    def _token(self, group: Group) -> str:
        app = {"azp": _APP} if group.version == "2.0" else {"appid": _APP}
        return self._tokens.mint({"ver": group.version, "aud": group.audience, "roles": [_ROLE], **app})


def alert_body(job: Job, fired: float) -> Json:
    """The common alert schema as Azure Backup fills it; for VM items its details are not published."""
    item, vault = job.item, job.item.vault
    source = item.vm.path if item.vm is not None else item.path
    origin = f"{guid('origin', job.id)}_0_{job.id.replace('-', '')}azureiaasvm{job.code.lower()}log"
    alert = f"{vault.subscription.path}/providers/Microsoft.AlertsManagement/alerts/{guid('alert', job.id)}"
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": alert,
                "alertRule": "Backup Failure",
                "severity": "Sev1",
                "signalType": "Log",
                "monitorCondition": "Fired",
                "monitoringService": "Azure Backup",
                "alertTargetIDs": [vault.path.lower()],
                "configurationItems": [vault.name],
                "originAlertId": origin,
                "firedDateTime": datetime.fromtimestamp(fired, UTC).isoformat().replace("+00:00", "Z"),
                "description": "Backup has failed.",
                "essentialsVersion": "1.0",
                "alertContextVersion": "1.0",
                "targetResourceType": "microsoft.recoveryservices/vaults",
                "targetResourceGroup": vault.group,
            },
            "alertContext": {
                "category": "Jobs",
                "sourceId": source,
                "sourceType": "AzureVm",
                "extendedInfo": {
                    "jobId": job.id,
                    "possibleCauses": None,
                    "occurrenceCount": 1,
                    "recommendedActions": "",
                },
                "protectedItemId": item.path,
                "linkedResourceId": source,
                "linkedResourceName": item.name,
                "formattedSourceType": "AzureVm",
                "alertVersionNumber": "V2020_10",
            },
            "customProperties": None,
        },
    }
