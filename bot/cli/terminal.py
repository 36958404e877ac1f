"""An entry on a terminal: the card's content for people who read a shell."""

import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from responses.cards.labels import labels
from responses.catalog.model import Entry, Language, Prose

_STYLES = {"plain": "", "code": "cyan", "bold": "bold", "link": "underline"}


def console() -> Console:
    """Standard output; without colour and without breaks of ours when it is not a terminal (or NO_COLOR is set)."""
    return Console(file=sys.stdout, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def default_language() -> Language:
    """Dutch where the shell speaks Dutch, English otherwise."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "nl" if locale.casefold().startswith("nl") else "en"


def print_entry(out: Console, entry: Entry, language: Language) -> None:
    """Title, meaning, warning, numbered steps with commands, retry, the team's note, source."""
    say, words = labels(language).text, entry.words[language]
    out.print(Text(words.title, style="bold"))
    out.print(_facts(entry, language))
    out.print()
    out.print(_prose(words.meaning))
    if words.careful:
        out.print()
        out.print(Text.assemble((say("remediation.careful"), "bold red"), " ", _prose(words.careful)))
    out.print()
    for number, step in enumerate(words.steps, start=1):
        out.print(Text.assemble((f"{number}. ", "bold"), _prose(step.prose)))
        for command in step.commands:
            # Never wrapped by us: what is copied must be one line where the command is one.
            out.print(Text(command.text, style="cyan"), soft_wrap=True)
    out.print()
    out.print(Text.assemble((say("remediation.retry"), "bold"), " ", say(f"retry.{entry.retry}")))
    if entry.team:
        if note := entry.team.in_language(language):
            out.print(Text.assemble((say("remediation.team"), "bold"), " ", _prose(note)))
        if entry.team.runbook:
            out.print(Text.assemble((say("remediation.runbook"), "bold"), " ", entry.team.runbook), soft_wrap=True)
    source = say("remediation.source", link=entry.source, date=entry.reviewed.isoformat())
    out.print(Text(source, style="dim"), soft_wrap=True)


def print_suggestions(out: Console, entries: Sequence[Entry], language: Language, *, shared: bool = False) -> None:
    """The entries that may be meant, none of them as an answer."""
    say = labels(language).text
    title = "title_shared" if shared and len(entries) > 1 else "title" if len(entries) > 1 else "title_one"
    out.print(Text(say(f"did_you_mean.{title}"), style="bold"))
    for entry in entries:
        name = f"{entry.code}: " if entry.has_code else ""
        out.print(Text.assemble("  ", (name, "cyan"), entry.words[language].title))
    out.print(Text(say("did_you_mean.none"), style="dim"))


def print_unknown(out: Console, language: Language) -> None:
    """An honest "I don't know this one", with what to do next."""
    say = labels(language).text
    out.print(Text(say("unknown.title"), style="bold"))
    out.print(Text(say("unknown.honest")))
    out.print(Text(say("unknown.next")))
    for number, key in enumerate(("spelling", "paste", "portal"), start=1):
        out.print(Text(f"{number}. {say(f'unknown.{key}')}"))


def _facts(entry: Entry, language: Language) -> Text:
    say = labels(language).text
    facts = [entry.code] if entry.has_code else []
    facts += [say(f"area.{entry.area}"), say(f"workload.{entry.workload}")]
    if entry.os != "any":
        facts.append(say(f"os.{entry.os}"))
    return Text(" · ".join(facts), style="dim")


def _prose(prose: Prose) -> Text:
    text = Text()
    for span in prose:
        text.append(span.text, style=_STYLES[span.kind])
        if span.url:
            text.append(f" ({span.url})", style="dim")
    return text
