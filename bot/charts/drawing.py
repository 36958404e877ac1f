"""Draws a chart with matplotlib: large letters, few ticks, colours that everybody can tell apart."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.charts.chart import Bar, Chart

# Okabe and Ito's blue and vermilion.
_GOOD: Final = "#0072B2"
_FAILED: Final = "#D55E00"
_INK: Final = "#1d1c1d"
_PALE: Final = "#dddddd"
_WIDTH, _HEIGHT, _SHARP = 6.0, 3.4, 200
_TICKS: Final = 6
_SPAN: Final = {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0}
_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
}
_MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
}
_THOUSANDS: Final = {"en": ",", "nl": "."}
_LONGEST_TITLE: Final = 46
_FEWEST_PLACES: Final = 3


def drawn(chart: Chart) -> bytes:
    """The chart as a PNG of 1,200 by 680 pixels."""
    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_SHARP, facecolor="white", layout="constrained")
    axes = figure.subplots()
    has_good = any(bar.good for bar in chart.bars)
    _bars(axes, chart, has_good=has_good)
    _frame(axes, chart)
    title = chart.title if len(chart.title) <= _LONGEST_TITLE else f"{chart.title[: _LONGEST_TITLE - 1]}…"
    axes.set_title(_plain(title), loc="left", fontsize=13, color=_INK, fontweight="bold", pad=26)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.99), ncols=2, frameon=False, fontsize=11, labelcolor=_INK,
                handlelength=1.0, borderaxespad=0.2)  # fmt: skip
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _bars(axes: Axes, chart: Chart, *, has_good: bool) -> None:
    """Failed on top of good ones; where there are no good ones, failed alone."""
    places = range(len(chart.bars))
    good = [bar.good for bar in chart.bars]
    failed = [bar.failed for bar in chart.bars]
    width = 0.86 if len(chart.bars) > 2 else 0.4
    if has_good:
        axes.bar(places, good, width, color=_GOOD, label=_plain(chart.good_label))
    axes.bar(places, failed, width, bottom=good if has_good else None, color=_FAILED, hatch="///" if has_good else None,
             edgecolor="white", linewidth=0.0, label=_plain(chart.failed_label))  # fmt: skip


def _frame(axes: Axes, chart: Chart) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_PALE)
    axes.grid(axis="y", color=_PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=11, colors=_INK, length=0)
    comma = _THOUSANDS[chart.language]
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):,}".replace(",", comma)))
    axes.set_ylim(bottom=0, top=max([bar.good + bar.failed for bar in chart.bars], default=0) * 1.08 or 1)
    beside = max(0, _FEWEST_PLACES - len(chart.bars)) / 2
    axes.set_xlim(-0.7 - beside, len(chart.bars) - 0.3 + beside)
    ticks = _ticks(len(chart.bars))
    axes.set_xticks(ticks, [_label(chart, chart.bars, number) for number in ticks])


def _ticks(count: int) -> list[int]:
    step = max(1, -(-count // _TICKS))
    return list(range(0, count, step))


def _label(chart: Chart, bars: Sequence[Bar], number: int) -> str:
    """The time of a bar; with its date under the first one, and wherever another day begins."""
    zone = ZoneInfo(chart.zone)
    at = datetime.fromtimestamp(bars[number].start, zone)
    day = f"{at.day} {_MONTHS[chart.language][at.month - 1]}"
    if chart.step == "day":
        return f"{_DAYS[chart.language][at.weekday()]}\n{day}"
    before = datetime.fromtimestamp(bars[max(0, number - _step(len(bars)))].start, zone)
    is_new = number == 0 or before.date() != at.date()
    return f"{at:%H:%M}\n{day}" if is_new else f"{at:%H:%M}"


def _step(count: int) -> int:
    return max(1, -(-count // _TICKS))


def _plain(text: str) -> str:
    """A dollar sign would begin a formula."""
    return text.replace("$", r"\$")
