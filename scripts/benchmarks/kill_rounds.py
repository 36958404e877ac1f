"""A round: people ask for something, a process dies, and the story must come to its end all the same."""

import asyncio
import json
import random
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from scripts.benchmarks.dying_bot import Entry
from scripts.benchmarks.kill_books import Books
from scripts.benchmarks.kill_bots import APPROVES, ASKS, Bot, Bots
from scripts.benchmarks.kill_fleet import Failure
from scripts.benchmarks.kill_judge import Finding, Seen, judge_group, judge_removal, judge_retry
from scripts.benchmarks.kill_plan import STORIES, Death, Round, Story, StoryName
from scripts.benchmarks.kill_reading import phase_of
from scripts.benchmarks.kill_town import Place, Town, button_in, meanwhile

_SECONDS: Final = 60.0
_TELL_SECONDS: Final = 15.0  # for what is left to be said: a message a second
_LATEST_DEATH: Final = 4.0
_COLD_EVERY: Final = 3  # rounds; in the others a process comes back by fork, which costs a fifth
_TICK: Final = 0.05
# Shorter than the bot's own patience with Azure: a request of whoever goes on living is answered, if late.
_HANG_SECONDS: Final = 12
# Azure's seconds for each tick: 100 a second, about what 90 seconds of looking for traces are to the second that the
# bot here takes for it; and more once there is a job, whose length is of no interest.
_CLOCK_STEP: Final = 5.0
_CLOCK_LEAP: Final = 30.0


@dataclass
class Outcome:
    """What a round did, to be judged when all rounds are over.

    `resumed` are the seconds until somebody went on with what was left: another replica, where `taken_over`.
    """

    given: Round
    label: str
    place: Place
    failure: Failure
    deaths: int = 0
    seconds: float = 0.0
    resumed: float | None = None
    died_at: float = 0.0
    told: float | None = None
    is_unknown: bool = False
    taken_over: bool = False
    findings: list[Finding] = field(default_factory=list)


class Lane:
    """One database with its bots, beside a Slack and an Azure of their own; its rounds come one after the other."""

    def __init__(self, name: str, town: Town, bots: Bots, books: Books, *, replicas: int, seed: int) -> None:
        self.name, self.town, self.bots, self.books = name, town, bots, books
        self._replicas = replicas
        self._chance = random.Random(seed)
        self._living: list[Bot] = []
        self._names = 0

    async def open(self) -> None:
        """Start the replicas, one after the other: the first makes the tables."""
        while len(self._living) < self._replicas:
            self._living.append(await self.bots.start(self._new_name()))

    def _new_name(self) -> str:
        self._names += 1
        return f"{self.name}-{self._names}"

    async def probe(self, story: StoryName) -> list[Entry]:
        """The steps that a story takes when nobody dies."""
        before = len(self.bots.journal())
        outcome = await self.play(Round(-1, story, Death("step", "nowhere", "before"), is_for_good=False))
        end = time.monotonic() + _TELL_SECONDS
        while self.judge(outcome):
            if time.monotonic() > end:
                raise RuntimeError(f"{story} goes wrong when nobody dies: {outcome.findings}")
            await asyncio.sleep(_TICK)
        return self.bots.journal()[before:]

    async def play(self, given: Round) -> Outcome:
        """One round, to its end or to the end of our patience."""
        await self._fill()
        story = STORIES[given.story]
        failure = self.town.fleet.take(story.failure)
        place = self.town.place(story.button, _value(story, failure))
        outcome = Outcome(given, f"{self.name} {given.story}: {given.death.label}", place, failure)
        began, before = time.monotonic(), len(self.bots.journal())
        self._prepare(given.death)
        async with self._clock_runs(outcome):
            await _Acting(self, given, story, outcome).until_over()
        self.bots.plan.unlink(missing_ok=True)
        self.town.azure.faults.reset()
        self.town.slack.faults.reset()
        outcome.seconds = time.monotonic() - began
        _note_resumption(outcome, self.bots.journal()[before:], self.bots.all)
        return outcome

    def judge(self, outcome: Outcome) -> list[Finding]:
        """Look at everything that is there now; what is wrong is kept with the outcome."""
        town, story = self.town, STORIES[outcome.given.story]
        failure, seen = outcome.failure, self.seen(outcome.place)
        members = (failure, *failure.beside)
        truths, triggers = [town.truth(each) for each in members], [town.triggers(each) for each in members]
        if story.kind == "remove-extension":
            deletions, was_cut_off = town.deletions(failure), outcome.given.death.how in ("azure", "chance")
            outcome.findings = judge_removal(seen, truths[0], deletions, story.ends, was_cut_off=was_cut_off)
        elif story.kind == "retry-group":
            outcome.findings = judge_group(seen.cards, truths, triggers)
        else:
            outcome.findings = judge_retry(seen, truths[0], triggers[0], story.ends)
        outcome.is_unknown = "unknown" in seen.cards
        said = [at for at in self.town.said_at(outcome.place) if at > outcome.died_at > 0]
        outcome.told = min(said) - outcome.died_at if said else None
        return outcome.findings

    def seen(self, place: Place) -> Seen:
        """What stands in an operation's channel."""
        cards, lines = self.town.said(place)
        return Seen(tuple(map(phase_of, cards)), tuple(map(phase_of, lines)))

    # Who lives

    @property
    def living(self) -> list[Bot]:
        """Those that have not died; whoever died by itself is found out here."""
        self._living = [bot for bot in self._living if not bot.process.is_dead]
        return self._living

    def someone(self) -> Bot | None:
        """One of the living, by chance."""
        return self._chance.choice(self.living) if self.living else None

    async def revive(self, dead: Bot, *, is_cold: bool) -> None:
        """The same again: on Postgres under the same name, as where the platform gives one."""
        self._living.append(await self.bots.start(dead.name, is_cold=is_cold))

    async def _fill(self) -> None:
        while len(self.living) < self._replicas:
            self._living.append(await self.bots.start(self._new_name(), is_cold=False))

    # What happens meanwhile

    def _prepare(self, death: Death) -> None:
        if death.how == "step":
            deaths = [{"step": death.step, "side": death.side}] * death.times
            self.bots.plan.write_text(json.dumps(deaths), encoding="utf-8")
        elif death.how == "azure":
            hang = {"operation": death.step, "seconds": _HANG_SECONDS, "when": death.side}
            self.town.azure.faults.set({"hang": hang})
        elif death.how == "slack":
            self.town.slack.faults.set({"slow": {"methods": [death.step], "seconds": 0.5, "times": 1}})

    def _clock_runs(self, outcome: Outcome) -> AbstractAsyncContextManager[None]:
        return meanwhile(lambda: self.town.azure.clock.advance(self._pace(outcome)), _TICK)

    def _pace(self, outcome: Outcome) -> float:
        """By how much the clock is pushed now; a backup that is to be cancelled waits for that."""
        if not self.town.truth(outcome.failure).jobs:
            return _CLOCK_STEP
        if outcome.given.story == "cancel" and not self.town.cancellations(outcome.failure):
            return 0.0
        return _CLOCK_LEAP


class _Acting:
    """What people and the platform do in one round."""

    def __init__(self, lane: Lane, given: Round, story: Story, outcome: Outcome) -> None:
        self._lane, self._given, self._story, self._outcome = lane, given, story, outcome
        self._town, self._place = lane.town, outcome.place
        self._is_asked = self._is_decided = self._is_cancelled = False
        self._asked_of: Bot | None = None
        self._calls = len(self._town.azure.calls)
        self._began = time.monotonic()
        failure = outcome.failure
        self._jobs = [each.job_path for each in (failure, *failure.beside)]
        self._ended = 0.0
        self._answers = 0
        self._known = list(lane.living)

    async def until_over(self) -> None:
        """Act until the operation is written down as ended and the death has come, a minute at most.

        What is still to be said then is said during the next rounds, and judged after the last one.
        """
        while time.monotonic() < self._began + _SECONDS:
            await self._kill_when_due()
            await self._bury()
            kind = "remove-extension" if self._story.kind == "remove-extension" else "retry-backup"
            if await self._lane.books.are_over(kind, self._jobs):
                if self._is_past_death():
                    return
            else:
                await self._act(self._lane.seen(self._place))
            await asyncio.sleep(_TICK / 2)

    def _is_past_death(self) -> bool:
        """A death may come later than the end; one that was planned for a step that is not taken never comes."""
        if self._outcome.deaths or self._given.number < 0:
            return True
        self._ended = self._ended or time.monotonic()
        return time.monotonic() > self._ended + _LATEST_DEATH

    async def _act(self, seen: Seen) -> None:
        bot = self._lane.someone()
        if bot is None:
            return
        answers = self._town.answers(self._place)
        if answers > self._answers and not seen.cards:
            self._is_asked = False  # told that the click could not be written down, a person clicks again
        self._answers = answers
        if not self._is_asked:
            starter = self._place.starter.body | {"channel": self._place.channel}
            self._asked_of = bot
            self._is_asked = await self._town.click(bot.url, ASKS, starter, self._story.button)
            return
        cards, _ = self._town.said(self._place)
        if not cards:
            return
        if self._given.story in ("removal", "rejected") and not self._is_decided:
            await self._decide(bot, cards[0])
        if self._given.story == "cancel" and not self._is_cancelled and seen.cards[0] == "running":
            self._asked_of = bot  # who cancels is another story, and its bot is to die
            self._is_cancelled = await self._town.click(bot.url, ASKS, cards[0], "cancel_operation")

    async def _decide(self, bot: Bot, card: dict[str, Any]) -> None:
        action = "approve_removal" if self._given.story == "removal" else "reject_removal"
        if button_in(card, action) is None or not await self._town.click(bot.url, APPROVES, card, action):
            return
        end = time.monotonic() + 2
        while (view := await self._town.slack.view(APPROVES)) is None:
            if bot.process.is_dead or time.monotonic() > end:
                return
            await asyncio.sleep(_TICK / 2)
        self._is_decided = await self._town.submit(bot.url, APPROVES, view, "seen on the portal")
        if not self._is_decided:
            await self._town.slack.close(APPROVES, view["id"])

    # Deaths

    async def _kill_when_due(self) -> None:
        victim = self._asked_of
        if self._outcome.deaths or victim is None or victim.process.is_dead or not self._is_due():
            return
        await victim.process.kill()

    def _is_due(self) -> bool:
        death = self._given.death
        if death.how == "azure":
            return any(call["operation"] == death.step for call in self._town.azure.calls[self._calls :])
        if death.how == "slack":
            return bool(self._town.slack.faults.as_json()["slow"]["times"] < 1)
        return death.how == "chance" and time.monotonic() >= self._began + death.seconds

    async def _bury(self) -> None:
        """Whoever died is started again, unless it is dead for good and another one lives."""
        for bot in [bot for bot in self._known if bot.process.is_dead]:
            await bot.process.died(0)
            self._known.remove(bot)
            self._outcome.deaths += 1
            self._outcome.died_at = bot.process.killed
            if self._given.is_for_good and self._lane.living:
                continue
            await self._lane.revive(bot, is_cold=self._given.number % _COLD_EVERY == 0)
            self._known = list(self._lane.living)


def _value(story: Story, failure: Failure) -> str:
    """What the story's button carries."""
    if story.kind == "retry-group":
        return f'{failure.code}|vault:"{failure.vault}" failed 24h'
    return f"{failure.job_path}|1"


def _note_resumption(outcome: Outcome, journal: list[Entry], bots: list[Bot]) -> None:
    """Seconds from the new start (from the death, where another takes over) to the first work done that was left.

    A process that was forked starts faster than one does in life: its seconds are not counted.
    """
    pids = {entry.pid for entry in journal}
    dead = [bot.process for bot in bots if bot.process.killed and bot.process.pid in pids]
    if not dead:
        return
    last = max(dead, key=lambda process: process.killed)
    left = {entry.story for entry in journal if entry.pid == last.pid}
    after = (entry for entry in journal if entry.at > last.killed and entry.story in left and entry.side == "done")
    first = next((entry for entry in after if entry.pid != last.pid), None)
    if first is None:
        return
    heir = next(bot.process for bot in bots if bot.process.pid == first.pid)
    if heir.started < last.killed:
        outcome.taken_over, outcome.resumed = True, first.at - last.killed
    elif heir.is_cold:
        outcome.resumed = first.at - heir.started
