"""Who may do what on a terminal, in short lines: the card's content with ids in place of mentions."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from responses.cards.labels import Labels, labels
from responses.cards.text import one_line
from responses.cards.trouble_azure import sentence
from responses.cards.who_can import HolderOf, PlaceOf, StandingOf, WhoCanOf, operation_words, reason_words, scope_words
from responses.catalog.model import Language

Members = Mapping[str, tuple[str, ...] | None]


def print_who_can(out: Console, told: WhoCanOf, members: Members, language: Language) -> None:
    """The question, what the answer rests on, then place by place who may; who can grant at the end."""
    say = labels(language)
    out.print(Text(say.text("who_can.title", what=operation_words(told.operation, say)), style="bold"))
    for note in told.notes:
        out.print(Text(sentence(note, say), style="dim"))
    for place in told.places:
        out.print()
        out.print(Text(_name(place, told, say), style="bold cyan"))
        for line, style in _place(place, told.operation, members, say):
            out.print(Text(line, style=style))
    if told.more:
        out.print(Text(_bare(say.text("who_can.more", count=told.more))))
    out.print()
    names = ", ".join(told.who_can)
    out.print(
        Text(say.text("who_can.grantors", people=names) if names else say.text("who_can.no_grantors"), style="dim")
    )


def _name(place: PlaceOf, told: WhoCanOf, say: Labels) -> str:
    names = (place.vm, place.vault, place.subscription) if place.vm else (place.vault or told.asked, place.subscription)
    return " · ".join(one_line(name) for name in names if one_line(name)) or say.text("who_can.anything")


def _place(place: PlaceOf, operation: str, members: Members, say: Labels) -> Iterator[tuple[str, str]]:
    yield from _group("here", place.here, members, say)
    if place.elsewhere:
        yield from _group("elsewhere", place.elsewhere, members, say)
    if place.approvers is not None:
        yield from _group("approvers", place.approvers, members, say)
    if place.standing is not None:
        yield from _standing(place.standing, operation, say)


def _group(kind: str, holders: Sequence[HolderOf], members: Members, say: Labels) -> Iterator[tuple[str, str]]:
    yield _bare(say.text(f"who_can.{kind}" if holders else f"who_can.{kind}_nobody")), ""
    for holder in holders:
        people = ", ".join((*(_members(group, members) for group in holder.groups), *holder.users))
        facts = [people or say.text("who_can.nobody_now"), one_line(holder.grant)]
        if holder.channels:
            facts.append(say.text("who_can.only_in", channels=", ".join(holder.channels)))
        yield f"  {' · '.join(facts)}", ""
        if scope := scope_words(holder, say):
            yield f"    {scope}", "dim"
        if holder.barred:
            told = ", ".join(f"{user} ({say.text(f'who_can_barred.{reason}')})" for user, reason in holder.barred)
            yield f"    {say.text('who_can.barred', people=told).strip()}", "dim"


def _members(group: str, members: Members) -> str:
    """A group with its members, where Slack told them."""
    found = members.get(group)
    return group if found is None else f"{group} ({', '.join(found) or '-'})"


def _standing(standing: StandingOf, operation: str, say: Labels) -> Iterator[tuple[str, str]]:
    if standing.is_allowed:
        yield say.text("who_can.may", who=standing.user, grant=standing.grant), "green"
        return
    yield _bare(say.text("who_can.may_not", who=standing.user)), "bold"
    for words in reason_words(standing, operation, say):
        yield words, ""


def _bare(words: str) -> str:
    """A label without the marks of Slack's bold and code."""
    return words.replace("*", "").replace("`", "")
