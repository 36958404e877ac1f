"""What a reader sees on a chart: every failure, good ones only where there are any, and nothing beyond its edge."""

import io
from statistics import mode
from typing import Any

import matplotlib.image as pictures
import pytest

from bot.charts.chart import Bar, Chart
from bot.charts.drawing import drawn

NIGHT = 1_795_392_000.0
GOOD, FAILED = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)


def chart(*bars: tuple[int, int], title: str = "Backups of the last week") -> Chart:
    made = tuple(Bar(NIGHT + 86_400 * number, good, failed) for number, (good, failed) in enumerate(bars))
    return Chart(title, "good", "failed", made, "day", "Europe/Amsterdam")


def pixels(wanted: Chart) -> Any:
    """Rows of pixels of red, green and blue, 0 to 255."""
    return (pictures.imread(io.BytesIO(drawn(wanted)), format="png")[:, :, :3] * 255).round().astype(int)


def has(picture: Any, colour: tuple[int, int, int]) -> int:
    return int((picture == colour).all(axis=2).sum())


def columns_of(picture: Any, colour: tuple[int, int, int]) -> list[int]:
    """How many pixels of a colour each column has below the legend."""
    found: list[int] = (picture[180:] == colour).all(axis=2).sum(axis=0).tolist()
    return found


def test_two_failures_among_a_thousand_good_ones_are_seen() -> None:
    columns = columns_of(pixels(chart((1_180, 0), (1_200, 2), (1_190, 0))), FAILED)
    wide = [number for number, count in enumerate(columns) if count >= 8]
    assert len(wide) > 200
    assert wide == list(range(wide[0], wide[-1] + 1)), "one bar, in the middle"
    assert 400 < wide[0] < wide[-1] < 900


def test_the_higher_the_count_the_higher_the_bar() -> None:
    columns = columns_of(pixels(chart((0, 100), (0, 1_000), (0, 500))), FAILED)
    # Most columns of a bar have nothing above it; some have a part of its number.
    left, middle, right = (
        mode(filter(None, columns[start : start + 200])) for start in (_middle(columns, bar) - 100 for bar in range(3))
    )
    assert left == pytest.approx(middle / 10, rel=0.05)
    assert right == pytest.approx(middle / 2, rel=0.05)


def _middle(columns: list[int], bar: int) -> int:
    """Where the middle of one of three equally wide bars is."""
    drawn_at = [number for number, count in enumerate(columns) if count > 20]
    return drawn_at[0] + (drawn_at[-1] - drawn_at[0]) * (1 + 2 * bar) // 6


def test_a_storm_shows_failures_alone() -> None:
    picture = pixels(chart((0, 3), (0, 10_000), (0, 0)))
    assert has(picture, FAILED)
    assert not has(picture, GOOD)


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    assert not any(columns_of(pixels(chart((0, 0), (0, 0))), FAILED))


@pytest.mark.parametrize(
    "title",
    [
        "",
        "One $price$ and {braces} \\alpha",
        "word " * 400,
        "W" * 3_000,
        "Line\nbreaks\tand\r\nmore",
        "é ü ĳ € “quoted”",
    ],
)
def test_any_title_leaves_the_edges_white_and_the_chart_readable(title: str) -> None:
    picture = pixels(chart((40, 3), (30, 0), (20, 9), title=title))
    assert picture.shape == (680, 1_200, 3)
    for edge in (picture[0], picture[-1], picture[:, 0]):
        assert (edge == 255).all()
    assert max(columns_of(picture, GOOD)) > 200
