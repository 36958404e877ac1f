"""Takes the plain answer out of a typed call of the client package, whose models mis-type some of what we read.

A typed call takes `cls=as_answer`, which throws its model away unread; our own parser reads the JSON.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """Status, body as decoded JSON (None if empty) and headers with lower-case names."""

    status: int
    body: Any
    headers: Mapping[str, str]


def as_answer(response: Any, model: object, headers: object) -> TypedAnswer:
    """What `cls=` of a typed call takes: the pipeline's response, the model made of it, and its declared headers."""
    answer = response.http_response
    content: bytes = answer.content
    body = orjson.loads(content) if content.strip() else None
    return TypedAnswer(answer.status_code, body, {name.lower(): value for name, value in answer.headers.items()})


def plain(call: Awaitable[object]) -> Awaitable[TypedAnswer]:
    """A call made with `cls=as_answer`, typed as what it then gives: the client package types it as its model."""
    return cast(Awaitable[TypedAnswer], call)
