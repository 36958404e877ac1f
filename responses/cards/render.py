"""The one Jinja environment: every `{{ }}` becomes a whole JSON value, so that no template can make broken JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup

from responses.cards.labels import labels
from responses.cards.model import JSON, Block, Card, View
from responses.cards.text import Mrkdwn, Plain, Verbatim, clean, plain
from responses.catalog.model import Language

_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


def render_card(name: str, language: Language, text: Mrkdwn, **parts: object) -> Card:
    """Fill `templates/NAME.json.j2`, which is a list of blocks.

    `parts` are frozen dataclasses or texts. Raises jinja2.UndefinedError or KeyError for what the template lacks.
    """
    return Card(text=str(clean(text)), blocks=cast(list[Block], _filled(name, language, parts)))


def render_view(name: str, language: Language, **parts: object) -> View:
    """Fill `templates/NAME.json.j2`, which is a whole view."""
    return View(body=cast(Block, _filled(name, language, parts)))


def _filled(name: str, language: Language, parts: Mapping[str, object]) -> JSON:
    template = _environment.get_template(f"{name}.json.j2")
    filled = template.render(parts, say=labels(language), language=language)
    return cast(JSON, json.loads(filled))


def _whole_value(value: object) -> object:
    """One JSON value for whatever a template prints.

    A text of no known type is taken for a plain_text or mrkdwn position and escaped: when a place forgot to say that
    it is literal, a reader sees `&amp;`, and never the reverse. Markup is what a macro has already filled.
    """
    if isinstance(value, (Markup, Undefined)):
        return value  # an undefined value raises when it is printed
    if isinstance(value, str):
        literal = isinstance(value, (Plain, Mrkdwn, Verbatim))
        return Markup(_encode(clean(value) if literal else plain(value)))  # noqa: S704 - it is JSON, not HTML
    return Markup(_encode(_json(value)))  # noqa: S704


def _json(value: object) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    raise TypeError(f"a template printed a {type(value).__name__}: print its parts, not the object")


_environment: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    finalize=_whole_value,
)
