"""Speaks for all replicas: one at a time in each channel, in order, within Slack's rate, and each thing once."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.saying import LOST_CHANNEL, Outcome, Saying
from bot.store import outbox
from bot.store.outbox import Pace, Row
from bot.store.store import Store, StoreAway

_log = logging.getLogger(__name__)
# Longer than a call to Slack may take, so that whoever speaks still holds the channel when the answer comes.
_LEASE_SECONDS: Final = 14.0
_LOOK_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 3.0
# A request outlives the process that sent it: what is looked for at once after a crash may come a moment later.
_SETTLE_SECONDS: Final = 4.0
_AT_ONCE: Final = 20
_LONGEST_PAUSE: Final = 60.0
_KEPT_SECONDS: Final = 14 * 86_400.0
_PRUNE_SECONDS: Final = 3_600.0


class Outbox:
    """One for the process; `wake` it after something was put, or it looks by itself once a second."""

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        *,
        replica: str,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._saying = Saying(client)
        self._replica = replica
        self._now = now
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._speaking: dict[str, asyncio.Task[None]] = {}
        self._pruned_at = 0.0
        # Whoever wants to know that a channel takes nothing any more: which, why, and where it goes now.
        self.lost: Callable[[str, str, str], Awaitable[None]] = _nobody

    def wake(self) -> None:
        """Something was put."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. What is under way then is looked for, at the next start, before it is said again."""
        try:
            while True:
                await self._round()
                await self._pause()
        finally:
            for task in self._speaking.values():
                task.cancel()
            await asyncio.gather(*self._speaking.values(), return_exceptions=True)

    async def drained(self, seconds: float) -> bool:
        """Whether everything has been said within `seconds`; a database that does not answer is waited for longer."""
        until = asyncio.get_running_loop().time() + seconds
        try:
            # The looks themselves are not cut short: a transaction that is leaves its connection to be cleaned up.
            async with asyncio.timeout(seconds + _CLOSE_SECONDS):
                while True:
                    async with self._store.transaction() as kept:
                        if await outbox.waiting(kept) == 0:
                            return True
                    if asyncio.get_running_loop().time() >= until:
                        return False
                    await asyncio.sleep(0.02)
        except (TimeoutError, StoreAway):
            return False

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def _round(self) -> None:
        try:
            async with self._store.transaction() as kept:
                channels = await outbox.channels_with_work(kept, self._replica, self._now())
                if self._now() - self._pruned_at > _PRUNE_SECONDS:
                    self._pruned_at = self._now()
                    await outbox.prune(kept, self._now() - _KEPT_SECONDS)
        except StoreAway as error:
            _log.warning("the outbox cannot be read (%s)", error)
            return
        for channel in channels:
            if channel not in self._speaking and len(self._speaking) < _AT_ONCE:
                task = asyncio.create_task(self._speak(channel), name=f"speak in {channel}")
                self._speaking[channel] = task
                task.add_done_callback(partial(self._done, channel))

    def _done(self, channel: str, _task: asyncio.Task[None]) -> None:
        self._speaking.pop(channel, None)
        self._woken.set()

    async def _speak(self, channel: str) -> None:
        """Say everything that waits for a channel, as long as it is ours."""
        try:
            while await self._one(channel):
                pass
            async with self._store.transaction() as kept:
                await outbox.release(kept, channel, self._replica)
        except StoreAway as error:
            _log.warning("the outbox cannot be read (%s)", error)
            await self._sleep(_LOOK_SECONDS)
        except Exception:  # noqa: BLE001 - the outer edge of this task: one channel's trouble must not end the others
            _log.exception("speaking in %s failed; it is tried again", channel)
            await self._sleep(_LOOK_SECONDS)

    async def _one(self, channel: str) -> bool:
        """Say the next thing; false when there is none, or the channel is another's."""
        async with self._store.transaction() as kept:
            pace = await outbox.lease(kept, channel, self._replica, self._now(), _LEASE_SECONDS)
            row = await outbox.next_row(kept, channel) if pace is not None else None
        if pace is None or row is None:
            return False
        settled = row.began_at + _SETTLE_SECONDS if _is_uncertain(row) else 0.0
        wait = max(max(row.not_before, settled) - self._now(), pace.at(self._now()).wait(self._now()))
        if wait > 0:
            await self._sleep(min(wait, _LEASE_SECONDS / 2))
            return True
        outcome = await self._say(row, pace)
        if outcome is not None:
            await self._keep(row, outcome)
        return True

    async def _say(self, row: Row, pace: Pace) -> Outcome | None:
        """Ask Slack; what may have been said before is looked for first."""
        if _is_uncertain(row):
            found = await self._saying.find(row)
            if found.kind == "said" and not row.is_line:
                # Which of its states stands there is not known: it is changed to the newest.
                async with self._store.transaction() as kept:
                    await outbox.found(kept, row, found.ts, found.channel)
                return None
            if found.kind != "missing":
                return found
        async with self._store.transaction() as kept:
            if await outbox.lease(kept, row.channel, self._replica, self._now(), _LEASE_SECONDS) is None:
                return None
            await outbox.begin(kept, row, pace, self._now())
        return await self._saying.say(row)

    async def _keep(self, row: Row, outcome: Outcome) -> None:
        await self._note(row, outcome)
        if outcome.kind == "refused" and outcome.error in LOST_CHANNEL:
            await self.lost(row.channel, outcome.error, row.otherwise)

    async def _note(self, row: Row, outcome: Outcome) -> None:
        now = self._now()
        async with self._store.transaction() as kept:
            if outcome.kind == "said":
                await outbox.sent(kept, row, outcome.ts, now, outcome.channel)
            elif outcome.kind == "limited":
                await outbox.block(kept, row.channel, now + outcome.seconds)
                await outbox.put_back(kept, row, error="ratelimited", not_before=0.0, is_certain=True)
            elif outcome.kind == "gone":
                await outbox.forget_post(kept, row)
            elif outcome.kind == "refused" and outcome.error in LOST_CHANNEL and row.otherwise:
                _log.warning("%s takes no message (%s); it goes to the person who asked", row.channel, outcome.error)
                await outbox.redirect(kept, row, row.otherwise)
            elif outcome.kind == "refused":
                _log.error("a message for %s is undeliverable (%s): %s", row.channel, outcome.error, row.name)
                await outbox.give_up(kept, row, outcome.error, now)
            else:
                pause = min(_LONGEST_PAUSE, 0.5 * 2 ** min(row.tries, 10))
                _log.warning("a message for %s waits %.1f s more (%s)", row.channel, pause, outcome.error)
                is_certain = outcome.kind == "later"
                await outbox.put_back(kept, row, error=outcome.error, not_before=now + pause, is_certain=is_certain)


async def _nobody(channel: str, why: str, goes_to: str) -> None:
    """Nobody wants to know."""


def _is_uncertain(row: Row) -> bool:
    """Whether it may stand in Slack without our knowing; an edit may simply be made again."""
    return row.state == "sending" and (row.is_line or not row.ts)
