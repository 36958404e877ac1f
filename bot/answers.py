"""A text and a language to the card that answers it: the pure core, with finished cards kept ready."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from intents.model import Match
from intents.resolve import Resolver
from responses.cards.did_you_mean import did_you_mean
from responses.cards.model import Card, Place
from responses.cards.remediation import remediation
from responses.cards.unknown import unknown
from responses.catalog import Catalog
from responses.catalog.model import Entry, Language

_QUERY_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, and why: the match behind it."""

    card: Card
    match: Match


class Answers:
    """Explains texts from one catalog. Everything here is memory: no network, no database, no Azure."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.resolver = Resolver(catalog)
        self._searchable = {entry.code: _searchable(entry) for entry in catalog}
        self._ready = lru_cache(maxsize=1024)(self._remediation)
        self._acknowledged = lru_cache(maxsize=2048)(self._acknowledge)

    def explain(self, text: str, language: Language, place: Place = "ephemeral") -> Answer:
        """The card for any text: the entry when sure, suggestions when not, an honest "unknown" otherwise."""
        match = self.resolver.resolve(text)
        entries = [entry for code in match.codes if (entry := self.catalog.get(code))]
        if match.is_sure:
            return Answer(self._ready(entries[0].code, language, place, match.asked), match)
        query = html.unescape(text)[:_QUERY_SHOWN]  # Slack sends & < > as entities
        if entries:
            shared = match.how == "message" and len(entries) > 1
            return Answer(did_you_mean(entries, language, query=query, shared_messages=shared), match)
        return Answer(unknown(query, language, place=place), match)

    def entry_card(self, code: str, language: Language, place: Place, shared_by: str = "") -> Card | None:
        """The remediation card of one entry; None when the catalog no longer holds it."""
        entry = self.catalog.get(code)
        if entry is None:
            return None
        if shared_by:
            return remediation(entry, language, place=place, shared_by=shared_by)
        return self._ready(entry.code, language, place, "")

    def acknowledgement(self, text: str, language: Language) -> str:
        """The whole body, as JSON, that answers a slash command with an ephemeral card."""
        if len(text) > 300:  # pasted logs never come twice; keep the cache for what does
            return self._acknowledge(text, language)
        return self._acknowledged(text, language)

    def find(self, typed: str, most: int = 100) -> Sequence[Entry]:
        """Entries for a search box: by code or title as typed, then by what the text means."""
        wanted = typed.casefold().split()
        if not wanted:
            return list(self.catalog)[:most]
        plain = [entry for entry in self.catalog if all(word in self._searchable[entry.code] for word in wanted)]
        meant = [entry for code in self.resolver.resolve(typed).codes if (entry := self.catalog.get(code))]
        return list({entry.code: entry for entry in (*plain, *meant)}.values())[:most]

    def _acknowledge(self, text: str, language: Language) -> str:
        return ephemeral_body(self.explain(text, language).card)

    def _remediation(self, code: str, language: Language, place: Place, asked: str) -> Card:
        return remediation(self.catalog[code], language, place=place, asked=asked or None)


def ephemeral_body(card: Card) -> str:
    """A slash command's acknowledgement that shows a card to the asker only, as JSON."""
    body = {"response_type": "ephemeral", "text": card.text, "blocks": card.blocks}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _searchable(entry: Entry) -> str:
    titles = " ".join(words.title for words in entry.words.values())
    return " ".join((*entry.codes, *entry.numbers, titles, *entry.symptoms)).casefold()
