"""Which process dies when: every step boundary of every story, every request in flight, and moments by chance."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scripts.benchmarks.dying_bot import SIDES, Entry, Side

StoryName = Literal["retry", "retry-again", "removal", "rejected", "cancel", "group"]
How = Literal["step", "azure", "slack", "chance"]


@dataclass(frozen=True, slots=True)
class Story:
    """What people want: an operation, the kind of failure that it is about, and how it must end."""

    kind: Literal["retry-backup", "remove-extension", "retry-group"]
    failure: str
    ends: tuple[str, ...]

    @property
    def button(self) -> str:
        return self.kind.replace("-", "_")


STORIES: Final[Mapping[StoryName, Story]] = {
    "retry": Story("retry-backup", "passing", ("succeeded",)),
    "retry-again": Story("retry-backup", "lasting", ("failed",)),
    "removal": Story("remove-extension", "stuck", ("removed",)),
    "rejected": Story("remove-extension", "stuck", ("rejected",)),
    "cancel": Story("retry-backup", "passing", ("cancelled",)),
    "group": Story("retry-group", "group", ("succeeded",)),
}
CHANGES: Final[Mapping[StoryName, str]] = {
    "retry": "trigger_backup",
    "retry-again": "trigger_backup",
    "removal": "delete_extension",
    "cancel": "cancel_job",
    "group": "trigger_backup",
}


# The places of a short run: around everything that is done to Azure, and where people's word is waited for.
WORST: Final[Mapping[StoryName, Sequence[tuple[str, Side]]]] = {
    "retry": [("ask", "done"), ("hold", "done"), *(("start 1", side) for side in SIDES)],
    "retry-again": [("plan", "before"), ("start 1", "done"), ("follow", "done")],
    "removal": [("plan", "done"), ("check", "after"), *(("delete 1", side) for side in SIDES)],
    "rejected": [("wait", "before"), ("check", "done")],
    "cancel": [("decide", "done"), ("cancel", "before"), ("cancel", "done")],
    "group": [("gather", "done"), ("fill", "done"), ("fill", "after"), ("start 1", "done")],
}


@dataclass(frozen=True, slots=True)
class Death:
    """How a process dies: at a step's side; while Azure has its request, "before" or "after" it acted on it; while
    Slack has its message; or so many seconds after the click. `times`: whoever goes on dies there as well."""

    how: How
    step: str = ""
    side: str = ""
    seconds: float = 0.0
    times: int = 1

    @property
    def label(self) -> str:
        return f"{self.how} {self.step} {self.side}".strip() if self.how != "chance" else "chance"


@dataclass(frozen=True, slots=True)
class Round:
    """One round; where there is a second replica, `is_for_good` leaves the work of the dead one to it."""

    number: int
    story: StoryName
    death: Death
    is_for_good: bool


def boundaries(journal: Iterable[Entry]) -> list[tuple[str, Side]]:
    """Every side of every step that a story took when nobody died, in its order."""
    steps = dict.fromkeys(entry.step for entry in journal)
    return [(step, side) for step in steps for side in SIDES]


def rounds(wanted: int, found: Mapping[StoryName, Sequence[tuple[str, Side]]], seed: int) -> list[Round]:
    """So many rounds, the same for the same seed: those where most may go wrong come first, then every boundary, then
    chance. Where there are more than places, each place has its turn on either side of the second lane."""
    chance = random.Random(seed)
    certain = [*_in_flight(), *_at_steps(found, chance)]
    dire = [each for each in certain if _is_dire(each[1])]
    rest = [each for each in certain if not _is_dire(each[1])]
    chance.shuffle(dire)
    chance.shuffle(rest)
    # Half of a short run is certain death at the worst places, so that chance has its part too.
    share = wanted if wanted > 2 * len(certain) else wanted * 3 // 4
    picked = [*dire, *rest, *dire, *rest][:share]
    names = tuple(STORIES)
    while len(picked) < wanted:
        picked.append((chance.choice(names), Death("chance", seconds=chance.uniform(0.0, 2.5))))
    chance.shuffle(picked)
    return [Round(number, story, death, number % 4 >= 2) for number, (story, death) in enumerate(picked)]


def _in_flight() -> list[tuple[StoryName, Death]]:
    azure = [(story, Death("azure", name, side)) for story, name in CHANGES.items() for side in ("before", "after")]
    slack = [
        (story, Death("slack", method))
        for story in ("retry", "removal", "retry-again")
        for method in ("chat.postMessage", "chat.update")
    ]
    return [*azure, *slack]  # type: ignore[list-item]


def _at_steps(
    found: Mapping[StoryName, Sequence[tuple[str, Side]]], chance: random.Random
) -> list[tuple[StoryName, Death]]:
    return [
        (story, Death("step", step, side, times=2 if chance.random() < 0.2 else 1))
        for story, places in found.items()
        for step, side in places
    ]


def _is_dire(death: Death) -> bool:
    """Where something has been done that nobody has written down yet."""
    is_change = death.step.startswith(("start", "delete", "cancel"))
    is_post = death.how == "slack" and death.step == "chat.postMessage"
    return death.how == "azure" or is_post or (death.how == "step" and death.side == "done" and is_change)
