"""Which bars of a chart are named below it, and how: few, at round times of the reader's zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.charts.chart import Chart
from responses.cards.text import zone_name

# As many as fit next to each other on a phone.
_MOST: Final = 7
_ROUND: Final = {
    "minute": (1, 2, 5, 10, 15, 20, 30, 60),
    "hour": (1, 2, 3, 4, 6, 8, 12, 24),
    "day": (1, 2, 7, 14),
}
_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
}
_MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
}
# Days of 24 hours, counted over a night in which the clock changes, begin an hour before the day that they are.
_CLOCK_CHANGE: Final = timedelta(hours=1)


def named_bars(chart: Chart) -> list[tuple[int, str]]:
    """The number of each bar that gets a name, with that name: `23:30`, `ma`.

    With the date where a day begins, and the first time with the clock that all go by.
    """
    zone = ZoneInfo(chart.zone)
    times = [datetime.fromtimestamp(bar.start, zone) for bar in chart.bars]
    if chart.step == "day":
        return [(number, _day(chart, times[number])) for number in _chosen(chart, times)]
    named: list[tuple[int, str]] = []
    before = None
    for number in _chosen(chart, times):
        at = times[number]
        clock = f" {zone_name(at)}" if before is None else ""
        named.append((number, f"{at:%H:%M}" if at.date() == before else f"{at:%H:%M}\n{_date(chart, at)}{clock}"))
        before = at.date()
    return named


def _chosen(chart: Chart, times: list[datetime]) -> list[int]:
    """The finest round step that names few enough; every so-many-th bar where no round step does."""
    for step in _ROUND[chart.step]:
        chosen = [number for number, at in enumerate(times) if _place(chart, number, at) % step == 0]
        if 0 < len(chosen) <= _MOST:
            return chosen
    return list(range(0, len(times), -(-len(times) // _MOST)))


def _place(chart: Chart, number: int, at: datetime) -> int:
    """Where a bar stands in its day, in steps; days are counted from the last bar, so that today has its name."""
    if chart.step == "day":
        return len(chart.bars) - 1 - number
    return at.hour * 60 + at.minute if chart.step == "minute" else at.hour


def _day(chart: Chart, at: datetime) -> str:
    day = at + _CLOCK_CHANGE
    return f"{_DAYS[chart.language][day.weekday()]}\n{_date(chart, day)}"


def _date(chart: Chart, at: datetime) -> str:
    return f"{at.day} {_MONTHS[chart.language][at.month - 1]}"
