"""`explain`: a text to its card on the terminal, as JSON, as Slack blocks, or line by line."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from bot.answers import Answers
from bot.cli.reading import read_catalog, read_input
from intents.model import Match
from intents.resolve import Resolver
from responses.catalog import Catalog
from responses.catalog.model import Command, Entry, Language, Span, Step

ANSWERED, UNKNOWN, USED_WRONGLY = 0, 1, 2


def run(options: argparse.Namespace) -> int:
    """0 when there is a card or a suggestion, 1 when the text is unknown, 2 when nothing can be explained."""
    if (options.jsonl and options.text) or ("-" in options.text and options.text != ["-"]):
        print("Standard input is read with - alone, or with --jsonl alone; leave the other words out.", file=sys.stderr)
        return USED_WRONGLY
    if not options.jsonl and not " ".join(options.text).strip():
        print("Give a text to explain, or - to read standard input. Example:", file=sys.stderr)
        print("  scripts/bot explain ExtensionStuckInDeletionState", file=sys.stderr)
        return USED_WRONGLY
    catalog = read_catalog()
    if catalog is None:
        return USED_WRONGLY
    if options.jsonl:
        return _lines(Resolver(catalog), sys.stdin.buffer)
    text = read_input(options.text)
    if not text.strip():
        print("There is no text on standard input.", file=sys.stderr)
        return USED_WRONGLY
    return _one(catalog, text, options)


def _one(catalog: Catalog, text: str, options: argparse.Namespace) -> int:
    from bot.cli import terminal

    language: Language = options.lang or terminal.default_language()
    answers = Answers(catalog)
    answer = answers.explain(text, language, "channel")
    entries = [catalog[code] for code in answer.match.codes]
    if options.blocks:
        print(json.dumps({"text": answer.card.text, "blocks": answer.card.blocks}, ensure_ascii=False, indent=2))
    elif options.json:
        print(json.dumps(match_json(answer.match, entries, language), ensure_ascii=False, indent=2))
    elif answer.match.is_sure:
        terminal.print_entry(terminal.console(), entries[0], language)
    elif entries:
        terminal.print_suggestions(terminal.console(), entries, language, shared=answer.match.how == "message")
    else:
        terminal.print_unknown(terminal.console(), language)
    return ANSWERED if entries else UNKNOWN


def _lines(resolver: Resolver, lines: Iterable[bytes]) -> int:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text, name = asked["text"], asked["id"]
            if not isinstance(text, str):
                raise TypeError("text is not a string")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            print(f'line {number}: {error}. Write one object a line: {{"id": ..., "text": "..."}}', file=sys.stderr)
            return USED_WRONGLY
        match = resolver.resolve(text)
        print(json.dumps({"id": name, "codes": list(match.codes), "confident": match.is_sure}), flush=True)
    return ANSWERED


def match_json(match: Match, entries: Iterable[Entry], language: Language) -> dict[str, Any]:
    """A match with its entries, for programs."""
    return {
        "codes": list(match.codes),
        "confident": match.is_sure,
        "how": match.how,
        "entries": [entry_json(entry, language) for entry in entries],
    }


def entry_json(entry: Entry, language: Language) -> dict[str, Any]:
    """An entry in one language, for programs. `code` is a slug where `has_code` is false."""
    words = entry.words[language]
    return {
        "code": entry.code,
        "has_code": entry.has_code,
        "also": list(entry.also),
        "numbers": list(entry.numbers),
        "area": entry.area,
        "workload": entry.workload,
        "os": entry.os,
        "retry": entry.retry,
        "offers": list(entry.offers),
        "title": words.title,
        "meaning": _markdown(words.meaning),
        "careful": _markdown(words.careful),
        "steps": [_step_json(step) for step in words.steps],
        "source": entry.source,
        "reviewed": entry.reviewed.isoformat(),
        "note": _markdown(entry.team.in_language(language)) if entry.team else "",
        "runbook": entry.team.runbook if entry.team else "",
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {"text": _markdown(step.prose), "commands": [_command_json(command) for command in step.commands]}


def _command_json(command: Command) -> dict[str, str]:
    return {"syntax": command.syntax, "text": command.text}


def _markdown(prose: Iterable[Span]) -> str:
    shapes = {"plain": "{0}", "code": "`{0}`", "bold": "**{0}**", "link": "[{0}]({1})"}
    return "".join(shapes[span.kind].format(span.text, span.url) for span in prose)
