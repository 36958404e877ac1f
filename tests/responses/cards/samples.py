"""Entries of our own making, with every feature that a card can show."""

from dataclasses import replace
from datetime import date

from responses.catalog.model import Command, Entry, Language, Prose, Span, Step, TeamNote, Words


def _words(language: str) -> Words:
    return Words(
        title=f"The agent does not answer ({language})",
        meaning=(Span("The agent "), Span("waagent", "code"), Span(" is silent. "), Span("Why?", "bold")),
        steps=(
            Step(
                (Span("Read "), Span("this page", "link", "https://learn.microsoft.com/a?b=1&c=2"), Span(" & act.")),
                (Command("systemctl status walinuxagent\njournalctl -u walinuxagent | grep '<error>'", "sh"),),
            ),
            Step((Span("Start the VM."),)),
        ),
        careful=(Span("Do not delete the "), Span("vault", "code"), Span(".")),
    )


FULL = Entry(
    code="SampleAgentError",
    has_code=True,
    also=("SampleAlias",),
    numbers=("400001",),
    messages=(),
    symptoms=(),
    area="agent",
    workload="vm",
    os="linux",
    retry="after-fix",
    offers=(),
    source="https://learn.microsoft.com/azure/backup/sample?view=a&tabs=b",
    reviewed=date(2026, 3, 9),
    is_generic=False,
    words={"en": _words("en"), "nl": _words("nl")},
    team=TeamNote(
        {"en": (Span("Call the "), Span("storage", "bold"), Span(" team first."))},
        "https://wiki.example.org/run?book=1",
    ),
)

SLUG = replace(
    FULL,
    code="secret-slug",
    has_code=False,
    also=(),
    os="any",
    retry="never",
    area="restore",
    workload="vault",
    source="https://example.org/page",
    words={"en": replace(_words("en"), careful=()), "nl": replace(_words("nl"), careful=())},
    team=None,
)

LANGUAGES: tuple[Language, ...] = ("en", "nl")


def with_text(text: str) -> Entry:
    """The full entry with one text, cut to what the catalog's reader takes, in every place that a team may fill."""
    words = Words(
        text[:120], _thrice(text, 900), (Step(_thrice(text, 700), (Command(text[:900]),)),), _thrice(text, 500)
    )
    return replace(FULL, words={"en": words, "nl": words}, team=TeamNote({"en": _thrice(text, 500)}, ""))


def _thrice(text: str, most: int) -> Prose:
    shown = text[: most // 3]
    return Span(shown), Span(shown, "code"), Span(shown, "bold")


def largest() -> Entry:
    """The most that the catalog's reader lets in, with the characters that take the most room in JSON."""
    address = "https://learn.microsoft.com/" + "&" * 1970
    prose = tuple(Span('"', "link" if n % 2 else "code", address) for n in range(500))
    steps = tuple(Step(prose[:200], (Command('"' * 100),)) for _ in range(12))
    words = Words("<" * 120, prose + prose[:400], steps, prose)
    return replace(
        FULL,
        code="C" * 100,
        source=address,
        words={"en": words, "nl": words},
        team=TeamNote({"en": prose}, address),
    )
