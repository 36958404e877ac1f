"""Azure Monitor: tells action groups of VM backups that fail and get well again, as faithfully as it is asked to be."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Final
from urllib.parse import urlsplit

from sandbox.azure.alert_bodies import count_in, fired, resolved
from sandbox.azure.deliveries import Delivery, Group, Postman
from sandbox.azure.estate import Estate, Json
from sandbox.azure.estate.causes import cause_of
from sandbox.azure.estate.nouns import Job
from sandbox.azure.tokens import Tokens
from sandbox.control_paths import Refused
from sandbox.hosts import is_loopback_name

_TICK: Final = 0.1
_SEED: Final = 20_260_101
_MOST_SECONDS: Final = 10 * 86_400.0
_MOST_COPIES: Final = 10
# Of these Azure sends no alert, and none of a VM that is gone: a backup was running already.
_BUSY: Final = ("UserErrorBackupOperationInProgress", "SystemBackupOperationInProgress")


@dataclass(slots=True)
class AlertHabits:
    """How alerts come: so often each; in any order; a share of them so much later; a share of them never.

    With `gather_seconds` the failures of an item by one code are gathered that long into one alert that counts them.
    `resolve` says whether an alert is told to be over when a later backup is good.
    """

    copies: int = 1
    shuffle: bool = False
    late_seconds: float = 0.0
    late_share: float = 1.0
    lost_share: float = 0.0
    gather_seconds: float = 0.0
    resolve: bool = True


@dataclass(slots=True)
class _Open:
    """An alert that has been fired; until `gathers_until` more failures are counted in it."""

    job: Job
    body: Json
    gathers_until: float


class Monitor:
    """One for the run; it does nothing until somebody sets up an action group."""

    def __init__(self, estate: Estate, tokens: Tokens) -> None:
        self._estate = estate
        self._postman = Postman(estate.clock.now, tokens)
        self._groups: list[Group] = []
        self._known = 0
        self._open: dict[str, list[_Open]] = {}
        self._task: asyncio.Task[None] | None = None
        self._begin()
        self.habits = AlertHabits()

    def reset(self) -> None:
        """Nothing is on its way; the action groups stay, and what has failed before is no news to them."""
        self._postman.reset()
        self.habits = AlertHabits()
        self._begin()

    def _begin(self) -> None:
        self._known = len(self._estate.ended(0))
        self._open.clear()
        self._chance = random.Random(_SEED)  # noqa: S311 - the same disorder in every run, nothing secret

    def add(self, body: Json) -> Json:
        """Set up an action group: {url, audience?, version?}. Raises Refused for what is not on loopback."""
        url, audience, version = body.get("url"), body.get("audience", ""), body.get("version", "2.0")
        if not isinstance(url, str) or not _is_here(url):
            raise Refused("invalid_argument", "url takes an address on loopback.")
        if not isinstance(audience, str) or version not in ("1.0", "2.0"):
            raise Refused("invalid_argument", "audience takes text, version takes 1.0 or 2.0.")
        if not self._groups:
            self._begin()
        self._groups.append(Group(url, audience, version))
        if self._task is None:
            self._task = asyncio.create_task(self._always(), name="Azure Monitor")
        return {"ok": True, "action_groups": len(self._groups)}

    def set(self, body: Json) -> Json:
        """Change habits, see AlertHabits; what they are now. Raises Refused."""
        for name, value in body.items():
            _check(name, value)
        for name, value in body.items():
            setattr(self.habits, name, value)
        return asdict(self.habits)

    def deliveries(self) -> list[Json]:
        """What was sent or is on its way, oldest first."""
        return [each.as_json() for each in self._postman.log]

    def resend(self, count: int) -> Json:
        """Deliver the last ones again, as happens when an acknowledgement got lost."""
        again = [Delivery(each.group, each.body, 0.0) for each in self._postman.log[-count:]]
        self._postman.put(again)
        return {"ok": True, "deliveries": len(again)}

    async def close(self) -> None:
        """Send nothing any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _always(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._postman.carry())
            while True:
                self._look()
                await asyncio.sleep(_TICK)

    def _look(self) -> None:
        """Put what is new on its way, and let go what is due."""
        news = self._estate.ended(self._known)
        self._known += len(news)
        made = [delivery for job in news if _is_vm_backup(job) for delivery in self._about(job)]
        if self.habits.shuffle:
            self._chance.shuffle(made)
        self._postman.put(made)
        self._postman.look()

    def _about(self, job: Job) -> Iterator[Delivery]:
        key = job.item.path
        if job.status == "Failed" and _is_told(job):
            if not self._is_gathered(job):
                body, now = fired(job), self._estate.clock.now()
                self._open.setdefault(key, []).append(_Open(job, body, now + self.habits.gather_seconds))
                yield from self._to_all(body, max(now, job.end) + self.habits.gather_seconds)
        elif job.status in ("Completed", "CompletedWithWarnings"):
            over = [one for one in self._open.get(key, ()) if one.job.end <= job.end]
            self._open[key] = [one for one in self._open.get(key, ()) if one.job.end > job.end]
            for one in over if self.habits.resolve else ():
                yield from self._to_all(resolved(one.body, job.end), self._estate.clock.now())

    def _is_gathered(self, job: Job) -> bool:
        """Whether an alert that was not let go yet has counted it in."""
        now = self._estate.clock.now()
        for one in self._open.get(job.item.path, ()):
            if one.job.code == job.code and now < one.gathers_until:
                count_in(one.body, job)
                return True
        return False

    def _to_all(self, body: Json, due: float) -> Iterator[Delivery]:
        habits = self.habits
        for group in self._groups:
            if self._chance.random() < habits.lost_share:
                continue
            is_late = self._chance.random() < habits.late_share
            for _ in range(habits.copies):
                yield Delivery(group, body, due + (habits.late_seconds if is_late else 0.0))


def _is_here(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and is_loopback_name(parts.hostname or "")


def _is_vm_backup(job: Job) -> bool:
    return job.operation == "Backup" and job.item.workload == "AzureIaasVM"


def _is_told(job: Job) -> bool:
    """Azure's own alerts are not enough: none is sent when the VM is gone or a backup is running already."""
    cause = cause_of(job.code)
    is_gone = (job.item.vm is not None and job.item.vm.is_gone) or (cause is not None and cause.effect == "gone")
    return not is_gone and (cause.code if cause else job.code) not in _BUSY


def _check(name: str, value: object) -> None:
    """Raises Refused for a habit that there is not, or that cannot be so."""
    known = {one.name: one.default for one in fields(AlertHabits)}
    if name not in known:
        raise Refused("unknown_habit", f"There is no {name!r}. There are: {', '.join(sorted(known))}.")
    if isinstance(known[name], bool):
        if not isinstance(value, bool):
            raise Refused("invalid_habit", f"{name} takes true or false.")
        return
    least, most = (1.0, float(_MOST_COPIES)) if name == "copies" else (0.0, 1.0 if "share" in name else _MOST_SECONDS)
    kinds = int if name == "copies" else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        raise Refused("invalid_habit", f"{name} takes a number from {least:g} to {most:g}.")
