"""Draws a chart with matplotlib: large letters, few ticks, colours that everybody can tell apart."""

import io
import textwrap
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.charts.chart import Chart
from bot.charts.times import named_bars

# Okabe and Ito's blue and vermilion: colour-blind people tell them apart, and both stand out on white.
_GOOD: Final = "#0072B2"
_FAILED: Final = "#D55E00"
_INK: Final = "#1d1c1d"
_PALE: Final = "#dddddd"
_WIDTH, _HEIGHT, _SHARP = 6.0, 3.4, 200
_THOUSANDS: Final = {"en": ",", "nl": "."}
_TITLE_WIDTH, _TITLE_LINES = 48, 2
_LONGEST_TITLE: Final = 500
_FEWEST_PLACES: Final = 3
# Three failures among a thousand good ones would be less than one pixel high; a failure is always seen.
_LEAST_SEEN: Final = 0.025
_MOST_NUMBERED: Final = 8


def drawn(chart: Chart) -> bytes:
    """The chart as a PNG of 1,200 by 680 pixels."""
    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_SHARP, facecolor="white",
                    layout=ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06))  # fmt: skip
    axes = figure.subplots()
    top = max(bar.good + bar.failed for bar in chart.bars)
    _frame(axes, chart, top)
    _bars(axes, chart, top)
    _words(figure, axes, chart)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _bars(axes: Axes, chart: Chart, top: int) -> None:
    """Failed on top of good ones; where there are no good ones, failed alone."""
    places = range(len(chart.bars))
    good = [bar.good for bar in chart.bars]
    seen = [max(bar.failed, top * _LEAST_SEEN) if bar.failed else 0 for bar in chart.bars]
    width = 0.86 if len(chart.bars) > 2 else 0.4
    if any(good):
        axes.bar(places, good, width, color=_GOOD, label=_plain(chart.good_label))
    axes.bar(places, seen, width, bottom=good, color=_FAILED, label=_plain(chart.failed_label))
    for number in _numbered(chart):
        bar = chart.bars[number]
        axes.annotate(_number(bar.failed, chart), (number, bar.good + seen[number]), (0, 2), ha="center", va="bottom",
                      textcoords="offset points", fontsize=11, fontweight="bold", color=_FAILED)  # fmt: skip


def _numbered(chart: Chart) -> Sequence[int]:
    """The bars whose failures are written above them: each where there is room, else the worst."""
    failing = [number for number, bar in enumerate(chart.bars) if bar.failed]
    if len(chart.bars) <= _MOST_NUMBERED:
        return failing
    return [max(failing, key=lambda number: chart.bars[number].failed)] if failing else []


def _frame(axes: Axes, chart: Chart, top: int) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_PALE)
    axes.grid(axis="y", color=_PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=11, colors=_INK, length=0, pad=6)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(int(value), chart)))
    axes.set_ylim(bottom=0, top=top * 1.16 or 1)
    beside = max(0, _FEWEST_PLACES - len(chart.bars)) / 2
    axes.set_xlim(-0.7 - beside, len(chart.bars) - 0.3 + beside)
    named = named_bars(chart)
    axes.set_xticks([number for number, _ in named], [name for _, name in named])


def _words(figure: Figure, axes: Axes, chart: Chart) -> None:
    lines = textwrap.wrap(chart.title[:_LONGEST_TITLE], _TITLE_WIDTH, max_lines=_TITLE_LINES, placeholder="…")
    figure.suptitle(_plain("\n".join(lines)), x=0.02, ha="left", fontsize=13, color=_INK, fontweight="bold")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=2, frameon=False, fontsize=11, labelcolor=_INK,
                handlelength=1.0, borderaxespad=0.2)  # fmt: skip


def _number(value: int, chart: Chart) -> str:
    return f"{value:,}".replace(",", _THOUSANDS[chart.language])


def _plain(text: str) -> str:
    """A dollar sign would begin a formula."""
    return text.replace("$", r"\$")
