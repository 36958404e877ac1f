"""The small pieces that cards are laid out from: runs of rich text, buttons, and the values that buttons carry."""

from dataclasses import dataclass
from typing import Final, Literal

from responses.cards.labels import Labels
from responses.cards.text import Mrkdwn, Plain, Verbatim, clean, is_https, one_line
from responses.catalog.model import Entry, Language, Prose, Span
from responses.catalog.model import plain as without_styles

_OTHER: Final[dict[Language, Language]] = {"en": "nl", "nl": "en"}
NOTHING: Final = Verbatim("")
UNSPOKEN: Final = Plain("")
UNMARKED: Final = Mrkdwn("")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of rich text in one style; a link where `url` is not empty."""

    text: Verbatim
    style: Literal["", "code", "bold"] = ""
    url: Verbatim = NOTHING


Runs = tuple[Run, ...]
Detail = Literal["full", "links", "bare"]


@dataclass(frozen=True, slots=True)
class Confirm:
    """The dialog that asks once more before a button acts; Slack takes 100, 300, 30 and 30 characters."""

    title: Plain
    text: Plain
    confirm: Plain
    deny: Plain


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `spoken` is what a screen reader says instead of the label, `url` makes it open a page as well."""

    action_id: str
    label: Plain
    value: Verbatim = NOTHING
    url: Verbatim = NOTHING
    spoken: Plain = UNSPOKEN
    is_primary: bool = False
    is_danger: bool = False
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of mrkdwn in a block of its own."""

    block_id: Verbatim
    text: Mrkdwn


@dataclass(frozen=True, slots=True)
class Notice:
    """A short card: title, what is so, a list, what Azure said, buttons, facts in small print; any may be empty."""

    title: Plain
    texts: tuple[Text, ...] = ()
    lead: Runs = ()
    bullets: tuple[Runs, ...] = ()
    saying: Verbatim = NOTHING
    said: Verbatim = NOTHING
    buttons: tuple[Button, ...] = ()
    facts: Mrkdwn = UNMARKED


def texts(*given: Mrkdwn) -> tuple[Text, ...]:
    """Paragraphs, those that are empty left out."""
    return tuple(Text(Verbatim(f"text_{number}"), text) for number, text in enumerate(given, start=1) if text)


@dataclass(frozen=True, slots=True)
class Line:
    """A section with a button at its end; `is_first` where something new begins."""

    block_id: Verbatim
    text: Mrkdwn
    button: Button | None
    is_first: bool = False


def runs(prose: Prose, detail: Detail = "full") -> Runs:
    """Catalog prose as rich text. "links" joins what stands between two links, "bare" keeps the text alone."""
    if detail == "bare":
        text = Verbatim(clean(without_styles(prose)))
        return (Run(text),) if text else ()
    found = tuple(_run(span) for span in prose if span.text)
    return found if detail == "full" else _joined(found)


def title(entry: Entry, language: Language) -> str:
    """An entry's title on one line; where nothing of it can be seen, its code or a dash, and never a slug."""
    return one_line(entry.words[language].title) or (entry.code if entry.has_code else "-")


def label_runs(text: str) -> Runs:
    """A label as rich text; what stands between backticks is code."""
    pieces = enumerate(text.split("`"))
    return tuple(Run(Verbatim(piece), "code" if n % 2 else "") for n, piece in pieces if piece)


def other(language: Language) -> Language:
    """The language to switch to."""
    return _OTHER[language]


def value(entry: Entry, language: Language) -> Verbatim:
    """What a button carries: the entry's key and the language to answer in, `KEY|LANGUAGE`."""
    return Verbatim(f"{entry.code}|{language}")


def open_explainer(say: Labels) -> Button:
    """The button that opens the window with the searchable list and the paste box."""
    return Button("open_explainer", say("button.open_explainer"), is_primary=True)


def _run(span: Span) -> Run:
    text = Verbatim(clean(span.text))
    if span.kind == "link":
        return Run(text, url=Verbatim(span.url)) if is_https(span.url) else Run(text)
    return Run(text, "" if span.kind == "plain" else span.kind)


def _joined(found: Runs) -> Runs:
    joined: list[Run] = []
    for run in found:
        if joined and not run.url and not joined[-1].url:
            joined[-1] = Run(Verbatim(joined[-1].text + run.text))
        else:
            joined.append(run if run.url else Run(run.text))
    return tuple(joined)
