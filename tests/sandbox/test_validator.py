"""The sandbox's judgement of blocks beside that of Slack's own types: neither may let by what the other refuses."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.validator import message_blocks, view
from sandbox.slack.wire import SlackError
from tests.schemas.oracle import all_problems
from tests.slack_schemas.payloads import (
    CARD,
    HOME,
    MODAL,
    actions,
    button,
    mrkdwn,
    option,
    plain,
    preformatted,
    rich_text,
    section,
    select,
)

CONFIRM = {"title": plain("Sure?"), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
RIGHT: list[Any] = [
    [section()],
    [section(accessory=button())],
    [section(accessory=select())],
    [section(accessory={**IMAGE})],
    [{"type": "section", "fields": [mrkdwn("x" * 2000), *[mrkdwn("x")] * 9]}],
    [{"type": "header", "text": plain("x" * 150)}],
    [{**IMAGE, "title": plain("t")}],
    [actions(button(confirm=CONFIRM, style="danger", url="https://example.com"))],
    [actions(*[button(f"b{n}") for n in range(25)])],
    [{"type": "context", "elements": [mrkdwn("x"), plain("y"), {**IMAGE}]}],
    [
        rich_text(
            preformatted(), {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://x.example"}]}
        )
    ],
    [{"type": "input", "label": plain("l"), "element": {"type": "plain_text_input", "action_id": "a"}}],
    [{"type": "markdown", "text": "# x"}],
    [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}],
    [{"type": "divider"}] * 50,
    CARD,
]
WRONG: list[Any] = [
    [{"type": "nope"}],
    [{}],
    ["text"],
    [{"type": "section"}],
    [section("")],
    [section("x" * 3001)],
    [section(colour="red")],
    [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    [{"type": "section", "text": "bare"}],
    [{"type": "header", "text": mrkdwn("x")}],
    [{"type": "header", "text": plain("x" * 151)}],
    [actions()],
    [actions(*[button(f"b{n}") for n in range(26)])],
    [actions(button(), button())],
    [actions(button(style="loud"))],
    [actions(button(text=plain("x" * 76)))],
    [actions(button(text=mrkdwn("x")))],
    [actions(button(value="x" * 2001))],
    [actions(button(url="x" * 3001))],
    [actions(button("x" * 256))],
    [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))],
    [actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)}))],
    [actions(select(options=[option("x" * 76)]))],
    [actions(select(options=[option(value="x" * 151)]))],
    [actions(select(options=[option(value=str(n)) for n in range(101)]))],
    [actions(select(placeholder=plain("x" * 151)))],
    [actions({"type": "overflow", "action_id": "o", "options": [option(value=str(n)) for n in range(6)]})],
    [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    [{"type": "context", "elements": [button()]}],
    [{"type": "image", "image_url": "https://example.com/a.png"}],
    [{**IMAGE, "alt_text": "x" * 2001}],
    [rich_text({"type": "rich_text_nope", "elements": []})],
    [rich_text({**preformatted(), "language": "bash"})],
    [{"type": "markdown", "text": "x" * 12_001}],
    [{"type": "divider"}] * 51,
    [{"type": "divider", "block_id": "same"}] * 2,
    [{"type": "divider", "block_id": "x" * 256}],
    [section("x" * 2900)] * 5,
    [{"type": "input", "label": mrkdwn("l"), "element": {"type": "plain_text_input", "action_id": "a"}}],
    [{"type": "input", "label": plain("l"), "element": button()}],
]


def label(blocks: Any) -> str:
    return str(blocks)[:60]


@pytest.mark.parametrize("blocks", RIGHT, ids=label)
def test_right_blocks_are_taken(blocks: Any) -> None:
    before = deepcopy(blocks)
    taken = message_blocks(blocks)
    assert blocks == before
    assert all(block["block_id"] for block in taken)
    assert all_problems("known_blocks", blocks) == []


@pytest.mark.parametrize("blocks", WRONG, ids=label)
def test_wrong_blocks_are_refused(blocks: Any) -> None:
    with pytest.raises(SlackError) as raised:
        message_blocks(blocks)
    assert raised.value.error in ("invalid_blocks", "msg_blocks_too_long")
    assert all_problems("known_blocks", blocks) != []


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["section", "button", "modal"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "blocks"]), inner),
    max_leaves=5,
)


def places_in(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places_in(inner, (*at, key))


def with_junk(value: Any, at: tuple[Any, ...], junk: Any) -> Any:
    if not at:
        return junk
    copy = deepcopy(value)
    owner = copy
    for key in at[:-1]:
        owner = owner[key]
    owner[at[-1]] = junk
    return copy


@given(
    st.sampled_from(RIGHT).flatmap(lambda right: st.tuples(st.just(right), st.sampled_from(list(places_in(right))))),
    JUNK,
)
def test_whatever_comes_is_judged(place: tuple[Any, tuple[Any, ...]], junk: Any) -> None:
    with suppress(SlackError):
        message_blocks(with_junk(*place, junk))


@given(st.sampled_from(list(places_in(MODAL))), JUNK)
def test_whatever_comes_as_a_view_is_judged(at: tuple[Any, ...], junk: Any) -> None:
    with suppress(SlackError):
        view(with_junk(MODAL, at, junk), "modal")


def test_a_message_that_is_too_long_in_all_has_its_own_code() -> None:
    with pytest.raises(SlackError) as raised:
        message_blocks([section("x" * 2900)] * 5)
    assert raised.value.error == "msg_blocks_too_long"


def test_right_views_are_taken() -> None:
    assert view(MODAL, "modal")["callback_id"] == "explain"
    assert view(HOME, "home")["type"] == "home"


@pytest.mark.parametrize("blocks", [None, "x", 5, {"type": "divider"}], ids=str)
def test_blocks_that_are_no_list(blocks: Any) -> None:
    with pytest.raises(SlackError) as raised:
        message_blocks(blocks)
    assert raised.value.error == "invalid_blocks_format"
