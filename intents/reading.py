"""Text in any shape (Slack, HTML, log, JSON) to clean text, its sentences, and what its fields declare."""

import html
import json
import re
import unicodedata
from dataclasses import dataclass

from azure_ops.failure import FailureReport, read_failure_report

# Bounds that keep hostile input cheap: codes are looked for in the first and last part of a long text (a log's errors
# stand at its end), sentences in less of it, since matching them costs more.
_MOST_CHARACTERS = 200_000
_MOST_FOR_SENTENCES = 16_000
_MOST_SAMPLED = 12_000
_MOST_NORMALISED = 60_000
_MOST_JSON = 300_000
_MOST_ESCAPED_JSON = 60_000

_ESCAPES = re.compile(r"\x1b\[[0-9;]{0,16}[A-Za-z]")
_SLACK_LINK = re.compile(r"<(?:[!@#]|https?://|mailto:)[^<>|]{0,2000}(?:\|[^<>]{0,300})?>")
# HTML's own element names are short; "<ExtensionStuckInDeletionState>" is a code in brackets.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,9}(?:\s[^<>]{0,300})?/?>|<![^<>]{0,300}>")
_ADDRESS = re.compile(r"""\bhref\s*=\s*["']?([^"'<>\s]{1,2000})""", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_SENTENCE_END = re.compile(r"[\n\r;|]+|(?<=[.!?])\s+|\\n|\\r|\t+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made readable.

    `text` is for codes, `sample` (its beginning and end) for what it is about, `sentences` for messages, `report` what
    JSON fields declare.
    """

    text: str
    sample: str
    sentences: tuple[str, ...]
    report: FailureReport


def read(raw: str) -> Reading:
    """Make any text readable; work is bounded whatever its length."""
    text = _ends(raw, _MOST_CHARACTERS)
    report = _declared(raw)
    clean = _clean(text)
    spoken = "\n".join(report.texts) if report.texts else clean
    sentences = _sentences(
        _clean(_ends(spoken, _MOST_FOR_SENTENCES)) if report.texts else _ends(clean, _MOST_FOR_SENTENCES)
    )
    return Reading(clean, _ends(clean, _MOST_SAMPLED), sentences, report)


def _ends(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}\n{text[-(most // 2) :]}"


def _clean(text: str) -> str:
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "<" in text:
        text = _SLACK_LINK.sub(_link_text, text)
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(_tag_text, _SLACK_LINK.sub(_link_text, text))
    if not text.isascii():
        # One sign can become 18; cut before, so that the work stays bounded, and after.
        text = _ends(unicodedata.normalize("NFKC", _ends(text, _MOST_NORMALISED)), _MOST_CHARACTERS)
        text = _INVISIBLE.sub("", text).replace("’", "'").replace("‘", "'")
    return text


def _tag_text(tag: re.Match[str]) -> str:
    """Nothing of a tag but the address of a link, which can name a code."""
    address = _ADDRESS.search(tag[0])
    return f" {address[1]} " if address else " "


def _link_text(link: re.Match[str]) -> str:
    """Both halves of a Slack link: a code may stand in the address (aka.ms/AB-<code>) or in the words."""
    return f" {link[0][1:-1].replace('|', ' ')} "


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(part for part in (piece.strip() for piece in _SENTENCE_END.split(text)) if len(part) > 5)


def _declared(raw: str) -> FailureReport:
    """What the text declares when it is JSON, or holds one JSON document after some words."""
    raw = html.unescape(raw) if "&quot;" in raw[:_MOST_ESCAPED_JSON] and len(raw) <= _MOST_ESCAPED_JSON else raw
    start = min((at for at in (raw.find("{"), raw.find("[")) if at >= 0), default=-1)
    if start < 0 or start > 2_000 or len(raw) > _MOST_JSON or '"' not in raw:
        return FailureReport()
    try:
        payload, _ = json.JSONDecoder().raw_decode(raw, start)
    except (ValueError, RecursionError):
        return FailureReport()
    return read_failure_report(payload)
