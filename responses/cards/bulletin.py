"""A card as a row of parts, for cards whose parts come and go with what there is to say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from responses.cards.model import Card
from responses.cards.parts import NOTHING, UNMARKED, UNSPOKEN, Button, Runs
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Plain, Verbatim
from responses.catalog.model import Language

Kind = Literal["header", "text", "list", "quote", "picture", "buttons", "facts", "line"]
_LONGEST_ALT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu."""

    label: Plain
    value: Verbatim


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu behind three dots; two to five lines."""

    action_id: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One block; only the fields of its kind are filled."""

    kind: Kind
    block_id: Verbatim = NOTHING
    title: Plain = UNSPOKEN
    text: Mrkdwn = UNMARKED
    lead: Runs = ()
    lines: tuple[Runs, ...] = ()
    style: Verbatim = NOTHING
    said: Verbatim = NOTHING
    buttons: tuple[Button, ...] = ()
    menu: Menu | None = None
    button: Button | None = None
    file: Verbatim = NOTHING


@dataclass(slots=True)
class Bulletin:
    """Gathers parts; empty ones are left out."""

    parts: list[Part] = field(default_factory=list)

    def header(self, text: Plain) -> None:
        self._add("header", title=text)

    def text(self, text: Mrkdwn, name: str) -> None:
        if text:
            self._add("text", name, text=text)

    def steps(self, lead: Runs, steps: Iterable[Runs], *, name: str = "steps") -> None:
        self._list("ordered", lead, steps, name)

    def bullets(self, lead: Runs, bullets: Iterable[Runs], *, name: str) -> None:
        self._list("bullet", lead, bullets, name)

    def _list(self, style: Literal["ordered", "bullet"], lead: Runs, lines: Iterable[Runs], name: str) -> None:
        if found := tuple(each for each in lines if each):
            self._add("list", name, lead=lead, lines=found, style=Verbatim(style))

    def quote(self, lead: Runs, said: Verbatim) -> None:
        if said:
            self._add("quote", lead=lead, said=said)

    def picture(self, file: str, alt: Plain) -> None:
        if file:
            self._add("picture", title=Plain(alt[:_LONGEST_ALT] or "-"), file=Verbatim(file))

    def buttons(self, buttons: Iterable[Button], menu: Menu | None = None) -> None:
        found = tuple(buttons)
        if found or menu is not None:
            self._add("buttons", "actions", buttons=found, menu=menu)

    def facts(self, text: Mrkdwn, name: str = "facts") -> None:
        if text:
            self._add("facts", name, text=text)

    def line(self, text: Mrkdwn, button: Button | None, name: str) -> None:
        self._add("line", name, text=text, button=button)

    def card(self, language: Language, spoken: Mrkdwn) -> Card:
        """The card; `spoken` is what a notification and a screen reader say."""
        return render_card("bulletin", language, spoken, bulletin=self)

    def _add(self, kind: Kind, block_id: str = "", **fields: object) -> None:
        self.parts.append(Part(kind, Verbatim(block_id or kind), **fields))  # type: ignore[arg-type]
