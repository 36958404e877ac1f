"""The card that explains one entry: what happened, what to do, and whether a retry helps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from responses.cards.fitting import first_that_fits
from responses.cards.labels import Labels, labels
from responses.cards.model import Card, Place
from responses.cards.parts import Button, Detail, Run, Runs, other, runs, title, value
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, Plain, Verbatim, clean, code_span, is_https, link, mrkdwn, plain, user_mention
from responses.catalog.model import Entry, Language, Step
from responses.catalog.model import plain as without_styles

_SEPARATOR: Final = " · "
_HEADER: Final = 150
_MICROSOFT: Final = "learn.microsoft.com"


@dataclass(frozen=True, slots=True)
class _Wanted:
    entry: Entry
    language: Language
    place: Place
    shared_by: str
    asked: str


@dataclass(frozen=True, slots=True)
class _Step:
    block_id: Verbatim
    number: Verbatim
    prose: Runs
    commands: tuple[Verbatim, ...]


@dataclass(frozen=True, slots=True)
class _Remediation:
    title: Plain
    facts: Mrkdwn
    asked: Mrkdwn
    careful_label: Verbatim
    careful: Runs
    meaning: Runs
    steps: tuple[_Step, ...]
    left_out: Runs
    retry: Runs
    team: Runs
    source: Mrkdwn
    shared: Mrkdwn
    buttons: tuple[Button, ...]


def remediation(
    entry: Entry,
    language: Language,
    *,
    place: Place,
    shared_by: str | None = None,
    asked: str | None = None,
) -> Card:
    """The whole entry in one language, always under 12,000 characters and 50 blocks.

    `shared_by` is the id of the user who posts it in a channel, `asked` the alias that the question named. An entry too
    long for a message (a team's own can be) loses first its styles, then its links, then its last steps, and says so.
    """
    wanted = _Wanted(entry, language, place, shared_by or "", asked or "")
    return first_that_fits(_attempts(len(entry.words[language].steps)), lambda attempt: _card(wanted, *attempt))


def _attempts(steps: int) -> Iterator[tuple[Detail, int]]:
    """How much to show, from all to the least; what the catalog's reader lets in always fits by the last."""
    yield "full", steps
    yield "links", steps
    yield from (("bare", shown) for shown in range(steps, -1, -1))


def _card(wanted: _Wanted, detail: Detail, shown: int) -> Card:
    spoken = _spoken(wanted.entry, wanted.language)
    return render_card("remediation", wanted.language, spoken, card=_laid_out(wanted, detail, shown))


def _laid_out(wanted: _Wanted, detail: Detail, shown: int) -> _Remediation:
    entry, language = wanted.entry, wanted.language
    say = labels(language)
    words = entry.words[language]
    left_out = len(words.steps) - shown
    return _Remediation(
        title=plain(title(entry, language), _HEADER),
        facts=_facts(entry, say),
        asked=_asked(entry, say, wanted.asked),
        careful_label=Verbatim(f" {say.text('remediation.careful')} "),
        careful=runs(words.careful, detail),
        meaning=runs(words.meaning, detail),
        steps=tuple(_step(n, step, detail) for n, step in enumerate(words.steps[:shown], start=1)),
        left_out=(Run(say.literal("remediation.left_out", count=left_out)),) if left_out else (),
        retry=_retry(entry, say),
        team=_team(entry, language, say, detail),
        source=_source(entry, say, detail),
        shared=_shared(say, wanted.shared_by) if wanted.place == "channel" else Mrkdwn(""),
        buttons=tuple(_buttons(entry, language, wanted.place, say)),
    )


def _spoken(entry: Entry, language: Language) -> Mrkdwn:
    code = f" ({entry.code})" if entry.has_code else ""
    first = entry.words[language].steps[0]
    return mrkdwn(f"{title(entry, language)}{code}: {without_styles(first.prose)}", 600)


def _facts(entry: Entry, say: Labels) -> Mrkdwn:
    facts = [code_span(entry.code)] if entry.has_code else []
    facts.append(say.mrkdwn(f"area.{entry.area}"))
    facts.append(say.mrkdwn(f"workload.{entry.workload}"))
    if entry.os != "any":
        facts.append(say.mrkdwn(f"os.{entry.os}"))
    return Mrkdwn(_SEPARATOR.join(dict.fromkeys(facts)))


def _asked(entry: Entry, say: Labels, asked: str) -> Mrkdwn:
    shown = code_span(asked, most=100)
    if not shown or asked.casefold() == entry.code.casefold():
        return Mrkdwn("")
    return say.mrkdwn("remediation.asked", asked=shown)


def _step(number: int, step: Step, detail: Detail) -> _Step:
    return _Step(
        block_id=Verbatim(f"step_{number}"),
        number=Verbatim(f"{number}. "),
        prose=runs(step.prose, detail),
        commands=tuple(Verbatim(clean(command.text)) for command in step.commands if command.text),
    )


def _retry(entry: Entry, say: Labels) -> Runs:
    return Run(say.literal("remediation.retry"), "bold"), Run(Verbatim(f" {say.text(f'retry.{entry.retry}')}"))


def _team(entry: Entry, language: Language, say: Labels, detail: Detail) -> Runs:
    if entry.team is None:
        return ()
    found = [Run(say.literal("remediation.team"), "bold")]
    if note := runs(entry.team.in_language(language), detail):
        found += [Run(Verbatim(" ")), *note]
    if is_https(entry.team.runbook):
        link_to_it = Run(say.literal("remediation.runbook"), url=Verbatim(entry.team.runbook))
        found += [Run(Verbatim("\n" if note else " ")), link_to_it]
    return tuple(found)


def _source(entry: Entry, say: Labels, detail: Detail) -> Mrkdwn:
    host = urlsplit(entry.source).hostname or ""
    name = "Microsoft Learn" if host == _MICROSOFT else host
    shown = mrkdwn(name) if detail == "bare" else link(entry.source, name)
    return say.mrkdwn("remediation.source", link=shown, date=_day(entry.reviewed, say))


def _day(day: date, say: Labels) -> str:
    return f"{day.day} {say.text('date.months').split()[day.month - 1]} {day.year}"


def _shared(say: Labels, user_id: str) -> Mrkdwn:
    mention = user_mention(user_id)
    return say.mrkdwn("remediation.shared", user=mention) if mention else mention


def _buttons(entry: Entry, language: Language, place: Place, say: Labels) -> Iterator[Button]:
    if place == "ephemeral":
        yield Button("share_card", say("button.share_card"), value(entry, language))
    if place != "channel":  # there the language would change for everyone who reads along
        yield Button("switch_language", say("button.switch_language"), value(entry, other(language)))
    yield Button(
        "open_documentation",
        say("button.open_documentation"),
        value(entry, language),
        url=Verbatim(entry.source),
    )
