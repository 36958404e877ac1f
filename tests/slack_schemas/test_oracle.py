"""The oracle is not blind: right payloads pass all three judges, and each wrong one is refused by the judge named."""

import copy
from typing import Any

import pytest

from tests.schemas.oracle import KINDS, all_problems, length_problems, model_problems, problems
from tests.schemas.waivers import WAIVERS, Waiver
from tests.slack_schemas import payloads as good
from tests.slack_schemas.payloads import (
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

Json = dict[str, Any]

GOOD: list[tuple[str, object]] = [
    ("known_blocks", good.CARD),
    ("known_blocks", [section(accessory=select())]),
    ("known_blocks", [actions(select(options=[option(str(n), str(n)) for n in range(100)]))]),
    ("known_blocks", [{"type": "alert", "level": "warning", "text": mrkdwn("Careful")}]),
    ("known_blocks", [{"type": "markdown", "text": "**Steps**"}]),
    ("known_blocks", [{"type": "table", "rows": [[{"type": "raw_text", "text": "VM"}]]}]),
    ("known_blocks", [{"type": "header", "text": plain("x" * 150)}, section("x" * 3000)]),
    ("modal_view", good.MODAL),
    ("home_view", good.HOME),
    ("chat_post_message", good.MESSAGE),
    ("chat_post_message", {"channel": "C1", "text": "hello"}),
    ("chat_post_message", {**good.MESSAGE, "thread_ts": "1.2", "reply_broadcast": True, "unfurl_links": False}),
    ("respond", {"response_type": "ephemeral", "text": "Extension stuck", "blocks": good.CARD}),
    ("respond", {"delete_original": True}),
    ("view_answer", {"response_action": "errors", "errors": {"log": "Paste something"}}),
    ("view_answer", {"response_action": "update", "view": good.MODAL}),
    ("view_answer", {"response_action": "clear"}),
    ("suggestion_answer", {"options": [option()]}),
    ("suggestion_answer", {"option_groups": [{"label": plain("Backup"), "options": [option()]}]}),
    ("suggestion_answer", {"options": []}),
    ("manifest", good.MANIFEST),
    ("slash_command", good.COMMAND),
    ("block_action", good.CLICK),
    ("block_action", good.CLICK_IN_VIEW),
    ("block_suggestion", good.SUGGESTION),
    ("view_submission", good.SUBMISSION),
    ("view_closed", good.CLOSED),
    ("message_shortcut", good.MESSAGE_SHORTCUT),
    ("global_shortcut", good.GLOBAL_SHORTCUT),
    ("event_callback", good.HOME_OPENED),
    ("event_callback", good.MENTION),
]


def changed(payload: Json, pointer: str, value: object) -> Json:
    """A copy with the value at the pointer replaced; None removes it."""
    whole = copy.deepcopy(payload)
    *steps, last = pointer.strip("/").split("/")
    node: Any = whole
    for step in steps:
        node = node[int(step) if isinstance(node, list) else step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return whole


TYPES, LENGTHS, MODELS = "types", "lengths", "models"
# (what is wrong, the judge that must see it, kind, payload)
BAD_BLOCKS: list[tuple[str, str, list[Json]]] = [
    ("unknown block type", TYPES, [{"type": "sectoin", "text": mrkdwn("x")}]),
    ("block without type", TYPES, [{"text": mrkdwn("x")}]),
    ("header in mrkdwn", TYPES, [{"type": "header", "text": mrkdwn("x")}]),
    ("button text in mrkdwn", TYPES, [actions({**button(), "text": mrkdwn("x")})]),
    ("button style unknown", TYPES, [actions(button(style="blue"))]),
    ("unknown key in a block", TYPES, [section(colour="red")]),
    ("unknown key in a button", TYPES, [actions(button(tooltip="x"))]),
    ("unknown element in actions", TYPES, [actions({"type": "slider", "action_id": "x"})]),
    ("text as a bare string", TYPES, [{"type": "section", "text": "x"}]),
    ("value that is a number", TYPES, [actions({**button(), "value": 7})]),
    ("option value that is a number", TYPES, [actions(select(options=[{**option(), "value": 3}]))]),
    ("language on code", TYPES, [rich_text({**preformatted(), "language": "bash"})]),
    ("mrkdwn inside rich text", TYPES, [rich_text({"type": "rich_text_section", "elements": [mrkdwn("x")]})]),
    ("list style unknown", TYPES, [rich_text({"type": "rich_text_list", "style": "dashes", "elements": []})]),
    ("divider with a text", TYPES, [{"type": "divider", "text": plain("x")}]),
    ("image without alt text", TYPES, [{"type": "image", "image_url": "https://example.com/a.png"}]),
    ("alert level unknown", TYPES, [{"type": "alert", "level": "panic", "text": mrkdwn("x")}]),
    ("section without text and fields", MODELS, [{"type": "section"}]),
    ("select without options", MODELS, [actions({"type": "static_select", "action_id": "x"})]),
    ("empty fields", MODELS, [section(fields=[])]),
    ("unknown key, by round trip", MODELS, [section(colour="red")]),
    ("block that slack_sdk does not know", MODELS, [{"type": "data_table", "rows": [], "caption": "x"}]),
    ("card with nothing in it", MODELS, [{"type": "card"}]),
    ("section text 3001", LENGTHS, [section("x" * 3001)]),
    ("section text empty", LENGTHS, [section("")]),
    ("field 2001", LENGTHS, [section(fields=[mrkdwn("x" * 2001)])]),
    ("11 fields", LENGTHS, [section(fields=[mrkdwn("x")] * 11)]),
    ("header 151", LENGTHS, [{"type": "header", "text": plain("x" * 151)}]),
    ("26 actions", LENGTHS, [actions(*(button(f"a{n}") for n in range(26)))]),
    ("no actions", LENGTHS, [actions()]),
    ("11 context elements", LENGTHS, [{"type": "context", "elements": [mrkdwn("x")] * 11}]),
    ("button text 76", LENGTHS, [actions({**button(), "text": plain("x" * 76)})]),
    ("button value 2001", LENGTHS, [actions({**button(), "value": "x" * 2001})]),
    ("button url 3001", LENGTHS, [actions(button(url="https://" + "x" * 2993))]),
    ("action_id 256", LENGTHS, [actions(button("x" * 256))]),
    ("block_id 256", LENGTHS, [section(block_id="x" * 256)]),
    ("action_id twice in a block", LENGTHS, [actions(button(), button())]),
    ("block_id twice in a message", LENGTHS, [section(block_id="a"), section(block_id="a")]),
    ("101 options", LENGTHS, [actions(select(options=[option(value=str(n)) for n in range(101)]))]),
    ("option label 76", LENGTHS, [actions(select(options=[option("x" * 76)]))]),
    ("option value 151", LENGTHS, [actions(select(options=[option(value="x" * 151)]))]),
    (
        "overflow with 6",
        LENGTHS,
        [section(accessory={"type": "overflow", "action_id": "o", "options": [option()] * 6})],
    ),
    ("placeholder 151", LENGTHS, [actions(select(placeholder=plain("x" * 151)))]),
    ("confirm title 101", LENGTHS, [actions(button(confirm={"title": plain("x" * 101), "text": plain("y")}))]),
    ("confirm text 301", LENGTHS, [actions(button(confirm={"title": plain("x"), "text": plain("y" * 301)}))]),
    ("confirm button 31", LENGTHS, [actions(button(confirm={"text": plain("y"), "confirm": plain("x" * 31)}))]),
    ("empty code", LENGTHS, [rich_text(preformatted(""))]),
    ("empty rich text", LENGTHS, [rich_text()]),
    ("table of 101 rows", LENGTHS, [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}]),
    ("table of 21 cells", LENGTHS, [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}]),
    ("alt text 2001", LENGTHS, [{"type": "image", "image_url": "https://example.com", "alt_text": "x" * 2001}]),
    ("51 blocks", LENGTHS, [{"type": "divider"}] * 51),
    ("12,000 characters in all", LENGTHS, [section("x" * 2990) for _ in range(4)]),
    ("card body 201", LENGTHS, [{"type": "card", "body": mrkdwn("x" * 201)}]),
]
BAD_OTHERS: list[tuple[str, str, str, object]] = [
    ("modal without title", TYPES, "modal_view", changed(good.MODAL, "/title", None)),
    ("modal title in mrkdwn", TYPES, "modal_view", changed(good.MODAL, "/title", mrkdwn("x"))),
    ("modal with an unknown key", TYPES, "modal_view", {**good.MODAL, "colour": "red"}),
    ("modal with an unknown block", TYPES, "modal_view", changed(good.MODAL, "/blocks", [{"type": "sectoin"}])),
    ("modal title 25", LENGTHS, "modal_view", changed(good.MODAL, "/title", plain("x" * 25))),
    ("modal close 25", LENGTHS, "modal_view", changed(good.MODAL, "/close", plain("x" * 25))),
    ("modal submit 25", LENGTHS, "modal_view", changed(good.MODAL, "/submit", plain("x" * 25))),
    ("modal input without submit", LENGTHS, "modal_view", changed(good.MODAL, "/submit", None)),
    ("modal metadata 3001", LENGTHS, "modal_view", changed(good.MODAL, "/private_metadata", "x" * 3001)),
    ("modal callback_id 256", LENGTHS, "modal_view", changed(good.MODAL, "/callback_id", "x" * 256)),
    ("view of 101 blocks", LENGTHS, "home_view", {"type": "home", "blocks": [{"type": "divider"}] * 101}),
    ("view without blocks", LENGTHS, "home_view", {"type": "home", "blocks": []}),
    ("view with a block_id twice", LENGTHS, "home_view", {"type": "home", "blocks": [section(block_id="a")] * 2}),
    ("home with a title", TYPES, "home_view", {**good.HOME, "title": plain("x")}),
    ("home with a submit button", MODELS, "home_view", {**good.HOME, "submit": plain("x")}),
    ("message without channel", TYPES, "chat_post_message", changed(good.MESSAGE, "/channel", None)),
    ("message with nothing to say", TYPES, "chat_post_message", {"channel": "C1"}),
    ("message with an unknown key", TYPES, "chat_post_message", {**good.MESSAGE, "colour": "red"}),
    ("message with an unknown block", TYPES, "chat_post_message", changed(good.MESSAGE, "/blocks", [{"type": "x"}])),
    ("blocks as a JSON string", TYPES, "chat_post_message", {**good.MESSAGE, "blocks": "[]"}),
    ("blocks without a fallback text", LENGTHS, "chat_post_message", changed(good.MESSAGE, "/text", None)),
    ("message text of 12,000", LENGTHS, "chat_post_message", {"channel": "C1", "text": "x" * 12_000}),
    ("response_type unknown", TYPES, "respond", {"response_type": "public", "text": "x"}),
    ("response_action unknown", TYPES, "view_answer", {"response_action": "close"}),
    ("errors without errors", TYPES, "view_answer", {"response_action": "errors"}),
    (
        "pushed view with a title of 25",
        LENGTHS,
        "view_answer",
        {"response_action": "push", "view": changed(good.MODAL, "/title", plain("x" * 25))},
    ),
    ("101 suggestions", LENGTHS, "suggestion_answer", {"options": [option()] * 101}),
    ("suggested label 76", LENGTHS, "suggestion_answer", {"options": [option("x" * 76)]}),
    ("suggested value 151", LENGTHS, "suggestion_answer", {"options": [option(value="x" * 151)]}),
    (
        "group label 76",
        LENGTHS,
        "suggestion_answer",
        {"option_groups": [{"label": plain("x" * 76), "options": [option()]}]},
    ),
    ("option without text", TYPES, "suggestion_answer", {"options": [{"value": "x"}]}),
    ("manifest scope unknown", TYPES, "manifest", changed(good.MANIFEST, "/oauth_config/scopes/bot", ["chat:writ"])),
    (
        "manifest event unknown",
        TYPES,
        "manifest",
        changed(good.MANIFEST, "/settings/event_subscriptions/bot_events", ["x"]),
    ),
    ("manifest key unknown", TYPES, "manifest", {**good.MANIFEST, "colour": "red"}),
    ("manifest setting unknown", TYPES, "manifest", changed(good.MANIFEST, "/settings/socket_mode", True)),
    ("manifest name 36", LENGTHS, "manifest", changed(good.MANIFEST, "/display_information/name", "x" * 36)),
    (
        "manifest short long description",
        LENGTHS,
        "manifest",
        changed(good.MANIFEST, "/display_information/long_description", "x"),
    ),
    ("command 33", LENGTHS, "manifest", changed(good.MANIFEST, "/features/slash_commands/0/command", "/" + "x" * 32)),
    ("command without trigger_id", TYPES, "slash_command", changed(good.COMMAND, "/trigger_id", None)),
    ("command with a boolean", TYPES, "slash_command", changed(good.COMMAND, "/is_enterprise_install", False)),
    (
        "click without the button's text",
        TYPES,
        "block_action",
        {
            **good.CLICK,
            "actions": [{"type": "button", "action_id": "a", "block_id": "b", "action_ts": "1", "value": "v"}],
        },
    ),
    ("click without trigger_id", TYPES, "block_action", changed(good.CLICK, "/trigger_id", None)),
    ("click with an unknown action type", TYPES, "block_action", {**good.CLICK, "actions": [{"type": "slider"}]}),
    ("enterprise as text", TYPES, "block_action", changed(good.CLICK, "/enterprise", "E1")),
    ("submission without hash", TYPES, "view_submission", changed(good.SUBMISSION, "/view/hash", None)),
    ("submission without close", TYPES, "view_submission", changed(good.SUBMISSION, "/view/close", None)),
    ("submission with state as a list", TYPES, "view_submission", changed(good.SUBMISSION, "/view/state", [])),
    ("closing without is_cleared", TYPES, "view_closed", changed(good.CLOSED, "/is_cleared", None)),
    ("suggestion without value", TYPES, "block_suggestion", changed(good.SUGGESTION, "/value", None)),
    ("shortcut without message", TYPES, "message_shortcut", changed(good.MESSAGE_SHORTCUT, "/message", None)),
    ("shortcut of the wrong type", TYPES, "global_shortcut", changed(good.GLOBAL_SHORTCUT, "/type", "global")),
    ("event without event_id", TYPES, "event_callback", changed(good.MENTION, "/event_id", None)),
    ("event of an unknown type", TYPES, "event_callback", changed(good.MENTION, "/event/type", "app_mentioned")),
    ("mention without ts", TYPES, "event_callback", changed(good.MENTION, "/event/ts", None)),
]
BAD = [(what, judge, "known_blocks", blocks) for what, judge, blocks in BAD_BLOCKS] + BAD_OTHERS


def refusals(judge: str, kind: str, payload: object) -> list[str]:
    if judge == TYPES:
        return problems(kind, payload)
    return length_problems(payload) if judge == LENGTHS else model_problems(payload)


@pytest.mark.parametrize(("kind", "payload"), GOOD, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(GOOD)])
def test_right_payload_passes_every_judge(kind: str, payload: object) -> None:
    if kind in {"known_blocks", "modal_view", "home_view", "chat_post_message", "respond"}:
        assert all_problems(kind, payload) == []
    else:
        assert problems(kind, payload) + length_problems(payload) == []


def test_every_kind_has_a_right_and_a_wrong_payload() -> None:
    assert {kind for kind, _ in GOOD} == KINDS
    assert {kind for _, _, kind, _ in BAD} == KINDS


@pytest.mark.parametrize(("what", "judge", "kind", "payload"), BAD, ids=[row[0] for row in BAD])
def test_wrong_payload_is_refused(what: str, judge: str, kind: str, payload: object) -> None:
    found = refusals(judge, kind, payload)
    assert found
    assert all(line.startswith("/") and ": " in line for line in found)


@pytest.mark.parametrize("waiver", WAIVERS, ids=lambda waiver: f"{waiver.kind}-{waiver.at[-1]}")
def test_waiver_is_needed(waiver: Waiver) -> None:
    raw = [line for kind, payload in GOOD if kind == waiver.kind for line in problems(kind, payload, waived=False)]
    assert any(waiver.at[-1] in line for line in raw), f"nothing needs it any more: {waiver.reason}"


def test_union_is_explained_by_the_branch_that_was_meant() -> None:
    assert problems("known_blocks", [section(accessory=button(style="blue"))]) == [
        '/0/accessory/style: "blue" is not one of "primary" or "danger" (as button at /0/accessory)'
    ]
    assert problems("view_answer", {"response_action": "close"}) == [
        "/: 'close' is none of: clear, errors, push, update"
    ]


def test_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="no schema 'modal'"):
        problems("modal", {})
