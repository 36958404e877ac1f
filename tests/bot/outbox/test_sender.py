"""What is put into the outbox is said in Slack: in order, paced, once, and never lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.sender import Outbox
from bot.store import outbox
from bot.store.store import Store
from sandbox.slack import RunningSlack, read_manifest, running

ROOT = Path(__file__).parents[3]
CHANNEL, PRIVATE, ARCHIVE, EMMA = "C0ALERTS", "C0ONCALL", "C0ARCHIVE", "U0EMMA"
SECONDS = 20.0


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Office:
    """A store, a Slack, and time."""

    store: Store
    slack: RunningSlack
    clock: Clock

    def outbox(self, replica: str = "one") -> Outbox:
        client = AsyncWebClient(
            token=self.slack.bot_token, base_url=f"{self.slack.url}/api/", timeout=5, retry_handlers=[]
        )
        return Outbox(self.store, client, replica=replica, now=lambda: self.clock.now, sleep=self.clock.sleep)

    async def card(self, key: str, text: str, channel: str = CHANNEL, otherwise: str = "") -> None:
        async with self.store.transaction() as kept:
            await outbox.put_card(kept, key=key, channel=channel, body=body(text), otherwise=otherwise)

    async def line(self, key: str, line: str) -> None:
        async with self.store.transaction() as kept:
            await outbox.put_line(kept, key=key, line=line, body=body(line))

    async def is_being_asked(self) -> None:
        """Until a row is noted as on its way to Slack."""
        async with asyncio.timeout(SECONDS):
            while True:
                async with self.store.transaction() as kept:
                    row = await outbox.next_row(kept, CHANNEL)
                if row is not None and row.state == "sending":
                    return
                await asyncio.sleep(0.01)

    async def is_heard_by_slack(self) -> None:
        """Until Slack has the request that it is slow to answer: a row is noted as on its way before that is sent."""
        await eventually(lambda: self.slack.faults.as_json()["slow"]["times"] == 0)

    def said(self, channel: str = CHANNEL) -> list[str]:
        return [str(message.body["text"]) for message in self.slack.workspace.said_in(channel)]

    def calls(self, method: str = "chat.") -> list[str]:
        return [entry["path"].rpartition("/")[2] for entry in self.slack.traffic.after(0) if method in entry["path"]]


def body(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    store = Store(database_url)
    await store.open()
    async with running(read_manifest(ROOT / "manifest.yml"), bot_url="http://127.0.0.1:9") as slack:
        yield Office(store, slack, Clock())
    await store.close()


@asynccontextmanager
async def speaking(outbox_: Outbox) -> AsyncIterator[Outbox]:
    task = asyncio.create_task(outbox_.run())
    try:
        yield outbox_
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def drained(outbox_: Outbox) -> None:
    outbox_.wake()
    assert await outbox_.drained(SECONDS)


async def eventually(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not look():  # noqa: ASYNC110 - what is waited for happens in another program
            await asyncio.sleep(0.01)


async def test_a_card_is_posted_once_and_then_edited_and_lines_stand_in_its_thread(office: Office) -> None:
    async with speaking(office.outbox()) as box:
        await office.card("one", "it begins")
        await office.line("one", "first")
        await drained(box)
        await office.card("one", "it is over")
        await office.line("one", "second")
        await office.line("one", "second")
        await drained(box)
    assert office.said() == ["it is over", "first", "second"]
    head, *replies = office.slack.workspace.said_in(CHANNEL)
    assert {reply.thread_ts for reply in replies} == {head.ts}


async def test_states_that_wait_make_room_for_the_newest(office: Office) -> None:
    for number in range(50):
        await office.card("one", f"state {number}")
    async with speaking(office.outbox()) as box:
        await drained(box)
    assert office.said() == ["state 49"]
    assert office.calls() == ["chat.postMessage"]


async def test_a_state_that_comes_during_the_call_is_said_too(office: Office) -> None:
    office.slack.faults.set({"slow": {"methods": ["chat.postMessage"], "seconds": 0.3, "times": 1}})
    async with speaking(office.outbox()) as box:
        await office.card("one", "old")
        box.wake()
        await office.is_being_asked()
        await office.card("one", "new")
        await drained(box)
    assert office.said() == ["new"]


async def test_a_channel_gets_everything_in_order_and_one_a_second_after_a_short_burst(office: Office) -> None:
    for number in range(12):
        await office.card(f"card {number}", f"{number}")
    began = office.clock.now
    async with speaking(office.outbox()) as box:
        await drained(box)
    assert office.said() == [str(number) for number in range(12)]
    assert office.clock.now - began >= 12 - outbox.BURST - 0.1


async def test_slack_asks_to_wait_and_nothing_is_lost(office: Office) -> None:
    office.slack.faults.set({"rate_limit": {"methods": ["chat.postMessage"], "retry_after": 1, "times": 1}})
    began = office.clock.now
    async with speaking(office.outbox()) as box:
        await office.card("one", "a")
        await office.card("two", "b")
        box.wake()
        await eventually(lambda: office.clock.now - began >= 1)
        office.slack.clock.advance(2)
        await drained(box)
    assert office.said() == ["a", "b"]


@pytest.mark.parametrize("what", ["card", "line"])
async def test_an_answer_that_got_lost_does_not_double_what_was_said(office: Office, what: str) -> None:
    async with speaking(office.outbox()) as box:
        if what == "line":
            await office.card("one", "head")
            await drained(box)
        office.slack.faults.set({"lost_answer": {"methods": ["chat.postMessage"], "times": 1}})
        await (office.card("one", "said") if what == "card" else office.line("one", "said"))
        await drained(box)
        await office.card("one", "edited")
        await drained(box)
    assert office.said().count("said") == (1 if what == "line" else 0)
    assert office.said().count("edited") == 1
    assert len(office.said()) == (2 if what == "line" else 1)


async def test_a_refusal_before_anything_was_said_is_tried_again(office: Office) -> None:
    office.slack.faults.set({"server_error": {"methods": ["chat.postMessage"], "status": 500, "times": 2}})
    async with speaking(office.outbox()) as box:
        await office.card("one", "said")
        await drained(box)
    assert office.said() == ["said"]


async def test_one_that_dies_between_the_call_and_the_note_leaves_one_message(office: Office) -> None:
    office.slack.faults.set({"slow": {"methods": ["chat.update", "chat.postMessage"], "seconds": 0.4, "times": 1}})
    await office.card("one", "said")
    task = asyncio.create_task((first := office.outbox()).run())
    first.wake()
    await office.is_heard_by_slack()
    task.cancel()  # Slack is being asked, and nobody will hear the answer
    await asyncio.gather(task, return_exceptions=True)
    await eventually(lambda: office.said() == ["said"])
    office.clock.now += 60
    async with speaking(office.outbox("two")) as second:
        await drained(second)
    assert office.said() == ["said"]


async def test_a_request_that_outlives_its_sender_is_waited_for_before_it_is_looked_for(office: Office) -> None:
    office.slack.faults.set({"slow": {"methods": ["chat.postMessage"], "seconds": 0.4, "times": 1}})
    await office.card("one", "said")
    task = asyncio.create_task((first := office.outbox()).run())
    first.wake()
    await office.is_heard_by_slack()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    second = office.outbox()  # the same replica, started again at once: Slack still works on what it was asked

    async def sleep(seconds: float) -> None:
        office.clock.now += seconds
        await eventually(lambda: office.said() == ["said"])

    second._sleep = sleep
    async with speaking(second):
        await drained(second)
    await asyncio.sleep(0.5)  # until Slack has surely finished what the first one asked: that is its own time
    assert office.said() == ["said"]


async def test_where_the_bot_may_not_speak_the_person_who_asked_hears_it(office: Office) -> None:
    async with speaking(office.outbox()) as box:
        await office.card("one", "private", PRIVATE, otherwise=EMMA)
        await office.line("one", "and more")
        await office.card("two", "archived", ARCHIVE, otherwise=EMMA)
        await drained(box)
    direct = office.slack.workspace.direct(EMMA).id
    assert sorted(office.said(direct)) == ["and more", "archived", "private"]


async def test_what_nobody_can_be_told_is_kept_and_reported(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    async with speaking(office.outbox()) as box:
        await office.card("one", "archived", ARCHIVE)
        await office.card("two", "heard")
        await drained(box)
    async with office.store.transaction() as kept:
        (row,) = await outbox.undeliverable(kept)
    assert (row.card_key, row.error) == ("one", "is_archived")
    assert "undeliverable" in caplog.text
    assert "archived" not in caplog.text.replace("is_archived", ""), "the log holds no text of a message"
    assert office.said() == ["heard"]


async def test_a_card_that_somebody_deleted_is_posted_anew(office: Office) -> None:
    async with speaking(office.outbox()) as box:
        await office.card("one", "old")
        await drained(box)
        (message,) = office.slack.workspace.said_in(CHANNEL)
        office.slack.workspace.remove(message)
        await office.card("one", "new")
        await drained(box)
    assert office.said() == ["new"]


async def test_a_token_that_is_refused_keeps_everything_until_it_is_mended(office: Office) -> None:
    office.slack.faults.set({"revoked_token": True})
    async with speaking(office.outbox()) as box:
        await office.card("one", "said")
        box.wake()
        await eventually(lambda: office.clock.now > 1_001)
        assert office.said() == []
        office.slack.faults.set({"revoked_token": False})
        await drained(box)
    assert office.said() == ["said"]


async def test_two_replicas_say_everything_once_and_in_order(office: Office) -> None:
    async with speaking(office.outbox("one")) as one, speaking(office.outbox("two")) as two:
        for number in range(30):
            await office.card(f"{number}", f"{number}", [CHANNEL, "C0GENERAL"][number % 2])
            (one if number % 3 else two).wake()
        await drained(two)
    assert office.said() == [str(number) for number in range(0, 30, 2)]
    assert office.said("C0GENERAL") == [str(number) for number in range(1, 30, 2)]


async def test_a_state_that_came_while_an_answer_was_lost_is_shown(office: Office) -> None:
    """The post is found in the channel; which of the card's states it shows is not known, so the newest is shown."""
    office.slack.faults.set({"slow": {"methods": ["chat.postMessage"], "seconds": 0.3, "times": 1}})
    await office.card("one", "checking")
    task = asyncio.create_task((first := office.outbox()).run())
    first.wake()
    await office.is_heard_by_slack()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await office.card("one", "it is over")
    await eventually(lambda: office.said() == ["checking"])
    office.clock.now += 60
    async with speaking(office.outbox("two")) as second:
        await drained(second)
    assert office.said() == ["it is over"]
