"""The one card for all incidents of a cause in a channel, and what a chart says to whoever cannot see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from responses.cards.bulletin import Bulletin
from responses.cards.failure import in_short, lasting
from responses.cards.jobs import explain_button
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.operation_refusals import mention
from responses.cards.parts import Button, Confirm, Run, title
from responses.cards.text import Mrkdwn, Verbatim, code_span, excerpt, moment, mrkdwn, plain, zone_name
from responses.catalog.model import Entry, Language
from responses.catalog.model import plain as without_styles

_HEADER: Final = 150
_NAME: Final = 90
_MOST_AT_ONCE: Final = 500
_ALT: Final = 1_000


@dataclass(frozen=True, slots=True)
class PictureOf:
    """A picture that Slack holds, and what it shows in words."""

    file_id: str
    alt: str


@dataclass(frozen=True, slots=True)
class StormOf:
    """A storm as it is now: `total` incidents, of which some are open, `failures` jobs, the vaults with most of them.

    `retry_all` is the value of `retry_storm`, empty for no button; `mentions` are users and user groups.
    """

    id: str
    entry: Entry | None
    code: str
    title: str
    total: int
    open: int
    resolved: int
    failures: int
    vaults: tuple[tuple[str, int], ...]
    vault_count: int
    first_at: datetime
    last_at: datetime
    is_over: bool
    picture: PictureOf | None = None
    charted: int = 0
    retry_all: str = ""
    mentions: tuple[str, ...] = ()


def storm_card(storm: StormOf, language: Language) -> Card:
    """What happens to how many, where, since when, and what can be done. Buttons: `retry_storm`, `show_storm`."""
    say = labels(language)
    bulletin = Bulletin()
    head = _title(storm, say)
    bulletin.header(plain(head, _HEADER))
    bulletin.text(_error(storm, language, say), "error")
    bulletin.text(Mrkdwn("\n".join(_counts(storm, say))), "counts")
    if storm.open and (named := " ".join(shown for each in storm.mentions if (shown := mention(each)))):
        bulletin.text(Mrkdwn(named), "mentions")
    bulletin.bullets((Run(say.literal("storm.vaults"), "bold"),), _vaults(storm, say), name="vaults")
    if storm.picture is not None:
        bulletin.picture(storm.picture.file_id, plain(storm.picture.alt, _ALT))
    bulletin.buttons(_buttons(storm, language, say))
    bulletin.facts(_facts(storm, say))
    spoken = mrkdwn(f"{head}: {_name(storm, language)}", 400)
    return bulletin.card(language, spoken)


def chart_alt(
    bars: Sequence[tuple[float, int, int]], step: Literal["minute", "hour", "day"], zone: str, language: Language
) -> str:
    """What a chart shows, in words: from when to when, how many failed of how many, and when most.

    A bar is its start in seconds since 1970, how many ended well, and how many failed. Times are those of `zone`.
    """
    say = labels(language)
    if not bars:
        return say.text("chart.empty")
    good, failed = sum(bar[1] for bar in bars), sum(bar[2] for bar in bars)
    worst = max(bars, key=lambda bar: bar[2])
    times = [datetime.fromtimestamp(at, ZoneInfo(zone)) for at in (bars[0][0], bars[-1][0], worst[0])]
    if step == "day":  # one of 24 hours can begin an hour before its day, in a week in which the clock changes
        since, until, most_at = (f"{at + timedelta(hours=1):%Y-%m-%d}" for at in times)
    else:
        since, until, most_at = (f"{at:%Y-%m-%d %H:%M}" for at in times)
        until = f"{until} {zone_name(times[1])}"
    told = say.text(
        "chart.alt" if good else "chart.alt_failed",
        since=since,
        until=until,
        good=good,
        failed=failed,
        total=good + failed,
    )
    if failed:
        told = f"{told} {say.text('chart.most', count=worst[2], at=most_at)}"
    return told[:_ALT]


def _title(storm: StormOf, say: Labels) -> str:
    if not storm.open:
        return say.text("storm.title_resolved", count=storm.total)
    if storm.open == 1:
        return say.text("storm.title_one")
    return say.text("storm.title_over" if storm.is_over else "storm.title", count=storm.open)


def _name(storm: StormOf, language: Language) -> str:
    return title(storm.entry, language) if storm.entry else storm.title or storm.code or "?"


def _error(storm: StormOf, language: Language, say: Labels) -> Mrkdwn:
    code = code_span(storm.code, 100)
    name = mrkdwn(_name(storm, language), _HEADER)
    first = f"*{name}* {code}".strip() if name != mrkdwn(storm.code) else f"*{name}*"
    if not storm.open:
        return Mrkdwn(first)
    if storm.entry is None:
        return Mrkdwn(f"{first}\n{say.mrkdwn('incident.unknown')}")
    return Mrkdwn(f"{first}\n{mrkdwn(in_short(without_styles(storm.entry.words[language].meaning)))}")


def _counts(storm: StormOf, say: Labels) -> Iterator[Mrkdwn]:
    counts = "storm.counts" if storm.open else "storm.counts_resolved"
    yield say.mrkdwn(counts, total=str(storm.total), open=str(storm.open), resolved=str(storm.resolved))
    yield say.mrkdwn(
        "storm.failures" if storm.vault_count != 1 else "storm.failures_one",
        failures=str(storm.failures),
        vaults=str(storm.vault_count),
    )
    yield say.mrkdwn(
        "storm.since",
        first=moment(storm.first_at),
        last=moment(storm.last_at),
        lasted=lasting((storm.last_at - storm.first_at).total_seconds(), say),
    )


def _vaults(storm: StormOf, say: Labels) -> Iterator[tuple[Run, ...]]:
    if storm.vault_count < 2 or not storm.open:
        return
    for name, count in storm.vaults:
        yield Run(excerpt(name, _NAME) or Verbatim("?")), Run(Verbatim(f": {count}"))
    rest = storm.vault_count - len(storm.vaults)
    if rest > 0:
        left = storm.total - sum(count for _, count in storm.vaults)
        yield (
            Run(say.literal("storm.more_vaults" if rest > 1 else "storm.more_vaults_one", count=rest, incidents=left)),
        )


def _buttons(storm: StormOf, language: Language, say: Labels) -> Iterator[Button]:
    if storm.retry_all and storm.open:
        yield _retry(storm, language, say)
    yield Button("show_storm", say("storm.show"), Verbatim(f"{storm.id}|1"))
    if storm.entry is not None:
        yield explain_button(storm.entry, language, say)


def _retry(storm: StormOf, language: Language, say: Labels) -> Button:
    """`retry_storm`: says how many of how many, since no more than so many are started at once."""
    count, about = min(storm.open, _MOST_AT_ONCE), excerpt(_name(storm, language), 100)
    if count == 1:
        asked, label = say.text("storm.confirm_one", title=about), say("button.retry")
        dialog = say("confirm.retry_title"), say("confirm.retry_yes")
    else:
        is_part = count < storm.open
        asked = say.text(
            "storm.confirm_some" if is_part else "storm.confirm", count=count, open=storm.open, title=about
        )
        label = say("storm.retry_some" if is_part else "button.retry_all", count=count, open=storm.open)
        dialog = say("confirm.retry_all_title"), say("confirm.retry_all_yes", count=count)
    confirm = Confirm(dialog[0], plain(asked, 300), dialog[1], say("confirm.no"))
    return Button("retry_storm", label, Verbatim(storm.retry_all), confirm=confirm)


def _facts(storm: StormOf, say: Labels) -> Mrkdwn:
    told = "storm.going_on" if not storm.is_over else "storm.over" if storm.open else "storm.done"
    if storm.picture is None or storm.charted == storm.failures:
        return say.mrkdwn(told)
    behind = say.mrkdwn("storm.behind", charted=str(storm.charted), failures=str(storm.failures))
    return Mrkdwn(f"{behind} {say.mrkdwn(told)}")
