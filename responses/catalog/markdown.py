"""Markdown of a catalog file to sections: headings, prose, numbered steps, code blocks, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from responses.catalog.model import Command, Prose, Span, SpanKind, Step
from responses.catalog.problems import Refusal

# HTML and tables are understood so that they can be refused; as text they would be shown with all their signs.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_ALLOWED = "Use headings, paragraphs, one numbered list, code blocks, `code`, **bold** and [links](https://...)"


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: prose, or steps."""

    heading: str
    level: int
    line: int
    prose: Prose
    steps: tuple[Step, ...]


def sections(body: str) -> list[Section]:
    """Split a body at its headings.

    Raises Refusal for anything that a card could not show: tables, images, raw HTML, bullets.
    """
    found: list[Section] = []
    tokens = _MARKDOWN.parse(body)
    at = 0
    while at < len(tokens):
        if tokens[at].type != "heading_open":
            raise Refusal(f"text before the first heading in line {_line(tokens[at])}", "Start with '# en: title'")
        level, line, heading = int(tokens[at].tag[1]), _line(tokens[at]), tokens[at + 1].content
        end = next((i for i in range(at + 3, len(tokens)) if tokens[i].type == "heading_open"), len(tokens))
        prose, steps = _content(tokens[at + 3 : end])
        found.append(Section(heading.strip(), level, line, prose, steps))
        at = end
    return found


def _content(tokens: Sequence[Token]) -> tuple[Prose, tuple[Step, ...]]:
    prose: list[Span] = []
    steps: list[Step] = []
    for kind, block in _blocks(tokens):
        if kind == "paragraph_open":
            if prose:
                prose.append(Span("\n"))
            prose.extend(_prose(block[1]))
        elif kind == "ordered_list_open":
            steps.extend(_step(item) for _, item in _blocks(block[1:-1]))
        else:
            raise Refusal(f"{kind.removesuffix('_open')} in line {_line(block[0])} cannot be shown on a card", _ALLOWED)
    return tuple(prose), tuple(steps)


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """Top-level blocks of a token list, each with its own opening and closing token."""
    start = depth = 0
    for at, token in enumerate(tokens):
        if depth == 0:
            start = at
        depth += token.nesting
        if depth == 0:
            yield tokens[start].type, tokens[start : at + 1]


def _step(item: Sequence[Token]) -> Step:
    prose: list[Span] = []
    commands: list[Command] = []
    for kind, block in _blocks(item[1:-1]):
        if kind == "paragraph_open" and not commands:
            if prose:
                prose.append(Span("\n"))
            prose.extend(_prose(block[1]))
        elif kind == "fence":
            commands.append(Command(block[0].content.rstrip("\n"), block[0].info.strip()))
        elif kind == "paragraph_open":
            raise Refusal(f"text after a code block in line {_line(block[0])}", "Start a new step for it")
        else:
            raise Refusal(f"{kind.removesuffix('_open')} inside a step in line {_line(block[0])}", _ALLOWED)
    return Step(tuple(prose), tuple(commands))


def _prose(inline: Token) -> Iterator[Span]:
    kind: SpanKind = "plain"
    url = ""
    for token in inline.children or ():
        if token.type == "text" and token.content:
            yield Span(token.content, kind, url)
        elif token.type in ("softbreak", "hardbreak"):
            yield Span(" ")
        elif token.type == "code_inline" and kind == "link":
            raise Refusal(f"`{token.content}` inside a link in line {_line(inline)}", "Put the code beside the link")
        elif token.type == "code_inline":
            yield Span(token.content, "code")
        elif token.type == "strong_open":
            kind = "bold"
        elif token.type == "link_open":
            kind, url = "link", _https(token)
        elif token.type in ("strong_close", "link_close"):
            kind, url = "plain", ""
        elif token.content or not token.type.startswith("text"):
            raise Refusal(f"'{token.markup or token.type}' in line {_line(inline)} cannot be shown on a card", _ALLOWED)


def _https(token: Token) -> str:
    url = str(token.attrGet("href") or "")
    if not url.startswith("https://"):
        raise Refusal(f"the link {url!r} is not https", "Write an address that starts with https://")
    return url


def _line(token: Token) -> int:
    return (token.map[0] + 1) if token.map else 0
