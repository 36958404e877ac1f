"""Below a chart stand few, round times of the reader's own zone, in the reader's language."""

from datetime import UTC, datetime

import pytest

from bot.charts.chart import Bar, Chart, Step
from bot.charts.times import named_bars
from responses.catalog.model import Language

SPAN = {"minute": 60, "hour": 3_600, "day": 86_400}


def names(since: str, step: Step, count: int, zone: str = "UTC", language: Language = "en") -> list[str]:
    start = datetime.fromisoformat(since).replace(tzinfo=UTC).timestamp()
    bars = tuple(Bar(start + SPAN[step] * number, 1, 0) for number in range(count))
    named = named_bars(Chart("t", "g", "f", bars, step, zone, language))
    assert len({number for number, _ in named}) == len(named)
    assert all(0 <= number < count for number, _ in named)
    return [name.replace("\n", " ") for _, name in named]


def test_a_day_is_named_every_four_hours_with_its_date_where_it_begins() -> None:
    assert names("2026-03-01 07:00", "hour", 24, "Europe/Amsterdam", "nl") == [
        "08:00 1 mrt CET", "12:00", "16:00", "20:00", "00:00 2 mrt", "04:00",
    ]  # fmt: skip


def test_a_storm_is_named_at_round_minutes() -> None:
    assert names("2026-05-31 23:53", "minute", 34) == [
        "23:55 31 May UTC", "00:00 1 Jun", "00:05", "00:10", "00:15", "00:20", "00:25",
    ]  # fmt: skip
    assert names("2026-05-31 23:53", "minute", 1) == ["23:53 31 May UTC"]


@pytest.mark.parametrize(
    ("language", "first"), [("en", ["Sun 15 Nov", "Mon 16 Nov"]), ("nl", ["zo 15 nov", "ma 16 nov"])]
)
def test_each_day_of_a_week_has_its_name(language: Language, first: list[str]) -> None:
    named = names("2026-11-15 07:00", "day", 7, "Europe/Amsterdam", language)
    assert len(named) == 7
    assert named[:2] == first


def test_no_day_is_named_twice_in_the_week_in_which_the_clock_goes_back() -> None:
    named = names("2026-10-21 22:00", "day", 7, "Europe/Amsterdam")
    assert named == [
        "Thu 22 Oct", "Fri 23 Oct", "Sat 24 Oct", "Sun 25 Oct", "Mon 26 Oct", "Tue 27 Oct", "Wed 28 Oct",
    ]  # fmt: skip


def test_the_hours_of_a_night_in_which_the_clock_goes_back_are_told_as_clocks_showed_them() -> None:
    assert names("2026-10-24 22:00", "hour", 5, "Europe/Amsterdam") == [
        "00:00 25 Oct CEST", "01:00", "02:00", "02:00", "03:00",
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["minute", "hour", "day"])
@pytest.mark.parametrize("count", [1, 2, 7, 8, 24, 59, 60, 400, 2_000])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_no_more_names_than_fit_on_a_phone(step: Step, count: int, zone: str) -> None:
    assert 1 <= len(names("2026-11-01 02:00", step, count, zone)) <= 7
