"""Whatever is asked, Resource Graph answers as plain Python would, or refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.azure.estate import Estate, Refusal, small
from sandbox.azure.graph import run
from sandbox.azure.graph.hints import hints
from sandbox.azure.graph.parser import parse
from sandbox.azure.graph.pipeline import plan
from sandbox.azure.graph.tables import COLUMNS
from sandbox.clock import Clock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_few = settings(max_examples=150)

Row = dict[str, Any]
Case = tuple[str, Callable[[Row], bool]]

_texts = st.sampled_from(["", "a", "A", "ab", "Ab-c", "x ab y", "failed", "Failed", "é", "it's"])
_numbers = st.integers(-5, 5)
_rows = st.fixed_dictionaries(
    {
        "name": _texts,
        "location": _texts,
        "properties": st.fixed_dictionaries({}, optional={"t": _texts, "n": _numbers, "b": st.booleans()}),
    }
)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _field(text: str) -> tuple[str, Callable[[Row], str]]:
    if text == "t":
        return "properties.t", lambda row: str(row["properties"].get("t", ""))
    return text, lambda row: str(row[text])


_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "=~": lambda a, b: a.lower() == b.lower(),
    "!~": lambda a, b: a.lower() != b.lower(),
    "contains": lambda a, b: b.lower() in a.lower(),
    "!contains_cs": lambda a, b: b not in a,
    "startswith": lambda a, b: a.lower().startswith(b.lower()),
    "!endswith": lambda a, b: not a.lower().endswith(b.lower()),
}
_ORDERED: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}


def _text_case(name: str, sign: str, text: str) -> Case:
    shown, read = _field(name)
    return f"{shown} {sign} {_quoted(text)}", lambda row: _TEXTUAL[sign](read(row), text)


def _number_case(sign: str, number: int) -> Case:
    def holds(row: Row) -> bool:
        value = row["properties"].get("n")
        return value is not None and _ORDERED[sign](value, number)

    # isnotnull keeps it in two values, so that the oracle can negate it.
    return f"(isnotnull(properties.n) and properties.n {sign} {number})", holds


def _listed(name: str, texts: list[str], is_negated: bool) -> Case:
    shown, read = _field(name)
    listed = ", ".join(map(_quoted, texts))
    return f"{shown} {'!in' if is_negated else 'in'} ({listed})", lambda row: (read(row) in texts) != is_negated


_names = st.sampled_from(["name", "location", "t"])
_leaf: st.SearchStrategy[Case] = st.one_of(
    st.builds(_text_case, _names, st.sampled_from(sorted(_TEXTUAL)), _texts),
    st.builds(_number_case, st.sampled_from(sorted(_ORDERED)), _numbers),
    st.builds(_listed, _names, st.lists(_texts, min_size=1, max_size=3), st.booleans()),
)


def _joined(word: str, cases: list[Case]) -> Case:
    way = all if word == "and" else any
    return "(" + f" {word} ".join(text for text, _ in cases) + ")", lambda row: way(holds(row) for _, holds in cases)


def _negated(case: Case) -> Case:
    text, holds = case
    return f"not({text})", lambda row: not holds(row)


_cases = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.builds(_joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(_negated, inner),
    ),
    max_leaves=8,
)


@_few
@given(case=_cases, rows=st.lists(_rows, max_size=8))
def test_a_condition_keeps_the_rows_that_python_keeps(case: Case, rows: list[Row]) -> None:
    text, holds = case
    made = plan(parse(f"resources | where {text}").stages, COLUMNS, NOW)
    assert list(made.run(rows)) == [row for row in rows if holds(row)]


@pytest.fixture(scope="module")
def estate() -> Estate:
    return small(Clock(lambda: 1_800_000_000.0))


_WORDS = (
    "resources recoveryservicesresources | where extend project project-away order by sort top take limit summarize "
    "count count() distinct and or not( ) ( [ ] , . .. = == != =~ !~ < > <= >= in in~ !in has contains between + - * / "
    "1 2.5 1d 'a' 'Failed' true name id type properties properties.status tags ago( now() datetime(2026-11-22) "
    "tostring( parse_json( todatetime( isnull( iff( bin( coalesce( array_length( asc desc nulls first // \n ~ ; % ' "
    "\" @' 0x 1e9 9223372036854775807"
).split(" ")


def _answers_or_refuses(query: str, estate: Estate) -> None:
    """Any other exception than a refusal of the request fails the test."""
    status = 400
    try:
        body = run(query, estate, None, top=5)
    except Refusal as refusal:
        status = refusal.status
    else:
        assert body["count"] == len(body["data"]) <= body["totalRecords"]
    assert status == 400


@_few
@given(words=st.lists(st.sampled_from(_WORDS), max_size=25))
def test_no_words_crash_it(estate: Estate, words: list[str]) -> None:
    for query in (" ".join(words), "resources | " + " ".join(words), "resources | where " + " ".join(words)):
        _answers_or_refuses(query, estate)


@_few
@given(query=st.text(max_size=60))
def test_no_text_crashes_it(estate: Estate, query: str) -> None:
    for text in (query, f"resources | {query}", f"resources | where name == '{query}'"):
        _answers_or_refuses(text, estate)


@settings(max_examples=40)
@given(
    top=st.integers(1, 30),
    query=st.sampled_from(
        [
            "recoveryservicesresources | where type endswith 'jobs' and properties.status == 'Failed' | project id",
            "recoveryservicesresources | where name has 'vm' | project id, name | order by name desc",
            "resources | project id, type",
        ]
    ),
)
def test_pages_put_together_are_the_whole(estate: Estate, top: int, query: str) -> None:
    whole = run(query, estate, None)
    assert whole["count"] == whole["totalRecords"] > 0
    rows, token = [], None
    for _ in range(whole["totalRecords"] // top + 1):
        page = run(query, estate, None, top=top, skip_token=token)
        rows += page["data"]
        token = page.get("$skipToken")
        if token is None:
            break
    assert token is None
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in whole["data"])


_STAGES = st.sampled_from(
    [
        "where type =~ 'Microsoft.RecoveryServices/vaults/backupJobs'",
        "where type in~ ('microsoft.recoveryservices/vaults/backupjobs', 'other')",
        "where properties.status =~ 'failed'",
        "where 'Failed' == tostring(properties.status)",
        "where properties.status == 'failed'",
        "where subscriptionId =~ '11111111-1111-4111-8111-111111111111'",
        "extend p = parse_json(tostring(properties)), type = name",
        "extend p = properties",
        "extend ended = todatetime(properties.endTime)",
        "where isnotnull(todatetime(properties.endTime)) and todatetime(properties.endTime) > ago(30h)",
        "where ago(2d) <= todatetime(properties.startTime)",
        "where todatetime(properties.startTime) between (ago(40h) .. now())",
        "project type, properties, subscriptionId, id, name",
        "project type = name, id, name, properties, subscriptionId",
        "order by name asc",
        "take 20",
        "where properties.status == 'Failed' or name has 'a'",
    ]
)


@_few
@given(stages=st.lists(_STAGES, max_size=6))
def test_hints_never_hide_a_row(estate: Estate, stages: list[str]) -> None:
    """The same query with its first condition made opaque reads every row, and must find the same."""
    query = " | ".join(["recoveryservicesresources", *stages])
    opaque = query.replace("where ", "where 1 == 2 or ")
    now = datetime.fromtimestamp(1_800_000_000, UTC)
    assert hints(parse(opaque), now) == hints(parse("resources"), now)
    assert run(query, estate, None)["totalRecords"] == run(opaque, estate, None)["totalRecords"]
