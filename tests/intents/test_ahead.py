"""Times to come as people write them, in their zone, beside an oracle that walks through the minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intents.ahead import Ahead, take_ahead
from intents.windows import Taken, take_window

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # a Sunday, four in the morning there
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAGEN = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def at(text: str, *, is_end: bool = False, now: datetime = NOW) -> str:
    """The moment in the reader's zone, or why there is none; fails where words are left."""
    found = take_ahead(text.split(), now, AMSTERDAM, is_end=is_end)
    assert found.words in (0, len(text.split())), found
    if not found.words:
        return "no time"
    return f"{found.moment.astimezone(AMSTERDAM):%a %d %b %H:%M}" if found.moment else "cannot be meant"


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("4h", "Sun 22 Nov 08:00"), ("90 min", "Sun 22 Nov 05:30"), ("3d", "Wed 25 Nov 04:00"),
        ("3 dagen", "Wed 25 Nov 04:00"), ("1 week", "Sun 29 Nov 04:00"), ("2 uur", "Sun 22 Nov 06:00"),
        ("1h30m", "Sun 22 Nov 05:30"), ("2h 30m", "Sun 22 Nov 06:30"), ("1d12h", "Mon 23 Nov 16:00"),
        ("2 days 4 hours", "Tue 24 Nov 08:00"), ("18:00", "Sun 22 Nov 18:00"), ("03:59", "Mon 23 Nov 03:59"),
        ("4:00", "Mon 23 Nov 04:00"), ("6.30", "Sun 22 Nov 06:30"), ("18:00 uur", "Sun 22 Nov 18:00"),
        ("18:00u", "Sun 22 Nov 18:00"), ("8am", "Sun 22 Nov 08:00"), ("8pm", "Sun 22 Nov 20:00"),
        ("8 pm", "Sun 22 Nov 20:00"), ("8:30pm", "Sun 22 Nov 20:30"), ("12am", "Mon 23 Nov 00:00"),
        ("12pm", "Sun 22 Nov 12:00"), ("midnight", "Mon 23 Nov 00:00"), ("tonight 22:00", "Sun 22 Nov 22:00"),
        ("vannacht 03:00", "Mon 23 Nov 03:00"), ("today 18:00", "Sun 22 Nov 18:00"), ("tomorrow", "Mon 23 Nov 00:00"),
        ("tomorrow 8:00", "Mon 23 Nov 08:00"), ("morgen om 8:00", "Mon 23 Nov 08:00"),
        ("18:00 tomorrow", "Mon 23 Nov 18:00"), ("8:00 monday", "Mon 23 Nov 08:00"),
        ("tomorrow at 8 pm", "Mon 23 Nov 20:00"), ("morgen 8 uur", "Mon 23 Nov 08:00"), ("ma 8u", "Mon 23 Nov 08:00"),
        ("monday", "Mon 23 Nov 00:00"), ("maandag om 8:00", "Mon 23 Nov 08:00"), ("zo 18:00", "Sun 22 Nov 18:00"),
        ("sunday", "Sun 29 Nov 00:00"), ("sunday 3:00", "Sun 29 Nov 03:00"), ("2026-12-01", "Tue 01 Dec 00:00"),
        ("2026-12-01 18:00", "Tue 01 Dec 18:00"), ("2026-12-01T18:00", "Tue 01 Dec 18:00"),
        ("2026-12-01T18:00Z", "Tue 01 Dec 19:00"), ("2026-12-01t18:00+05:30", "Tue 01 Dec 13:30"),
        ("MONDAY 8:00", "Mon 23 Nov 08:00"),
    ],
)  # fmt: skip
def test_times_as_people_write_them(text: str, then: str) -> None:
    assert at(text) == then


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("18:00", "Sun 22 Nov 18:00"), ("18 uur", "Sun 22 Nov 18:00"), ("18u", "Sun 22 Nov 18:00"),
        ("18h", "Sun 22 Nov 18:00"), ("0u", "Mon 23 Nov 00:00"), ("morgen 8 uur", "Mon 23 Nov 08:00"),
        ("3d", "Wed 25 Nov 04:00"), ("4 hours", "Sun 22 Nov 08:00"),
        ("8 uur", "cannot be meant"), ("4h", "cannot be meant"), ("12u", "cannot be meant"),
        ("24 uur", "cannot be meant"), ("99u", "cannot be meant"),
    ],
)  # fmt: skip
def test_behind_until_an_hour_is_a_time_of_the_day_and_one_that_may_be_two_is_none(text: str, then: str) -> None:
    assert at(text, is_end=True) == then


@pytest.mark.parametrize(
    "text",
    ["0h", "0 days", "401d", "99999w", "today", "today 03:00", "2026-11-21", "2026-02-30", "2026-13-01 18:00",
     "2026-11-22T03:59", "2026-02-30T18:00", "2029-01-01", "tonight", "vanavond", "0001-01-01", "9999-12-31"],
)  # fmt: skip
def test_what_is_a_time_but_cannot_be_meant(text: str) -> None:
    assert at(text) == "cannot be meant"


@pytest.mark.parametrize(
    "text", ["", "vm-sql-01", "3", "3 vms", "24h-vault", "25:00", "18:60", "13pm", "8x", "3dd", "do-01", "soon", "²h"]
)
def test_what_is_no_time(text: str) -> None:
    assert at(text) == "no time"


@pytest.mark.parametrize(
    ("text", "words"), [("3d because", 1), ("monday morning", 1), ("tomorrow at work", 1), ("18:00 uur wegens", 2)]
)
def test_words_behind_it_are_left(text: str, words: int) -> None:
    assert take_ahead(text.split(), NOW, AMSTERDAM).words == words


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00", "9999-12-31 23:59", "9999-12-31T23:59"])
def test_the_ends_of_all_years_break_nothing(text: str, zone: str) -> None:
    assert take_ahead(text.split(), NOW, ZoneInfo(zone)) == Ahead(len(text.split()))
    assert take_window(text.split(), NOW, ZoneInfo(zone)) == Taken(len(text.split()))


def test_a_time_is_that_of_the_reader() -> None:
    for zone, hours in (("Europe/Amsterdam", 17), ("UTC", 18), ("Asia/Kolkata", 12.5), ("America/New_York", 23)):
        moment = take_ahead(["18:00"], NOW, ZoneInfo(zone)).moment
        assert moment == datetime(2026, 11, 22, tzinfo=UTC) + timedelta(hours=hours)


def test_nights_when_the_clock_is_changed() -> None:
    spring = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight there; two o'clock is three
    assert at("03:00", now=spring) == "Sun 29 Mar 03:00"
    assert take_ahead(["3h"], spring, AMSTERDAM).moment == spring + timedelta(hours=3), "hours that pass"
    autumn = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # midnight there; three o'clock is two
    assert take_ahead(["06:00"], autumn, AMSTERDAM).moment == autumn + timedelta(hours=7)


_MOMENTS = st.integers(0, 2 * 365 * 1_440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_ZONES = st.sampled_from(["Europe/Amsterdam", "UTC", "Asia/Kolkata", "America/New_York"]).map(ZoneInfo)


@given(_MOMENTS, _ZONES, st.integers(0, 23), st.integers(0, 59))
def test_a_clock_is_the_next_time_that_it_shows_so(now: datetime, zone: ZoneInfo, hour: int, minute: int) -> None:
    _assume_one_offset(now, zone, days=2)
    found = take_ahead([f"{hour}:{minute:02}"], now, zone)
    walk = (now + timedelta(minutes=minutes) for minutes in range(1, 1_441))
    assert found.moment == next(
        each for each in walk if (each.astimezone(zone).hour, each.astimezone(zone).minute) == (hour, minute)
    )


@given(_MOMENTS, _ZONES, st.integers(0, 6), st.integers(0, 23), st.sampled_from([WEEKDAYS, DAGEN]))
def test_a_weekday_is_the_next_one(now: datetime, zone: ZoneInfo, day: int, hour: int, names: tuple[str, ...]) -> None:
    _assume_one_offset(now, zone, days=8)
    found = take_ahead([names[day], f"{hour:02}:00"], now, zone)
    first = now.replace(minute=now.minute // 30 * 30)
    walk = (first + timedelta(minutes=minutes) for minutes in range(30, 8 * 1_440, 30))
    here = (each.astimezone(zone) for each in walk)
    assert found.moment == next(each for each in here if (each.weekday(), each.hour, each.minute) == (day, hour, 0))


_WORDS = st.sampled_from(
    ["tomorrow", "morgen", "monday", "do", "18:00", "8pm", "8", "pm", "4h", "3", "days", "uur", "18u", "at", "om",
     "2026-12-01", "2026-12-01T18:00", "tonight", "midnight", "today", "99999d", "vm-1", "0h"]
) | st.text(max_size=8)  # fmt: skip


@given(st.lists(_WORDS, max_size=9), _MOMENTS, _ZONES, st.booleans())
def test_whatever_is_read_is_to_come_and_nothing_breaks_it(
    words: list[str], now: datetime, zone: ZoneInfo, is_end: bool
) -> None:
    found = take_ahead(words, now, zone, is_end=is_end)
    assert 0 <= found.words <= len(words)
    assert found.words or found == Ahead(0)
    if found.moment is not None:
        assert now < found.moment <= now + timedelta(days=400)
        upper = [word.upper() for word in words]
        if [word.casefold() for word in upper] == [word.casefold() for word in words]:
            assert take_ahead(upper, now, zone, is_end=is_end) == found


def _assume_one_offset(now: datetime, zone: ZoneInfo, *, days: int) -> None:
    """When the clock is changed, an oracle that walks meets hours twice or never; those nights have their own test."""
    assume(now.astimezone(zone).utcoffset() == (now + timedelta(days=days)).astimezone(zone).utcoffset())
