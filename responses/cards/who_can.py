"""The card that says who may do an operation, by which grant, and why somebody may not; and how to ask for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from responses.cards.fitting import first_that_fits
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.operation_refusals import mention
from responses.cards.parts import Line, Run, Runs, label_runs
from responses.cards.render import render_card
from responses.cards.text import (
    Mrkdwn,
    Plain,
    Verbatim,
    code_span,
    excerpt,
    mrkdwn,
    one_line,
    plain,
    user_mention,
)
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import Language

OPERATIONS: Final = (
    "look-up", "handle-incidents", "retry-backup", "cancel-job", "remove-extension", "approve", "manage-routes",
    "read-audit",
)  # fmt: skip
_REASONS: Final = (
    "nobody-granted", "not-this-operation", "not-this-resource", "not-this-channel", "deactivated",
    "bot-not-named", "guest-not-named", "foreign-not-named", "own-request", "unknown-person", "unknown-groups",
)  # fmt: skip
_CHANNEL: Final = re.compile(r"[CDG][A-Z0-9]{2,20}", re.ASCII)
_SEPARATOR: Final = " · "
_NAME: Final = 90
_HEADER: Final = 150
_MOST_NOTES: Final = 4
_WAYS: Final = (
    "incidents", "subscribe", "routes", "mute", "maintenance", "digest", "whocan", "operations", "person", "audit",
    "audit_some",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HolderOf:
    """A grant with those whom it names: `users` who may by it, `barred` with why they may not all the same, `groups`.

    `channels` are where alone it holds, `scope` what it is limited to: kinds with patterns.
    """

    grant: str
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    barred: tuple[tuple[str, str], ...] = ()
    channels: tuple[str, ...] = ()
    scope: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StandingOf:
    """Whether one person may; `reason` is the policy's, `grant` the one that allows it or came nearest."""

    user: str
    is_allowed: bool
    reason: str
    grant: str


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """One resource of the name (all empty: anything at all) and who may do it there.

    `approvers` is None where no second person is needed.
    """

    vm: str = ""
    vault: str = ""
    subscription: str = ""
    here: tuple[HolderOf, ...] = ()
    elsewhere: tuple[HolderOf, ...] = ()
    approvers: tuple[HolderOf, ...] | None = None
    standing: StandingOf | None = None


@dataclass(frozen=True, slots=True)
class WhoCanOf:
    """What was asked and what is so: `asked` is the name as written, empty for anything; `more` places are not shown.

    `who_can` are the users and groups who can grant it.
    """

    operation: str
    asked: str
    places: tuple[PlaceOf, ...]
    more: int = 0
    notes: tuple[Trouble, ...] = ()
    who_can: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _WhoCan:
    title: Plain
    notes: tuple[Runs, ...]
    lines: tuple[Line, ...]
    facts: Mrkdwn


@dataclass(frozen=True, slots=True)
class _Room:
    """How many are told: grants of a place, people of a grant, places."""

    grants: int
    people: int
    places: int = 5


_ROOMS: Final = (_Room(8, 8), _Room(5, 5), _Room(3, 3), _Room(1, 2), _Room(1, 2, places=2))


def who_can_card(told: WhoCanOf, language: Language) -> Card:
    """Who may, place by place, and how it stands with the person asked about; under 12,000 characters."""
    say = labels(language)
    return first_that_fits(_ROOMS, lambda room: _card(told, language, say, room))


def backup_help(language: Language, problem: str = "", word: str = "") -> Card:
    """How to write `/backup`; `problem` says what was not read: "word", "operation", "person", "end" or "place"."""
    say = labels(language)
    lead = say.literal("backup_help.intro")
    if problem in ("word", "operation", "person", "end", "place"):
        lead = say.literal(f"backup_help.{problem}", word=excerpt(word, 100))
    ways = tuple(label_runs(say.text(f"backup_help.way_{way}")) for way in _WAYS)
    spoken = mrkdwn(f"{say.text('backup_help.title')}. {lead}")
    return render_card("jobs_help", language, spoken, title=say("backup_help.title"), lead=(Run(lead),), ways=ways)


def not_told(what: str, reason: str, grant: str, who_can: Sequence[str], language: Language) -> Card:
    """For somebody who may not be told: `what` is an operation, or "who-can" for the question itself.

    `reason` and `grant` are the policy's; `who_can` are the users and groups who can grant it.
    """
    say = labels(language)
    asked = say.text("who_can.refused", what=operation_words(what, say))
    title = plain(say.text("who_can.refused_question") if what == "who-can" else asked, _HEADER)
    why = say.text(f"policy.{reason if reason in _REASONS else 'nobody-granted'}", grant=one_line(grant) or "-")
    told = f"{say.text('who_can.needs_grant')} {why}" if what == "who-can" else why
    spoken = mrkdwn(f"{title}. {told}")
    people = _grantors(who_can, say, 8)
    return render_card("lookup_refused", language, spoken, title=title, ask=label_runs(told), people=people)


def operation_words(operation: str, say: Labels) -> str:
    """An operation as a verb: "retry the backup"."""
    return say.text(f"who_can_do.{operation}") if operation in OPERATIONS else excerpt(operation, 60)


def reason_words(standing: StandingOf, operation: str, say: Labels) -> tuple[str, str]:
    """Why a person may not, and what is missing, in plain words without the person's name."""
    reason = standing.reason if standing.reason in _REASONS else "nobody-granted"
    given = {"grant": one_line(standing.grant) or "-", "operation": operation}
    return say.text(f"who_can_reason.{reason}", **given), say.text(f"who_can_missing.{reason}", **given)


def scope_words(holder: HolderOf, say: Labels) -> str:
    """What a grant is limited to, in words; empty where it is not."""
    told = [say.text(f"who_can.scope_{kind}", names=one_line(names)) for kind, names in holder.scope]
    return "; ".join(told)


def _card(told: WhoCanOf, language: Language, say: Labels, room: _Room) -> Card:
    notes = tuple((Run(excerpt(sentence(note, say), 400)),) for note in told.notes[:_MOST_NOTES])
    shown = _WhoCan(
        title=plain(say.text("who_can.title", what=operation_words(told.operation, say)), _HEADER),
        notes=notes,
        lines=tuple(_lines(told, say, room)),
        facts=_grantors(told.who_can, say, room.people),
    )
    return render_card("who_can", language, _spoken(told, say), card=shown)


def _lines(told: WhoCanOf, say: Labels, room: _Room) -> Iterator[Line]:
    for number, place in enumerate(told.places[: room.places], start=1):
        yield Line(Verbatim(f"place_{number}"), _place(place, told, say), None, is_first=number > 1)
        yield Line(Verbatim(f"here_{number}"), _holders(place.here, "here", say, room), None)
        if place.elsewhere:
            yield Line(Verbatim(f"elsewhere_{number}"), _holders(place.elsewhere, "elsewhere", say, room), None)
        if place.approvers is not None:
            yield Line(Verbatim(f"approvers_{number}"), _holders(place.approvers, "approvers", say, room), None)
        if place.standing is not None:
            yield Line(Verbatim(f"standing_{number}"), _standing(place.standing, told.operation, say), None)
    more = told.more + max(0, len(told.places) - room.places)
    if more:
        yield Line(Verbatim("more"), say.mrkdwn("who_can.more", count=str(more)), None)


def _place(place: PlaceOf, told: WhoCanOf, say: Labels) -> Mrkdwn:
    """What it is about: the VM or vault, then where that is."""
    name = place.vm or place.vault or told.asked
    if not one_line(name):
        return say.mrkdwn("who_can.anything")
    facts = [f"*{mrkdwn(name, _NAME)}*"]
    facts += [mrkdwn(each, _NAME) for each in (place.vault if place.vm else "", place.subscription) if one_line(each)]
    return Mrkdwn(_SEPARATOR.join(facts))


def _holders(holders: Sequence[HolderOf], kind: str, say: Labels, room: _Room) -> Mrkdwn:
    if not holders:
        return say.mrkdwn(f"who_can.{kind}_nobody")
    lines = [say.mrkdwn(f"who_can.{kind}")]
    for holder in holders[: room.grants]:
        lines.extend(_holder(holder, say, room))
    if len(holders) > room.grants:
        lines.append(say.mrkdwn("who_can.more_grants", count=str(len(holders) - room.grants)))
    return Mrkdwn("\n".join(lines))


def _holder(holder: HolderOf, say: Labels, room: _Room) -> Iterator[Mrkdwn]:
    named = map(mention, (*holder.groups, *holder.users))
    facts = [_some([each for each in named if each], room.people, say) or say.mrkdwn("who_can.nobody_now")]
    facts.append(code_span(holder.grant, 64))
    where = [Mrkdwn(f"<#{channel}>") for channel in holder.channels if _CHANNEL.fullmatch(channel)]
    if where:
        facts.append(say.mrkdwn("who_can.only_in", channels=_some(where, min(room.people, 3), say)))
    yield Mrkdwn(f"• {_SEPARATOR.join(facts)}")
    if scope := scope_words(holder, say):
        yield mrkdwn(scope, 200)
    barred = [_barred(user, reason, say) for user, reason in holder.barred if user_mention(user)]
    if barred:
        yield say.mrkdwn("who_can.barred", people=_some(barred, room.people, say))


def _barred(user: str, reason: str, say: Labels) -> Mrkdwn:
    known = reason if reason in _REASONS else "nobody-granted"
    return Mrkdwn(f"{user_mention(user)} ({say.mrkdwn(f'who_can_barred.{known}')})")


def _standing(standing: StandingOf, operation: str, say: Labels) -> Mrkdwn:
    who = user_mention(standing.user) or Mrkdwn("-")
    if standing.is_allowed:
        return say.mrkdwn("who_can.may", who=who, grant=code_span(standing.grant, 64) or Mrkdwn("-"))
    reason, missing = reason_words(standing, operation, say)
    return Mrkdwn("\n".join((say.mrkdwn("who_can.may_not", who=who), mrkdwn(reason, 300), mrkdwn(missing, 300))))


def _grantors(who_can: Sequence[str], say: Labels, most: int) -> Mrkdwn:
    """Who can grant: the people who may change who may; without any, whoever keeps the config file."""
    named = [shown for each in who_can if (shown := mention(each))]
    return (
        say.mrkdwn("who_can.grantors", people=_some(named, most, say)) if named else say.mrkdwn("who_can.no_grantors")
    )


def _some(mentions: Sequence[Mrkdwn], most: int, say: Labels) -> Mrkdwn:
    told = list(mentions[:most])
    if len(mentions) > most:
        told.append(say.mrkdwn("who_can.more_people", count=str(len(mentions) - most)))
    return Mrkdwn(", ".join(told))


def _spoken(told: WhoCanOf, say: Labels) -> Mrkdwn:
    """The question, and how many grants allow it; names are read by whoever opens the card."""
    title = say.text("who_can.title", what=operation_words(told.operation, say))
    grants = len({holder.grant for place in told.places for holder in place.here})
    count = say.text("who_can.spoken_none") if not grants else say.text("who_can.spoken", count=grants)
    about = f"{excerpt(told.asked, _NAME)}." if one_line(told.asked) else ""
    return mrkdwn(" ".join(part for part in (title, about, count) if part), 300)
