"""The one card of a whole group of retries, which counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.parts import Notice, Run, Runs, texts, title
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Verbatim, code_span, excerpt, moment, mrkdwn, plain, user_mention
from responses.catalog.model import Entry, Language

_CELLS: Final = 10
_COUNTS: Final = ("succeeded", "failed", "refused", "cancelled", "unknown", "running", "waiting")


@dataclass(frozen=True, slots=True)
class GroupOf:
    """How many of `total` are where; `failures` are VMs and why, in words, at most ten."""

    entry: Entry | None
    code: str
    title: str
    total: int
    waiting: int
    running: int
    succeeded: int
    failed: int
    refused: int
    cancelled: int
    unknown: int
    requested_by: str
    asked_at: datetime
    ended_at: datetime | None
    failures: tuple[tuple[str, str], ...]


def group_card(group: GroupOf, language: Language) -> Card:
    """What became of each, as counts, with those that did not end well by name."""
    say = labels(language)
    is_over = group.ended_at is not None
    head = say("group.title_over" if is_over else "group.title", count=group.total)
    done = group.total - group.waiting - group.running
    filled = done * _CELLS // group.total if group.total else _CELLS
    bar = Mrkdwn("" if is_over else f"{'▓' * filled}{'░' * (_CELLS - filled)} {done} / {group.total}")
    counts = Mrkdwn(" · ".join(_counts(group, say)))
    notice = Notice(
        title=plain(head, 150),
        texts=texts(_about(group, language), bar, counts),
        lead=(Run(say.literal("group.failures")),),
        bullets=tuple(_failures(group)),
        facts=say.mrkdwn(
            "operation.by", who=user_mention(group.requested_by) or mrkdwn("-"), time=moment(group.asked_at)
        ),
    )
    return render_card("notice", language, mrkdwn(f"{head}. {counts}", 600), notice=notice)


def nothing_left(language: Language) -> Card:
    """For a second click: whatever could be retried is being retried."""
    words = labels(language).mrkdwn("group.nothing_left")
    return render_card("notice", language, words, notice=Notice(plain(""), texts(words)))


def _about(group: GroupOf, language: Language) -> Mrkdwn:
    name = title(group.entry, language) if group.entry else group.title
    code = code_span(group.code, 100) if group.entry is None or group.entry.has_code else Mrkdwn("")
    return Mrkdwn(" ".join(part for part in (f"*{mrkdwn(name, 150)}*" if name != group.code else "", code) if part))


def _counts(group: GroupOf, say: Labels) -> Iterator[Mrkdwn]:
    for name in _COUNTS:
        count = int(getattr(group, name))
        if count or name == "succeeded":
            yield say.mrkdwn(f"group.{name}", count=str(count))


def _failures(group: GroupOf) -> Iterator[Runs]:
    for vm, why in group.failures[:10]:
        yield Run(excerpt(vm, 90) or Verbatim("?"), "bold"), Run(Verbatim(f": {excerpt(why, 200)}"))
