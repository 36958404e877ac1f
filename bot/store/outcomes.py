"""How backup jobs ended, each taken in once, and the incidents that this makes, lengthens, ends or divides."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batches import batches
from bot.store.incidents import LIVE, Incident, from_row, text_of
from bot.store.tables import incident_head, incident_places, incidents, job_outcomes
from intents.incidents import Outcome, Spell, spells


@dataclass(frozen=True, slots=True)
class Seen:
    """The end of one backup job. `job` is its ARM path, `cause` empty for a good one, `at` in seconds since 1970.

    `about` tells a new incident what it is about: vm, vault, subscription_id, resource_group, entry, code; `facts` are
    Azure's own words.
    """

    job: str
    item_key: str
    vault_key: str
    at: float
    is_good: bool
    cause: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.job.casefold()

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.key, self.at, self.is_good, self.cause)


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking in came to: how many were new, how many of those had failed, and the incidents that changed."""

    new: int = 0
    failed: int = 0
    changed: frozenset[str] = frozenset()


async def take(
    connection: AsyncConnection, seen: Iterable[Seen], *, at: float, source: str, arrival: str = LIVE
) -> Taken:
    """Take in how jobs ended; what is known already changes nothing. Any order gives the same incidents in the end.

    `source` says how they became known ("webhook" or "sweep"). Incidents of a catch-up are told by its digest.
    """
    given = list({each.key: each for each in seen}.values())
    if not given:
        return Taken()
    await connection.execute(update(incident_head).values(number=incident_head.c.number + 1))
    there = await known(connection, [each.key for each in given])
    new = [each for each in given if each.key not in there]
    if not new:
        return Taken()
    work = _Work(connection, new, at, source, arrival)
    for keys in batches(sorted(work.of_item)):
        await work.do(keys)
    await work.write()
    return Taken(len(new), sum(not each.is_good for each in new), frozenset(work.changed))


async def known(connection: AsyncConnection, job_keys: Sequence[str]) -> set[str]:
    """Which of these jobs were taken in before."""
    found: set[str] = set()
    for keys in batches(job_keys):
        wanted = select(job_outcomes.c.job_key).where(job_outcomes.c.job_key.in_(keys))
        found.update((await connection.execute(wanted)).scalars())
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """How one job of a vault ended."""

    vault_key: str
    at: float
    is_good: bool


async def ended(connection: AsyncConnection, since: float, until: float) -> list[Ended]:
    """Every job that ended in a time."""
    columns = job_outcomes.c
    wanted = select(columns.vault_key, columns.at, columns.is_good).where(columns.at >= since, columns.at < until)
    return [Ended(row[0], row[1], row[2]) for row in (await connection.execute(wanted)).all()]


async def failed_between(connection: AsyncConnection, since: float, until: float) -> int:
    """How many jobs failed in a time, as far as is known."""
    columns = job_outcomes.c
    is_meant = (columns.is_good.is_(False), columns.at >= since, columns.at < until)
    return int((await connection.execute(select(func.count()).select_from(job_outcomes).where(*is_meant))).scalar_one())


async def causes_before(connection: AsyncConnection, before: float) -> set[str]:
    """Every cause that was met before a time."""
    columns = job_outcomes.c
    wanted = select(columns.cause).distinct().where(columns.at < before, columns.is_good.is_(False))
    return set((await connection.execute(wanted)).scalars())


async def prune(connection: AsyncConnection, before: float) -> int:
    """Forget incidents that ended before a time, and outcomes that no incident needs any more; gives how many."""
    over = and_(incidents.c.is_open.is_(False), incidents.c.resolved_at < before, incidents.c.is_dirty.is_(False))
    gone = select(incidents.c.id).where(over)
    await connection.execute(delete(incident_places).where(incident_places.c.incident.in_(gone)))
    await connection.execute(delete(incidents).where(over))
    is_needed = exists().where(incidents.c.id == job_outcomes.c.incident)
    done = await connection.execute(delete(job_outcomes).where(job_outcomes.c.at < before, ~is_needed))
    return int(done.rowcount)


class _Work:
    """One taking-in: what is read of the items, and what is to be written."""

    def __init__(self, connection: AsyncConnection, new: Sequence[Seen], at: float, source: str, arrival: str) -> None:
        self._connection = connection
        self._new = {each.key: each for each in new}
        self.of_item: dict[str, list[Seen]] = defaultdict(list)
        for each in new:
            self.of_item[each.item_key].append(each)
        self._at = at
        self._source = source
        self._arrival = arrival
        self._incident_of: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._made: list[Incident] = []
        self._altered: list[Incident] = []
        self.changed: set[str] = set()

    async def do(self, items: Sequence[str]) -> None:
        """Work out what becomes of the incidents of these items."""
        of_item = self.of_item
        rows = await self._rows(items)
        # Most backups are good, of items that never failed: nothing becomes of those.
        troubled = [key for key in items if rows[key] or any(not each.is_good for each in of_item[key])]
        before = await self._before(troubled)
        for key in troubled:
            self._item(rows[key], before[key], of_item[key])

    async def write(self) -> None:
        """Write everything down."""
        connection = self._connection
        await connection.execute(insert(job_outcomes), [self._row(each) for each in self._new.values()])
        if self._made:
            await connection.execute(insert(incidents), [_values(each) for each in self._made])
        if self._altered:
            changed = update(incidents).where(incidents.c.id == bindparam("of_id"))
            await connection.execute(changed, [_values(each) | {"of_id": each.id} for each in self._altered])
        if self._moved:
            moved = update(job_outcomes).where(job_outcomes.c.job_key == bindparam("of_job"))
            await connection.execute(
                moved.values(incident=bindparam("now_in")),
                [{"of_job": job, "now_in": incident} for job, incident in self._moved.items()],
            )

    async def _rows(self, items: Sequence[str]) -> dict[str, list[Incident]]:
        found: dict[str, list[Incident]] = defaultdict(list)
        wanted = select(incidents).where(incidents.c.item_key.in_(items)).order_by(incidents.c.noticed_at)
        for row in (await self._connection.execute(wanted)).mappings():
            found[row["item_key"]].append(from_row(row))
        return found

    async def _before(self, items: Sequence[str]) -> dict[str, list[tuple[Outcome, str, str]]]:
        """The outcomes of items with the path and the incident of each."""
        found: dict[str, list[tuple[Outcome, str, str]]] = defaultdict(list)
        columns = job_outcomes.c
        wanted = select(
            columns.item_key, columns.job_key, columns.job, columns.at, columns.is_good, columns.cause, columns.incident
        ).where(columns.item_key.in_(items))
        for row in (await self._connection.execute(wanted)).all():
            found[row[0]].append((Outcome(row[1], row[3], row[4], row[5]), row[2], row[6]))
        return found

    def _item(self, rows: Sequence[Incident], known: Sequence[tuple[Outcome, str, str]], new: Sequence[Seen]) -> None:
        before = {outcome.job: (path, incident) for outcome, path, incident in known}
        paths = {job: path for job, (path, _) in before.items()} | {each.key: each.job for each in new}
        found = spells([*(outcome for outcome, _, _ in known), *(each.outcome for each in new)])
        spell_of = {failure.job: spell for spell in found for failure in spell.failures}
        mine: dict[int, Incident] = {}
        for row in rows:
            spell = spell_of.get(row.last_job.casefold())
            if spell is not None:
                mine.setdefault(id(spell), row)
        for spell in found:
            origin = next((row for row in rows if row.cause == spell.cause), None)
            row = self._one(mine.get(id(spell)), origin, spell, paths)
            for failure in spell.failures:
                if failure.job in self._new:
                    self._incident_of[failure.job] = row.id
                elif before[failure.job][1] != row.id:
                    self._moved[failure.job] = row.id

    def _one(self, row: Incident | None, origin: Incident | None, spell: Spell, paths: Mapping[str, str]) -> Incident:
        """The incident of a spell: the one that there is, brought up to date, or a new one."""
        if row is None:
            made = self._fresh(spell, origin, paths)
            self._made.append(made)
            self.changed.add(made.id)
            return made
        now = replace(row, **_of_spell(spell, paths))
        if now == row:
            return row
        if not now.is_open:
            now = replace(now, snoozed_until=None, is_snoozed_to_good=False, snoozed_by="", look_at=None)
        now = replace(now, revision=row.revision + 1, is_dirty=_is_to_tell(now))
        self._altered.append(now)
        self.changed.add(now.id)
        return now

    def _fresh(self, spell: Spell, origin: Incident | None, paths: Mapping[str, str]) -> Incident:
        """A new one is about what its newest failure is about; one that is over already only digests tell.

        Where a good backup that became known late divides an incident, `origin` is what the older half was part of.
        """
        told = next((self._new[each.job] for each in reversed(spell.failures) if each.job in self._new), None)
        if told is None:
            assert origin is not None  # its failures were known, so they were part of some incident
            made = replace(origin, id=_new_id(), noticed_at=self._at, revision=1, look_at=None)
            facts = {name: value for name, value in origin.facts.items() if name != "told"}
            return replace(made, is_dirty=False, facts=facts, **_of_spell(spell, paths))
        about = told.about
        made = Incident(
            id=_new_id(),
            item_key=told.item_key,
            cause=spell.cause,
            vm=about.get("vm", ""),
            vault=about.get("vault", ""),
            vault_key=told.vault_key,
            subscription_id=about.get("subscription_id", ""),
            resource_group=about.get("resource_group", ""),
            entry=about.get("entry", ""),
            code=about.get("code", ""),
            arrival=self._arrival,
            noticed_at=self._at,
            facts=dict(told.facts),
            **_of_spell(spell, paths),
        )
        return replace(made, is_dirty=_is_to_tell(made) and made.is_open)

    def _row(self, each: Seen) -> dict[str, Any]:
        return {
            "job_key": each.key,
            "job": each.job,
            "item_key": each.item_key,
            "vault_key": each.vault_key,
            "at": each.at,
            "is_good": each.is_good,
            "cause": each.cause,
            "incident": self._incident_of.get(each.key, ""),
            "source": self._source,
            "seen_at": self._at,
        }


def _new_id() -> str:
    return f"inc-{uuid.uuid4().hex[:16]}"


def _is_to_tell(one: Incident) -> bool:
    """What a catch-up found is told by its digest, until something more happens to it."""
    return one.arrival == LIVE or "told" in one.facts


def _of_spell(spell: Spell, paths: Mapping[str, str]) -> dict[str, Any]:
    return {
        "is_open": spell.good is None,
        "first_at": spell.first.at,
        "last_at": spell.last.at,
        "count": len(spell.failures),
        "last_job": paths[spell.last.job],
        "resolved_at": spell.good.at if spell.good else None,
    }


def _values(one: Incident) -> dict[str, Any]:
    named = {name: getattr(one, name) for name in Incident.__slots__}
    return named | {"facts": text_of(one.facts)}
