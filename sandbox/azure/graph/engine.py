"""Answers a Resource Graph request: runs the query over the estate and cuts the page that was asked for."""

import base64
import binascii
import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson

from sandbox.azure.estate import Estate, Refusal
from sandbox.azure.graph.hints import hints
from sandbox.azure.graph.kept import Kept, Result
from sandbox.azure.graph.parser import parse
from sandbox.azure.graph.pipeline import plan
from sandbox.azure.graph.refusals import InvalidQuery, place
from sandbox.azure.graph.syntax import Order, Take, Top, Type
from sandbox.azure.graph.tables import COLUMNS, TABLES, rows
from sandbox.azure.graph.values import shown, text_of

Json = dict[str, Any]

MOST_ROWS: Final = 1000
_FURTHEST: Final = 10**9
_KEPT: Final = Kept()


def run(
    query: str,
    estate: Estate,
    subscriptions: Collection[str] | None,
    *,
    top: int = MOST_ROWS,
    skip: int = 0,
    skip_token: str | None = None,
) -> Json:
    """The whole QueryResponse body, `data` as a list of objects; subscriptions None means all of the tenant's.

    Refusal (400, "BadRequest") for a query outside the subset, naming token and place, for a page size outside
    1..1000, a negative skip, and a token that was not made for this query. There is a `$skipToken` where more rows
    follow, if the rows have an `id` and the query itself does not cut them; otherwise `resultTruncated` is "true".
    """
    _check_page(top, skip)
    mark = _mark(query, subscriptions)
    token = _read(skip_token, mark) if skip_token else _Token(skip, mark, "")
    found = _KEPT.find(estate, token.result) or _found(query, estate, subscriptions)
    page = found.rows[token.start : token.start + top]
    end = token.start + len(page)
    follows = end < len(found.rows)
    body: Json = {
        "totalRecords": len(found.rows),
        "count": len(page),
        "resultTruncated": "true" if follows and not found.has_pages else "false",
        "facets": [],
        "data": [_shown(row, found.columns) for row in page],
    }
    if follows and found.has_pages:
        body["$skipToken"] = _written(_Token(end, mark, _KEPT.keep(estate, found)))
    return body


def _found(query: str, estate: Estate, subscriptions: Collection[str] | None) -> Result:
    try:
        return _answered(query, estate, subscriptions)
    except InvalidQuery as problem:
        raise _refusal(query, problem) from None
    except OverflowError as problem:
        raise _refusal(query, InvalidQuery("", 0, f"A value is out of range: {problem}.")) from None


def _answered(query: str, estate: Estate, subscriptions: Collection[str] | None) -> Result:
    now = datetime.fromtimestamp(estate.clock.now(), UTC)
    parsed = parse(query)
    table = parsed.table.lower()
    if table not in TABLES:
        known = ", ".join(TABLES)
        raise InvalidQuery(parsed.table, parsed.at, f"The sandbox has no such table. It has: {known}.")
    made = plan(parsed.stages, COLUMNS, now)
    found = list(made.run(rows(table, estate, subscriptions, hints(parsed, now))))
    has_pages = "id" in made.columns and not any(isinstance(stage, Take | Top) for stage in parsed.stages)
    if has_pages and not any(isinstance(stage, Order) for stage in parsed.stages):
        # Only an order makes pages that fit together; Resource Graph takes the id where the query gives none.
        found.sort(key=_by_id)
    return Result(found, made.columns, has_pages)


def _check_page(top: int, skip: int) -> None:
    if not 1 <= top <= MOST_ROWS:
        raise Refusal(400, "BadRequest", f"$top must be between 1 and {MOST_ROWS}, it is {top}.")
    if not 0 <= skip <= _FURTHEST:
        raise Refusal(400, "BadRequest", f"$skip must be between 0 and {_FURTHEST}, it is {skip}.")


def _refusal(query: str, problem: InvalidQuery) -> Refusal:
    line, position = place(query, problem.at)
    where = f"line {line}, characterPositionInLine {position}, token '{problem.token[:60]}'"
    return Refusal(400, "BadRequest", f"InvalidQuery: Query is invalid: {problem.why} ({where})")


def _shown(row: Mapping[str, Any], columns: Mapping[str, Type]) -> Json:
    """The row's columns as JSON; a string that the row lacks is ""."""
    found: Json = {}
    for name, kind in columns.items():
        value = row.get(name)
        if kind == "string":
            found[name] = value or ""
        else:
            found[name] = value if kind == "dynamic" else shown(value)
    return found


def _by_id(row: Mapping[str, Any]) -> str:
    return text_of(row.get("id"))


def _mark(query: str, subscriptions: Collection[str] | None) -> str:
    """What ties a token to its query."""
    about = orjson.dumps([query, None if subscriptions is None else sorted(name.lower() for name in subscriptions)])
    return hashlib.sha256(about).hexdigest()[:16]


class _Token(NamedTuple):
    """Where a page starts, in the answer to which query, and under which name that answer is kept."""

    start: int
    mark: str
    result: str


def _written(token: _Token) -> str:
    return base64.b64encode(orjson.dumps(list(token))).decode()


def _read(text: str, mark: str) -> _Token:
    try:
        read = orjson.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        read = None
    match read:
        case [int(start), str(of), str(result)] if of == mark and 0 <= start <= _FURTHEST:
            return _Token(start, of, result)
    raise Refusal(400, "BadRequest", "The $skipToken is not one that was given for this query.")
