"""Which failures go where: told rules, then any routes and silences against an oracle written another way."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.routing import (
    SEVERITIES,
    Delivery,
    Failing,
    Place,
    Route,
    Silence,
    covers,
    deliveries,
    needs_tags,
    severity_of,
    silence_of,
)

FAILING = Failing(
    "1111", "Production", "rg-app-prod", "vault-prod", "vm-sql-01", (("env", "prod"), ("Owner", "sql")),
    "UserErrorGuestAgentStatusUnavailable", "agent", "high",
)  # fmt: skip
EVERYTHING = Route("r", "C0ALERTS")


def silence(**fields: object) -> Silence:
    return Silence(**{"id": "s", "kind": "mute", "place": Place(), "starts": 100.0, "ends": 200.0} | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place",
    [
        Place(), Place(vaults=("vault-prod",)), Place(vaults=("VAULT-*",)), Place(vms=("vm-sql-??",)),
        Place(subscriptions=("1111",)), Place(subscriptions=("prod*",)), Place(resource_groups=("rg-app-*",)),
        Place(tags=(("ENV", "pr*"),)), Place(vaults=("other", "vault-prod")),
        Place(("1111",), ("rg-*",), ("vault-*",), ("vm-*",), (("env", "prod"), ("owner", "SQL"))),
    ],
)  # fmt: skip
def test_a_route_covers_what_is_in_its_place(place: Place) -> None:
    assert covers(replace(EVERYTHING, place=place), FAILING)


@pytest.mark.parametrize(
    "fields",
    [
        {"place": Place(vaults=("vault",))}, {"place": Place(vms=("vm-sql-?",))}, {"codes": ("UserErrorKey*",)},
        {"place": Place(vaults=("vault-prod",), vms=("vm-web-*",))}, {"areas": ("restore",)},
        {"place": Place(tags=(("env", "prod"), ("owner", "web")))}, {"severities": ("critical", "normal")},
        {"place": Place(tags=(("team", "*"),))}, {"place": Place(vaults=("vault-prod",)), "areas": ("policy",)},
    ],
)  # fmt: skip
def test_everything_that_a_route_names_must_fit(fields: dict[str, object]) -> None:
    assert not covers(replace(EVERYTHING, **fields), FAILING)  # type: ignore[arg-type]


def test_codes_are_patterns_and_areas_and_severities_are_words() -> None:
    for fields in ({"codes": ("usererrorguest*",)}, {"areas": ("Agent",)}, {"severities": ("high",)}):
        assert covers(replace(EVERYTHING, **fields), FAILING)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place",
    [Place(("*",)), Place((), ("*",)), Place(vaults=("*",)), Place(vms=("*",)), Place(tags=(("env", "*"),))],
)
def test_what_is_not_known_of_a_failure_fits_no_pattern(place: Place) -> None:
    assert not covers(replace(EVERYTHING, place=place), Failing())
    assert covers(EVERYTHING, Failing())


def test_a_channel_is_told_once_however_many_routes_lead_there() -> None:
    routes = [
        Route("1", "C0A", mode="digest"), Route("2", "C0B", mode="digest", mention="S0B", mention_for=("critical",)),
        Route("3", "C0A", mode="each", mention="S0ON", mention_for=("high",)),
        Route("4", "C0A", mode="digest", mention="U0EMMA", mention_for=SEVERITIES),
        Route("5", "C0A", mention="S0ON", mention_for=("high", "critical")),
        Route("6", "C0C", place=Place(vms=("vm-web",))),
    ]  # fmt: skip
    told = deliveries(FAILING, routes, "C0DEFAULT")
    assert told == (Delivery("C0A", "each", ("S0ON", "U0EMMA")), Delivery("C0B", "digest"))


def test_nothing_is_lost_while_there_is_a_default_channel() -> None:
    elsewhere = [Route("1", "C0A", place=Place(vaults=("vault-acc",)))]
    assert deliveries(FAILING, elsewhere, "C0DEFAULT") == (Delivery("C0DEFAULT", "each"),)
    assert deliveries(FAILING, elsewhere) == ()
    assert deliveries(FAILING, [], "C0DEFAULT") == (Delivery("C0DEFAULT", "each"),)


def test_a_silence_begins_at_its_start_and_is_over_at_its_end() -> None:
    one = silence()
    assert [silence_of(FAILING, [one], at) for at in (99.9, 100.0, 199.9, 200.0)] == [None, one, one, None]


def test_of_several_silences_the_one_that_ends_last_is_told() -> None:
    shorter, longer = silence(id="shorter", ends=150.0), silence(id="longer", ends=300.0)
    to_come, elsewhere = silence(id="to come", starts=180.0, ends=900.0), silence(place=Place(vms=("x",)), ends=900.0)
    assert silence_of(FAILING, [shorter, longer, to_come, elsewhere], 120.0) == longer
    assert silence_of(FAILING, [shorter, longer, to_come, elsewhere], 190.0) == to_come


@pytest.mark.parametrize(
    ("count", "is_overdue", "severity"),
    [(1, False, "normal"), (2, False, "normal"), (3, False, "high"), (50, False, "high"), (1, True, "critical")],
)
def test_how_bad_it_is(count: int, is_overdue: bool, severity: str) -> None:
    assert severity_of(count=count, is_overdue=is_overdue) == severity


def test_tags_are_read_only_where_something_rests_on_them() -> None:
    tagged = Place(tags=(("env", "prod"),))
    assert not needs_tags([EVERYTHING], [silence()])
    assert needs_tags([EVERYTHING, replace(EVERYTHING, place=tagged)], [])
    assert needs_tags([], [silence(place=tagged)])


def test_many_stars_take_no_longer_than_few() -> None:
    hard = Route("r", "C0A", place=Place(vms=("*a" * 60 + "b",)))
    assert not covers(hard, Failing(vm="a" * 2_000))


# Few signs, so that patterns and names often meet.
_NAMES = st.text("aB-", min_size=1, max_size=4)
_PATTERNS = st.lists(st.text("aB-*?", min_size=1, max_size=4), max_size=2).map(tuple)
_TAGS = st.lists(st.tuples(st.sampled_from(["env", "ENV", "own"]), _NAMES), max_size=2).map(tuple)
_PLACES = st.builds(Place, _PATTERNS, _PATTERNS, _PATTERNS, _PATTERNS, _TAGS) | st.just(Place())
_MAYBE = st.just("") | _NAMES
_SOME = st.lists(st.sampled_from(SEVERITIES), max_size=2).map(tuple)
_AREAS = st.lists(st.sampled_from(["agent", "backup"]), max_size=1).map(tuple)
_WHO = st.sampled_from(["", "S0ON", "U0EMMA"])
_FAILINGS = st.builds(
    Failing, _MAYBE, _MAYBE, _MAYBE, _MAYBE, _MAYBE, _TAGS, _MAYBE, st.sampled_from(["", "agent", "backup"]),
    st.sampled_from(SEVERITIES),
)  # fmt: skip
_CHANNELS = st.sampled_from(["C0A", "C0B", "C0C"])
_ROUTES = st.lists(
    st.builds(Route, _NAMES, _CHANNELS, _PLACES, _PATTERNS | st.just(()), _AREAS, _SOME,
              st.sampled_from(["each", "digest"]), _WHO, _SOME),
    max_size=6,
)  # fmt: skip
_TIMES = st.integers(0, 8).map(float)
_SILENCES = st.lists(st.builds(Silence, _NAMES, st.just("mute"), _PLACES, _TIMES, _TIMES), max_size=4)


@given(_FAILINGS, _ROUTES, st.sampled_from(["", "C0DEFAULT", "C0A"]))
def test_any_routes_lead_where_the_oracle_says(failing: Failing, routes: list[Route], default: str) -> None:
    fitting = [route for route in routes if _fits(route, failing)]
    told = deliveries(failing, routes, default)
    assert [each.channel for each in told] == (
        list(dict.fromkeys(route.channel for route in fitting)) or [default] * bool(default)
    )
    for each in told if fitting else ():
        here = [route for route in fitting if route.channel == each.channel]
        assert (each.mode == "each") == any(route.mode == "each" for route in here)
        rung = {route.mention for route in here if route.mention and failing.severity in route.mention_for}
        assert set(each.mentions) == rung
        assert len(each.mentions) == len(rung)
    assert fitting or all(each == Delivery(default, "each") for each in told)


@given(_FAILINGS, _ROUTES, _ROUTES)
def test_another_route_takes_nothing_from_anybody(failing: Failing, routes: list[Route], more: list[Route]) -> None:
    before, after = deliveries(failing, routes), {each.channel: each for each in deliveries(failing, routes + more)}
    for each in before:
        assert set(each.mentions) <= set(after[each.channel].mentions)
        assert each.mode == "digest" or after[each.channel].mode == "each"


@given(_FAILINGS, _SILENCES, _TIMES)
def test_any_silence_holds_when_the_oracle_says(failing: Failing, silences: list[Silence], at: float) -> None:
    ends = [each.ends for each in silences if each.starts <= at < each.ends and _holds(each.place, failing)]
    told = silence_of(failing, silences, at)
    assert (told.ends if told else None) == max(ends, default=None)


def _fits(route: Route, failing: Failing) -> bool:
    limits: Iterable[tuple[Sequence[str], str]] = ((route.codes, failing.code), (route.areas, failing.area))
    return (
        _holds(route.place, failing)
        and all(not wanted or _any(wanted, (is_so,)) for wanted, is_so in limits)
        and failing.severity in (route.severities or SEVERITIES)
    )


def _holds(place: Place, failing: Failing) -> bool:
    known = {
        "subscriptions": (failing.subscription_id, failing.subscription), "resource_groups": (failing.resource_group,),
        "vaults": (failing.vault,), "vms": (failing.vm,),
    }  # fmt: skip
    named = {name: wanted for name, wanted in asdict(place).items() if wanted and name != "tags"}
    return all(_any(wanted, known[name]) for name, wanted in named.items()) and all(
        any(key.lower() == name.lower() and _any((pattern,), (value,)) for name, value in failing.tags)
        for key, pattern in place.tags
    )


def _any(patterns: Sequence[str], names: Sequence[str]) -> bool:
    shapes = [re.escape(each).replace(r"\*", ".*").replace(r"\?", ".") for each in patterns]
    return any(name and re.fullmatch(shape, name, re.IGNORECASE) for shape in shapes for name in names)


def test_a_route_on_an_alias_or_a_number_gets_the_error_under_its_main_name() -> None:
    failing = Failing(code="MainName", also=("OtherName", "380008"))
    for code in ("mainname", "OtherName", "380008"):
        assert covers(replace(EVERYTHING, codes=(code,)), failing)
    assert not covers(replace(EVERYTHING, codes=("38000",)), failing)
