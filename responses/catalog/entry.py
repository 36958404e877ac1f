"""One Markdown file to one Entry, refusing whatever a reader on call could be misled by."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, TypeVar, get_args

import yaml

from responses.catalog.markdown import Section, sections
from responses.catalog.model import (
    LANGUAGES,
    Area,
    Entry,
    Language,
    Offer,
    OperatingSystem,
    Prose,
    Retry,
    TeamNote,
    Words,
    Workload,
    plain,
)
from responses.catalog.problems import Gathering, Refusal

FrontMatter = Mapping[str, object]

_HEADINGS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"meaning": "Meaning", "steps": "Steps", "careful": "Careful"},
    "nl": {"meaning": "Betekenis", "steps": "Stappen", "careful": "Let op"},
}
_ENTRY_FIELDS = frozenset(
    {"code", "slug", "also", "numbers", "messages", "symptoms", "area", "workload", "os", "retry", "offers"}
    | {"source", "reviewed", "generic"}
)
_TEAM_FIELDS = frozenset({"extends", "runbook"})
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{2,99}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{3,10}|0x[0-9A-Fa-f]{3,8}", re.ASCII)
# A header block holds 150 characters; the rest keeps a whole card under 12,000 characters with room for its labels.
_LONGEST: Final = {
    "title": 120,
    "meaning": 900,
    "careful": 500,
    "step": 700,
    "command": 900,
    "all": 5000,
    "steps": 12,
}

# The C parser where PyYAML has it; both read every scalar as text, so `no`, `12:30` and `0x80070005` stay as written.
_BaseLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]
    """Refuses a field written twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, object]:
        names = [str(key.value) for key, _ in node.value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise Refusal(f"the field '{twice}' is written twice", "Keep one of the two")
        mapping: dict[str, object] = super().construct_mapping(node, deep)
        return mapping


Choice = TypeVar("Choice", bound=str)


def read_entry(text: str) -> Entry:
    """Parse a whole catalog file.

    Raises Refusal or Refusals with what is wrong and what to do; the caller knows the file's name.
    """
    front, body = split_front_matter(text)
    _refuse_unknown(front, _ENTRY_FIELDS)
    gather = Gathering()
    values: dict[str, Any] = {
        "code": gather.read(lambda: _name(front)),
        "also": gather.read(lambda: tuple(_matching(code, _CODE, "also") for code in _texts(front, "also"))),
        "numbers": gather.read(lambda: tuple(_matching(one, _NUMBER, "numbers") for one in _texts(front, "numbers"))),
        "messages": gather.read(lambda: _texts(front, "messages")),
        "symptoms": gather.read(lambda: _texts(front, "symptoms")),
        "area": gather.read(lambda: _choice(front, "area", get_args(Area))),
        "workload": gather.read(lambda: _choice(front, "workload", get_args(Workload))),
        "os": gather.read(lambda: _choice(front, "os", get_args(OperatingSystem))),
        "retry": gather.read(lambda: _choice(front, "retry", get_args(Retry))),
        "offers": gather.read(lambda: _offers(front)),
        "source": gather.read(lambda: _address(front, "source")),
        "reviewed": gather.read(lambda: _date(front, "reviewed")),
        "is_generic": gather.read(lambda: _one_of(str(front.get("generic", "no")), "generic", ("yes", "no")) == "yes"),
        "words": gather.read(lambda: _both_languages(body)),
    }
    gather.finish()
    return Entry(has_code="code" in front, **values)


def _name(front: FrontMatter) -> str:
    if ("code" in front) == ("slug" in front):
        remedy = "Write Azure's exact code, or a slug where there is none"
        raise Refusal("an entry needs either 'code' or 'slug'", remedy)
    return _matching(_text(front, "code" if "code" in front else "slug"), _CODE, "code")


def _offers(front: FrontMatter) -> tuple[Offer, ...]:
    offers = tuple(_one_of(offer, "offers", get_args(Offer)) for offer in _texts(front, "offers"))
    if front.get("retry") == "never" and "retry-backup" in offers:
        raise Refusal("'retry: never' and the offer 'retry-backup' contradict each other", "Keep one of the two")
    return offers


def _both_languages(body: str) -> dict[Language, Words]:
    words = _all_words(sections(body))
    _refuse_difference(words)
    return words


def is_team_note(text: str) -> bool:
    """Whether a file adds to an existing entry (front matter with `extends`)."""
    return "extends" in split_front_matter(text)[0]


def read_team_note(text: str) -> tuple[str, TeamNote]:
    """Parse a team's addition: the code that it extends and the note.

    Raises Refusal as `read_entry` does.
    """
    front, body = split_front_matter(text)
    _refuse_unknown(front, _TEAM_FIELDS)
    words: dict[Language, Prose] = {}
    for section in sections(body) if body.strip() else ():
        language = _language_of(section)
        if section.level != 1 or language is None or section.steps:
            raise Refusal(f"'{section.heading}' in a team note", "Write '# en' and '# nl', each with a paragraph")
        words[language] = _fit("careful", section.prose)
    runbook = _address(front, "runbook") if "runbook" in front else ""
    if not words and not runbook:
        raise Refusal("a team note without a note and without a runbook", "Add '# en' with a text, or 'runbook:'")
    return _text(front, "extends"), TeamNote(words, runbook)


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The fields between the two '---' lines, all as text, and the Markdown below."""
    parts = re.split(r"^---[ \t]*$", text.replace("\r\n", "\n").removeprefix("\ufeff"), maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise Refusal("no front matter", "Start the file with '---', the fields, and '---' again")
    try:
        front = yaml.load(parts[1], Loader=_Loader)  # noqa: S506 - BaseLoader builds text, lists and mappings only
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise Refusal(f"the front matter is not YAML{line}", "Put values with ': ' or '#' in quotes") from error
    if not isinstance(front, dict):
        raise Refusal("the front matter holds no fields", "Write 'field: value' lines between the '---' lines")
    # Every line of the front matter is kept, so that line numbers in later refusals are those of the file.
    return front, "\n" * (parts[1].count("\n") + 1) + parts[2].removeprefix("\n")


def _all_words(found: list[Section]) -> dict[Language, Words]:
    words: dict[Language, Words] = {}
    at = 0
    while at < len(found):
        language = _language_of(found[at])
        if found[at].level != 1 or language is None or language in words:
            raise Refusal(
                f"unexpected heading '{found[at].heading}'",
                "Write '# en: title' and '# nl: title', once each",
            )
        end = next((i for i in range(at + 1, len(found)) if found[i].level == 1), len(found))
        words[language] = _words(language, found[at], found[at + 1 : end])
        at = end
    for language in LANGUAGES:
        if language not in words:
            raise Refusal(f"the language '{language}' is missing", f"Add '# {language}: title' with its sections")
    return words


def _words(language: Language, top: Section, below: list[Section]) -> Words:
    names = _HEADINGS[language]
    known = {section.heading: section for section in below}
    if top.prose or top.steps:
        raise Refusal(f"text between '# {language}:' and its first heading", f"Put it below '## {names['meaning']}'")
    for section in below:
        if section.steps and section.heading != names["steps"]:
            raise Refusal(f"a numbered list below '## {section.heading}'", f"Steps stand below '## {names['steps']}'")
        if section.heading not in names.values() or section.level != 2:
            raise Refusal(
                f"unexpected heading '{section.heading}'",
                f"Use {', '.join('## ' + n for n in names.values())}",
            )
    for key in ("meaning", "steps"):
        if names[key] not in known:
            raise Refusal(f"the heading '## {names[key]}' is missing", f"Add it below '# {language}:'")
    if len(known) < len(below):
        raise Refusal(f"a heading twice below '# {language}:'", "Join the two sections")
    steps = known[names["steps"]].steps
    if not steps or known[names["steps"]].prose:
        raise Refusal(f"'## {names['steps']}' is not one numbered list", "Write '1. ...', '2. ...' and nothing between")
    careful = known.get(names["careful"])
    result = Words(
        title=top.heading.partition(":")[2].strip(),
        meaning=_fit("meaning", known[names["meaning"]].prose),
        steps=steps,
        careful=_fit("careful", careful.prose) if careful else (),
    )
    _refuse_misfit(language, result)
    return result


def _refuse_misfit(language: Language, words: Words) -> None:
    if not words.title or len(words.title) > _LONGEST["title"]:
        raise Refusal(f"the {language} title has {len(words.title)} characters", f"Write 1 to {_LONGEST['title']}")
    if not words.meaning:
        raise Refusal(f"the {language} meaning is empty", "Say in one or two sentences what happened and why")
    if len(words.steps) > _LONGEST["steps"]:
        raise Refusal(f"{len(words.steps)} steps", f"A card holds {_LONGEST['steps']}; join or drop some")
    for step in words.steps:
        if not step.prose:
            raise Refusal(f"an {language} step has a command but no text", "Say what the command does")
        _fit("step", step.prose)
        for command in step.commands:
            if len(command.text) > _LONGEST["command"]:
                raise Refusal(f"a command of {len(command.text)} characters", f"Keep it under {_LONGEST['command']}")
    total = sum(len(text) for text in _every_text(words))
    if total > _LONGEST["all"]:
        raise Refusal(f"the {language} text has {total} characters in all", f"Keep it under {_LONGEST['all']}")


def _every_text(words: Words) -> Iterable[str]:
    yield from (words.title, plain(words.meaning), plain(words.careful))
    for step in words.steps:
        yield plain(step.prose)
        yield from (command.text for command in step.commands)


def _refuse_difference(words: Mapping[Language, Words]) -> None:
    """Commands, paths and names in `code` are verbatim: a translation that changes one can break a machine."""
    en, nl = words["en"], words["nl"]
    if len(en.steps) != len(nl.steps):
        raise Refusal(f"{len(en.steps)} steps in English, {len(nl.steps)} in Dutch", "Write the same steps in both")
    if bool(en.careful) != bool(nl.careful):
        raise Refusal("a warning in one language only", "Write '## Careful' and '## Let op', or neither")
    places = [("meaning", en.meaning, nl.meaning), ("warning", en.careful, nl.careful)]
    for number, (one, other) in enumerate(zip(en.steps, nl.steps, strict=True), start=1):
        if one.commands != other.commands:
            raise Refusal(f"the commands of step {number} differ between the languages", "Copy them verbatim")
        places.append((f"step {number}", one.prose, other.prose))
    for place, english, dutch in places:
        if (code := _verbatim(english)) != (code_nl := _verbatim(dutch)):
            odd = sorted((code - code_nl) + (code_nl - code))
            raise Refusal(f"{place}: `{odd[0]}` stands in one language only", "Keep `code` and links the same in both")


def _verbatim(prose: Prose) -> Counter[str]:
    return Counter(span.url or span.text for span in prose if span.kind in ("code", "link"))


def _language_of(section: Section) -> Language | None:
    name = section.heading.partition(":")[0].strip()
    return next((language for language in LANGUAGES if language == name), None)


def _fit(what: str, prose: Prose) -> Prose:
    if len(plain(prose)) > _LONGEST[what]:
        raise Refusal(f"a {what} of {len(plain(prose))} characters", f"Keep it under {_LONGEST[what]}")
    return prose


def _refuse_unknown(front: FrontMatter, known: frozenset[str]) -> None:
    for field in front:
        if field not in known:
            raise Refusal(f"unknown field '{field}'", f"Known are: {', '.join(sorted(known))}")


def _text(front: FrontMatter, field: str) -> str:
    value = front.get(field)
    if not isinstance(value, str) or not value.strip():
        raise Refusal(f"the field '{field}' is missing or is not one text", f"Write '{field}: value'")
    return value.strip()


def _texts(front: FrontMatter, field: str) -> tuple[str, ...]:
    """A list field; 'a, b' on one line is a list too where no value can hold a comma."""
    value = front.get(field, "")
    if isinstance(value, str):
        if field in ("messages", "symptoms") and value:
            raise Refusal(f"the field '{field}' is not a list", "Write one '- value' a line")
        value = [part for part in value.split(",") if part.strip()]
    texts = [part.strip() for part in value if isinstance(part, str)] if isinstance(value, list) else [""]
    if not all(texts) or (isinstance(value, list) and len(texts) != len(value)):
        raise Refusal(f"the field '{field}' holds something that is not a text", "Put each value in quotes, one a line")
    return tuple(texts)


def _choice(front: FrontMatter, field: str, choices: tuple[Choice, ...]) -> Choice:
    return _one_of(_text(front, field), field, choices)


def _one_of(value: str, field: str, choices: tuple[Choice, ...]) -> Choice:
    for choice in choices:
        if value == choice:
            return choice
    raise Refusal(f"'{value}' is not a value of '{field}'", f"Use one of: {', '.join(choices)}")


def _matching(value: str, pattern: re.Pattern[str], field: str) -> str:
    if not pattern.fullmatch(value):
        raise Refusal(f"'{value}' cannot be a value of '{field}'", "Copy the code as Azure writes it")
    return value


def _address(front: FrontMatter, field: str) -> str:
    value = _text(front, field)
    if not re.fullmatch(r"https://[^\s<>|\"]{4,2000}", value):
        raise Refusal(f"'{field}' is not an https address", "Write one address that starts with https://")
    return value


def _date(front: FrontMatter, field: str) -> date:
    try:
        return date.fromisoformat(_text(front, field))
    except ValueError as error:
        raise Refusal(f"'{field}' is not a date", "Write it as 2026-11-22") from error
