"""The outbox's rows: what is to be said in Slack is put here in the transaction that decides it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into
from bot.store.tables import outbox_cards, outbox_channels, outbox_head, outbox_rows

# A row is "waiting", "sending" (Slack is being asked, or was when a process died), "sent" or "failed".
_DUE: Final = ("waiting", "sending")
RATE: Final = 1.0
BURST: Final = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """Something to say, with where its card stands. `ts` and `thread` are empty while the card is not posted."""

    name: str
    place: int
    channel: str
    card_key: str
    is_line: bool
    body: Mapping[str, Any]
    state: str
    revision: int
    tries: int
    not_before: float
    began_at: float
    error: str
    ts: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How much may be said in a channel now: whole messages, and until when Slack wants none."""

    tokens: float
    counted_at: float
    blocked_until: float

    def at(self, now: float) -> "Pace":
        """The same, with what time has given back."""
        passed = max(0.0, now - self.counted_at)
        return Pace(min(BURST, self.tokens + passed * RATE), now, self.blocked_until)

    def wait(self, now: float) -> float:
        """Seconds until one more message may be said."""
        blocked = max(0.0, self.blocked_until - now)
        return max(blocked, (1.0 - self.tokens) / RATE if self.tokens < 1.0 else 0.0)


async def put_card(
    connection: AsyncConnection, *, key: str, channel: str, body: Mapping[str, Any], otherwise: str = ""
) -> None:
    """Say or change the living message `key`. States that wait make room for the newest.

    `otherwise` is the person who gets it in private where the channel takes none of our messages.
    """
    made = insert_into(connection, outbox_cards).values(key=key, channel=channel, otherwise=otherwise, ts="")
    await connection.execute(made.on_conflict_do_nothing())
    wanted = select(outbox_cards.c.channel).where(outbox_cards.c.key == key)
    where = (await connection.execute(wanted)).scalar_one()
    name, text = f"card:{key}", _text(body)
    same = (outbox_rows.c.name == name, outbox_rows.c.body == text, outbox_rows.c.state != "failed")
    if (await connection.execute(select(outbox_rows.c.name).where(*same))).first() is not None:
        return  # what stands there, or is about to, is this already
    change = (
        update(outbox_rows)
        .where(outbox_rows.c.name == name, outbox_rows.c.state.in_(_DUE))
        .values(body=text, revision=outbox_rows.c.revision + 1)
    )
    if (await connection.execute(change)).rowcount:
        return
    place = await _next_place(connection)
    values = _fresh(name, place, where, key, text, is_line=False)
    again = {"body": text, "place": place, "state": "waiting", "tries": 0, "not_before": 0.0, "error": ""}
    statement = insert_into(connection, outbox_rows).values(**values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_=again | {"revision": outbox_rows.c.revision + 1})
    )


async def put_line(connection: AsyncConnection, *, key: str, line: str, body: Mapping[str, Any]) -> None:
    """Say something in the thread of card `key`; the same `line` is said once."""
    wanted = select(outbox_cards.c.channel).where(outbox_cards.c.key == key)
    where = (await connection.execute(wanted)).scalar_one()
    place = await _next_place(connection)
    values = _fresh(f"line:{line}"[:200], place, where, key, _text(body), is_line=True)
    await connection.execute(insert_into(connection, outbox_rows).values(**values).on_conflict_do_nothing())


async def channels_with_work(connection: AsyncConnection, owner: str, now: float) -> list[str]:
    """Channels in which something waits and nobody else speaks."""
    free = or_(outbox_channels.c.channel.is_(None), outbox_channels.c.owner == owner, outbox_channels.c.until <= now)
    wanted = (
        select(outbox_rows.c.channel, func.min(outbox_rows.c.place))
        .select_from(outbox_rows.outerjoin(outbox_channels, outbox_channels.c.channel == outbox_rows.c.channel))
        .where(outbox_rows.c.state.in_(_DUE), free)
        .group_by(outbox_rows.c.channel)
        .order_by(func.min(outbox_rows.c.place))
    )
    return [channel for channel, _ in (await connection.execute(wanted)).all()]


async def lease(connection: AsyncConnection, channel: str, owner: str, now: float, seconds: float) -> Pace | None:
    """Be the one who speaks in a channel until then; None where another is."""
    values = {
        "channel": channel,
        "owner": owner,
        "until": now + seconds,
        "tokens": BURST,
        "counted_at": now,
        "blocked_until": 0.0,
    }
    await connection.execute(insert_into(connection, outbox_channels).values(**values).on_conflict_do_nothing())
    mine = or_(outbox_channels.c.owner == owner, outbox_channels.c.until <= now)
    taken = await connection.execute(
        update(outbox_channels)
        .where(outbox_channels.c.channel == channel, mine)
        .values(owner=owner, until=now + seconds)
        .returning(outbox_channels.c.tokens, outbox_channels.c.counted_at, outbox_channels.c.blocked_until)
    )
    row = taken.one_or_none()
    return Pace(*row) if row is not None else None


async def release(connection: AsyncConnection, channel: str, owner: str) -> None:
    """Let another speak."""
    wanted = update(outbox_channels).where(outbox_channels.c.channel == channel, outbox_channels.c.owner == owner)
    await connection.execute(wanted.values(until=0.0))


async def next_row(connection: AsyncConnection, channel: str) -> Row | None:
    """What is to be said next in a channel."""
    wanted = (
        select(outbox_rows, outbox_cards.c.ts, outbox_cards.c.otherwise)
        .join(outbox_cards, outbox_cards.c.key == outbox_rows.c.card_key)
        .where(outbox_rows.c.channel == channel, outbox_rows.c.state.in_(_DUE))
        .order_by(outbox_rows.c.place)
        .limit(1)
    )
    row = (await connection.execute(wanted)).mappings().one_or_none()
    return _row(row) if row is not None else None


async def begin(connection: AsyncConnection, row: Row, pace: Pace, now: float) -> None:
    """Note that Slack is about to be asked, before it is, and that this uses up one message."""
    wanted = update(outbox_rows).where(outbox_rows.c.name == row.name)
    await connection.execute(wanted.values(state="sending", began_at=now, tries=row.tries + 1))
    left = pace.at(now)
    paced = update(outbox_channels).where(outbox_channels.c.channel == row.channel)
    await connection.execute(paced.values(tokens=left.tokens - 1.0, counted_at=now))


async def sent(connection: AsyncConnection, row: Row, ts: str, now: float, channel: str = "") -> None:
    """Slack has taken it. A newer state that came meanwhile goes on waiting."""
    if not row.is_line and ts:
        place = {"ts": ts} | ({"channel": channel} if channel else {})
        await connection.execute(update(outbox_cards).where(outbox_cards.c.key == row.card_key).values(**place))
    wanted = update(outbox_rows).where(outbox_rows.c.name == row.name)
    done = await connection.execute(
        wanted.where(outbox_rows.c.revision == row.revision).values(state="sent", ended_at=now, error="")
    )
    if not done.rowcount:
        await connection.execute(wanted.values(state="waiting", tries=0, error=""))


async def found(connection: AsyncConnection, row: Row, ts: str, channel: str) -> None:
    """A card whose post was uncertain stands in Slack; its newest state is still to be shown."""
    place = {"ts": ts} | ({"channel": channel} if channel else {})
    await connection.execute(update(outbox_cards).where(outbox_cards.c.key == row.card_key).values(**place))
    await put_back(connection, row, error="", not_before=0.0, is_certain=True)


async def put_back(connection: AsyncConnection, row: Row, *, error: str, not_before: float, is_certain: bool) -> None:
    """Try it again later. Unless it `is_certain` that Slack did not take it, it is looked for first."""
    wanted = update(outbox_rows).where(outbox_rows.c.name == row.name)
    state = "waiting" if is_certain else "sending"
    await connection.execute(wanted.values(state=state, error=error[:80], not_before=not_before))


async def block(connection: AsyncConnection, channel: str, until: float) -> None:
    """Slack wants nothing said in a channel until then."""
    wanted = update(outbox_channels).where(outbox_channels.c.channel == channel)
    await connection.execute(wanted.values(blocked_until=until, tokens=0.0))


async def forget_post(connection: AsyncConnection, row: Row) -> None:
    """The message is gone from Slack: its next state is posted anew."""
    await connection.execute(update(outbox_cards).where(outbox_cards.c.key == row.card_key).values(ts=""))
    await put_back(connection, row, error="message_not_found", not_before=0.0, is_certain=True)


async def redirect(connection: AsyncConnection, row: Row, channel: str) -> None:
    """Say a card and everything in its thread elsewhere from now on."""
    card = update(outbox_cards).where(outbox_cards.c.key == row.card_key)
    await connection.execute(card.values(channel=channel, ts="", otherwise=""))
    rows = update(outbox_rows).where(outbox_rows.c.card_key == row.card_key, outbox_rows.c.state.in_(_DUE))
    await connection.execute(rows.values(channel=channel, state="waiting", not_before=0.0, tries=0))


async def give_up(connection: AsyncConnection, row: Row, error: str, now: float) -> None:
    """Slack will never take it: kept, and reported."""
    wanted = update(outbox_rows).where(outbox_rows.c.name == row.name)
    await connection.execute(wanted.values(state="failed", error=error[:80], ended_at=now))


async def waiting(connection: AsyncConnection) -> int:
    """How much is still to be said."""
    wanted = select(func.count()).select_from(outbox_rows).where(outbox_rows.c.state.in_(_DUE))
    return int((await connection.execute(wanted)).scalar_one())


async def undeliverable(connection: AsyncConnection, most: int = 100) -> list[Row]:
    """What Slack would not take, newest first."""
    wanted = (
        select(outbox_rows, outbox_cards.c.ts, outbox_cards.c.otherwise)
        .join(outbox_cards, outbox_cards.c.key == outbox_rows.c.card_key)
        .where(outbox_rows.c.state == "failed")
        .order_by(outbox_rows.c.place.desc())
        .limit(most)
    )
    return [_row(row) for row in (await connection.execute(wanted)).mappings()]


async def prune(connection: AsyncConnection, before: float) -> int:
    """Forget lines that were said before a time; cards stay, since they may change again."""
    said = (outbox_rows.c.state == "sent") & outbox_rows.c.is_line & (outbox_rows.c.ended_at < before)
    return int((await connection.execute(delete(outbox_rows).where(said))).rowcount)


async def _next_place(connection: AsyncConnection) -> int:
    taken = await connection.execute(
        update(outbox_head).values(place=outbox_head.c.place + 1).returning(outbox_head.c.place)
    )
    return int(taken.scalar_one())


def _fresh(name: str, place: int, channel: str, key: str, text: str, *, is_line: bool) -> dict[str, Any]:
    return {
        "name": name,
        "place": place,
        "channel": channel,
        "card_key": key,
        "is_line": is_line,
        "body": text,
        "state": "waiting",
        "revision": 1,
        "tries": 0,
        "not_before": 0.0,
        "began_at": 0.0,
        "error": "",
    }


def _row(row: RowMapping) -> Row:
    fields = {name: row[name] for name in Row.__slots__ if name != "body"}
    return Row(**fields, body=json.loads(row["body"]))


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), ensure_ascii=False, separators=(",", ":"))
