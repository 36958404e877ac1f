"""Silences: VMs that are muted and maintenance windows, as a list and as an answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from responses.cards.bulletin import Bulletin
from responses.cards.fitting import as_many_as_fit
from responses.cards.labels import Labels, labels
from responses.cards.model import Card
from responses.cards.routes import RouteOf, scope_of
from responses.cards.text import Mrkdwn, code_span, moment, mrkdwn, plain, user_mention
from responses.catalog.model import Language

_MOST: Final = 15


@dataclass(frozen=True, slots=True)
class SilenceOf:
    """A silence: what it is about, from when until when, by whom and why; `is_begun` where it holds now."""

    id: str
    kind: Literal["mute", "maintenance"]
    starts: datetime
    ends: datetime
    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    vaults: tuple[str, ...] = ()
    vms: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    by: str = ""
    reason: str = ""
    is_begun: bool = True


def silences_card(silences: Sequence[SilenceOf], language: Language) -> Card:
    """Everything that is silent now or will be."""
    return as_many_as_fit(_MOST, lambda most: _silences(silences, language, most))


def silenced_card(silence: SilenceOf, language: Language) -> Card:
    """What rings nobody now, until when, and how to end it."""
    return _told(silence, "silences.made", language, say_undo=True)


def unsilenced_card(silence: SilenceOf, language: Language) -> Card:
    """What rings again."""
    return _told(silence, "silences.ended", language, say_undo=False)


def no_such_silence_card(name: str, language: Language) -> Card:
    """There is no such silence that a command could end."""
    say = labels(language)
    bulletin = Bulletin()
    bulletin.text(say.mrkdwn("silences.no_such", name=code_span(name, 80) or mrkdwn("-")), "none")
    return bulletin.card(language, say.mrkdwn("silences.no_such", name=mrkdwn(name, 80) or mrkdwn("-")))


def _silences(silences: Sequence[SilenceOf], language: Language, most: int) -> Card:
    say = labels(language)
    bulletin = Bulletin()
    bulletin.header(plain(say.text("silences.title"), 150))
    if not silences:
        bulletin.text(say.mrkdwn("silences.none"), "none")
    for number, silence in enumerate(silences[:most], start=1):
        bulletin.text(Mrkdwn("\n".join(_silence(silence, say))), f"silence_{number}")
    if len(silences) > most:
        bulletin.text(say.mrkdwn("silences.more", count=str(len(silences) - most)), "more")
    if silences:
        bulletin.facts(say.mrkdwn("silences.undo", id=code_span(silences[0].id)))
    return bulletin.card(language, say.mrkdwn("silences.title"))


def _told(silence: SilenceOf, head: str, language: Language, *, say_undo: bool) -> Card:
    say = labels(language)
    bulletin = Bulletin()
    bulletin.header(plain(say.text(head), 150))
    bulletin.text(Mrkdwn("\n".join(_silence(silence, say))), "silence")
    if say_undo:
        bulletin.text(say.mrkdwn("silences.counted"), "counted")
        bulletin.facts(say.mrkdwn("silences.undo", id=code_span(silence.id)))
    return bulletin.card(language, say.mrkdwn(head))


def _silence(silence: SilenceOf, say: Labels) -> Iterator[Mrkdwn]:
    yield say.mrkdwn(f"silences.{silence.kind}", id=code_span(silence.id, 40))
    place = RouteOf("", "", silence.subscriptions, silence.resource_groups, silence.vaults, silence.vms, silence.tags)
    yield from scope_of(place, say)
    times = {"starts": moment(silence.starts), "ends": moment(silence.ends)}
    yield say.mrkdwn("silences.until" if silence.is_begun else "silences.from_until", **times)
    by = user_mention(silence.by)
    who = say.mrkdwn("routes.by", who=by) if by else say.mrkdwn("routes.by_config")
    reason = mrkdwn(silence.reason, 200)
    yield Mrkdwn(f"{who}: {reason}") if reason else who
