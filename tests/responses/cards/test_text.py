"""Cutting and escaping: nothing broken, nothing alive, nothing longer than Slack takes."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.cards.text import code_span, cut, is_https, length, link, mrkdwn, one_line, plain

ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=200)


@given(ANY_TEXT, st.integers(1, 60))
def test_a_cut_text_fits_and_is_a_start_of_the_whole(text: str, most: int) -> None:
    for escaped in (False, True):
        shown = cut(text, most, escaped=escaped)
        assert length(shown, escaped=escaped) <= most
        assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(ANY_TEXT, st.integers(1, 60))
def test_an_escape_is_never_cut(text: str, most: int) -> None:
    shown = plain(text, most)
    assert len(shown) <= most
    assert plain(html.unescape(shown)) == shown or "&" in text


@given(st.text(alphabet="<>&", max_size=100), st.integers(1, 40))
def test_entities_stay_whole(text: str, most: int) -> None:
    shown = plain(text, most)
    rest = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("…", "")
    assert rest == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ab👍🏽cd", "ab…"),
        ("abe\u0301d", "ab…"),
        ("ab👩‍👩‍👧cd", "ab…"),
        ("abcdefgh", "abc…"),
    ],
)
def test_a_cut_falls_between_what_a_reader_sees_as_characters(text: str, shown: str) -> None:
    assert cut(text, 4) == shown


@given(ANY_TEXT)
def test_mrkdwn_holds_no_sign_that_slack_reads(text: str) -> None:
    shown = mrkdwn(text)
    assert not set(shown) & set("<>*~`@\n")
    assert "://" not in shown
    shown.encode("utf-8")


@given(ANY_TEXT)
def test_code_ends_where_it_should(text: str) -> None:
    shown = code_span(text)
    assert shown == "" or (shown.startswith("`") and shown.endswith("`") and shown.count("`") == 2)
    assert not set(shown) & set("<>\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("snake_case_name", "snake_case_name"),
        ("_it_ and a_b", "ˍitˍ and a_b"),
        ("> quote", "› quote"),
        ("a > b & c", "a &gt; b &amp; c"),
        ("Error: 12:30", "Error: 12:30"),
        (":wave: x", "∶wave∶ x"),
        ("https://a.example", "https∶//a.example"),
        ("a\r\nb\u200b\tc", "a b c"),
    ],
)
def test_mrkdwn_keeps_what_is_ordinary(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


@pytest.mark.parametrize(
    "url",
    ["http://a.example", "https://", "https://a.example/<b>", "https://a b", "javascript:x", "https://[x", "", "//a"],
)
def test_only_https_becomes_a_link(url: str) -> None:
    assert not is_https(url)
    assert "<" not in link(url, "label")


def test_a_link_cannot_be_left_early() -> None:
    assert link("https://a.example/?x=1&y=a|b", "a|b>c") == "<https://a.example/?x=1&amp;y=a%7Cb|a|b&gt;c>"


def test_one_line_drops_what_is_invisible() -> None:
    assert one_line("\u200b \ufeff a\u2060 \n b\u00ad ") == "a b"
