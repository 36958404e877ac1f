"""The query language of the sandbox's Resource Graph: each operator and function by KQL's rules."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.azure.graph.parser import parse
from sandbox.azure.graph.pipeline import plan
from sandbox.azure.graph.tables import COLUMNS
from sandbox.azure.graph.values import shown

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROW: dict[str, Any] = {
    "id": "/a/b",
    "name": "VM-Web_01",
    "tags": {"a b": "x", "n": 3, "t": True, "z": None, "list": [1, {"y": "deep"}, "last"]},
    "properties": {"status": "Failed", "endTime": "2026-11-22T10:30:00.1234567Z", "size": 10, "text": '{"in": [7]}'},
}


def rows_of(query: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = plan(parse(query).stages, COLUMNS, NOW)
    return [{name: shown(row.get(name)) for name in made.columns} for row in made.run(rows)]


def value(expression: str) -> Any:
    (row,) = rows_of(f"resources | project found = {expression}", [ROW])
    return row["found"]


@pytest.mark.parametrize(
    "condition",
    [
        "name == 'VM-Web_01'",
        "name != 'vm-web_01'",
        "name =~ 'vm-web_01'",
        "name !~ 'other'",
        "not(name == 'vm-web_01')",
        "name contains 'WEB'",
        "name !contains 'sql'",
        "name contains_cs 'Web'",
        "name !contains_cs 'web'",
        "name startswith 'vm-'",
        "name !startswith 'web'",
        "name startswith_cs 'VM'",
        "name endswith '_01'",
        "name !endswith '02'",
        "name has 'web'",
        "name has 'vm-web'",
        "name !has 'we'",
        "name has_cs 'Web'",
        "name !has_cs 'web'",
        "properties has 'failed'",
        "name in ('a', 'VM-Web_01')",
        "name !in ('a', 'vm-web_01')",
        "name in~ ('a', 'vm-web_01')",
        "name !in~ ('a', 'b')",
        "properties.status in ('Failed')",
        "properties.size in (1, 10)",
        "properties.status == 'Failed'",
        "properties['status'] =~ \"FAILED\"",
        "properties.size == 10 and properties.size != 11",
        "properties.size > 9.5 and 11 >= properties.size",
        "tags.t == true and tags.t != false",
        "tags['a b'] == 'x'",
        "tags.list[1].y == 'deep'",
        "tags.list[-1] == 'last'",
        "tags.list[9] == ''",
        "isnull(tags.list['y']) and isnull(tags.z) and isnull(tags.a.b.c)",
        "isnotnull(tags.n) and isempty(tags.z) and isnotempty(name) and isempty(kind) and not(isnull(kind))",
        "todatetime(properties.endTime) > ago(2h)",
        "todatetime(properties.endTime) < now(-1h)",
        "todatetime(properties.endTime) between (datetime(2026-11-22) .. 1d + datetime(2026-11-22))",
        "todatetime(properties.endTime) !between (ago(1m) .. now())",
        "todatetime('soon') == now() or true",
        "3 between (1 .. 3)",
        "1 == 1.0 and 2 > 1.5",
        "1d == 24h and 90m == timespan(01:30:00) and 1.5h == time(0.01:30:00)",
        "(1 == 2 or 1 == 1) and true",
        "1 == 2 and 1 == 1 or true",
        "tolower(name) == 'vm-web_01' and toupper('a') == 'A'",
        "array_length(tags.list) == 3 and isnull(array_length(tags.n))",
        "parse_json(tostring(properties)).status == 'Failed'",
        "parse_json(tostring(properties.text)).in[0] == 7",
        "split(id, '/')[1] == 'a'",
        "todatetime(properties.endTime) - ago(1d) > 22h",
        "(now() - ago(2h)) / 1h == 2.0",
    ],
)
def test_conditions_that_hold(condition: str) -> None:
    assert rows_of(f"resources | where {condition}", [ROW])


@pytest.mark.parametrize(
    "condition",
    [
        "name == 'vm-web_01'",
        "name has 'eb'",
        "properties.status == 'failed'",
        "properties.colour > 3",
        "not(properties.colour > 3)",
        "todatetime('soon') > ago(1d)",
        "not(todatetime('soon') > ago(1d))",
        "todatetime('soon') > ago(1d) and true",
        "tags.n == '4'",
        "tags.t == false",
        "properties.status > 3 or properties.status <= 3",
        "name in~ ('x')",
        "todatetime(tags.z) == todatetime(tags.z)",
        "todatetime(tags.z) != todatetime(tags.z)",
    ],
)
def test_conditions_that_do_not_hold_or_are_unknown(condition: str) -> None:
    assert not rows_of(f"resources | where {condition}", [ROW])


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / 2.0", 3.5),
        ("1 / 0", None),
        ("0x1F - 1", 30),
        ("now()", "2026-11-22T12:00:00Z"),
        ("now() - 90s", "2026-11-22T11:58:30Z"),
        ("ago(1.5d)", "2026-11-21T00:00:00Z"),
        ("now() - datetime(2026-11-21T10:00:00+01:00)", "1.03:00:00"),
        ("bin(datetime(2026-11-22T10:31:07Z), 15m)", "2026-11-22T10:30:00Z"),
        ("bin(17, 5)", 15),
        ("bin(-1, 5)", -5),
        ("bin(17, 0)", None),
        ("tolong('12')", 12),
        ("tolong('12.9')", 12),
        ("tolong('twelve')", None),
        ("toint(3000000000)", None),
        ("toint(properties.size)", 10),
        ("todouble('1.5')", 1.5),
        ("tobool('True')", True),
        ("tostring(properties.size)", "10"),
        ("tostring(tags.list)", '[1,{"y":"deep"},"last"]'),
        ("tostring(tags.t)", "true"),
        ("tostring(tags.none)", ""),
        ("tostring(1d + 1s)", "1.00:00:01"),
        ("tostring(datetime(2026-11-22))", "2026-11-22T00:00:00.0000000Z"),
        ("todatetime(properties.endTime)", "2026-11-22T10:30:00.123456Z"),
        ("coalesce(tags.none, tags.z, tags.n)", 3),
        ("coalesce('', kind, 'usual')", "usual"),
        ("iff(name has 'web', 'web', 'other')", "web"),
        ("iif(1 > 2, 1, 2.5)", 2.5),
        ("iff(todatetime('x') > now(), 'yes', 'no')", "no"),
        ("parse_json('no json')", "no json"),
        ("parse_json('[1, 2]')[1]", 2),
        ("tags.list", [1, {"y": "deep"}, "last"]),
        (r"'it\'s \\ \u0041'", "it's \\ A"),
        (r"@'C:\new ''x'''", r"C:\new 'x'"),
    ],
)
def test_values(expression: str, wanted: object) -> None:
    assert value(expression) == wanted


ROWS: list[dict[str, Any]] = [
    {"name": "b", "location": "west", "properties": {"n": 2, "day": "2026-11-22T01:00:00Z"}},
    {"name": "a", "location": "west", "properties": {"n": 1, "day": "2026-11-21T23:00:00Z"}},
    {"name": "c", "location": "east", "properties": {"n": 10}},
    {"name": "B", "location": "west", "properties": {"n": None}},
]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("order by name asc", ["B", "a", "b", "c"]),
        ("order by name", ["c", "b", "a", "B"]),
        ("sort by toint(properties.n) asc", ["B", "a", "b", "c"]),
        ("sort by toint(properties.n) desc", ["c", "b", "a", "B"]),
        ("sort by toint(properties.n) asc nulls last", ["a", "b", "c", "B"]),
        ("sort by toint(properties.n) desc nulls first", ["B", "c", "b", "a"]),
        ("order by location asc, name desc", ["c", "b", "a", "B"]),
        ("top 2 by name asc", ["B", "a"]),
        ("limit 2", ["b", "a"]),
        ("take 0", []),
        ("filter location == 'east'", ["c"]),
    ],
)
def test_orders_and_cuts(query: str, wanted: list[str]) -> None:
    assert [row["name"] for row in rows_of(f"resources | {query}", ROWS)] == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("count", [{"Count": 4}]),
        ("summarize count() by location", [{"location": "west", "count_": 3}, {"location": "east", "count_": 1}]),
        ("summarize total = count(), least = min(toint(properties.n))", [{"total": 4, "least": 1}]),
        (
            "summarize max(toint(properties.n)) by where_ = location | where where_ == 'east'",
            [{"where_": "east", "max_properties_n": 10}],
        ),
        ("summarize countif(name =~ 'b'), dcount(location)", [{"countif_": 2, "dcount_location": 2}]),
        ("where name == 'none' | summarize count()", [{"count_": 0}]),
        ("where name == 'none' | summarize count() by location", []),
        (
            "where location == 'west' | summarize count() by bin(todatetime(properties.day), 1d) | order by count_ asc",
            [
                {"properties_day": "2026-11-22T00:00:00Z", "count_": 1},
                {"properties_day": "2026-11-21T00:00:00Z", "count_": 1},
                {"properties_day": None, "count_": 1},
            ],
        ),
        ("distinct location", [{"location": "west"}, {"location": "east"}]),
        ("project name | distinct * | count", [{"Count": 4}]),
        (
            "take 1 | project name, properties.n, tolower(name), up = toupper(name)",
            [{"name": "b", "properties_n": 2, "Column1": "b", "up": "B"}],
        ),
        (
            "take 1 | project name, location | extend name = 'new', old = name | project-away location",
            [{"name": "new", "old": "b"}],
        ),
    ],
)
def test_shapes(query: str, wanted: list[dict[str, Any]]) -> None:
    assert rows_of(f"resources | {query}", ROWS) == wanted


def test_comments_and_lines_are_no_part_of_a_query() -> None:
    assert rows_of("// first\nresources // all\n\t| where // few\r\n name == '//x' or true\n| count;", ROWS) == [
        {"Count": 4}
    ]
