"""Block Kit's blocks and views, with the lengths and counts that Slack enforces, and where each block may stand."""

from typing import Any, Final

from sandbox.slack.element_rules import (
    BUTTONS,
    CHOICES,
    FEEDBACK,
    ID,
    IMAGE,
    INPUTS,
    MULTI_SELECTS,
    SELECTS,
    SLACK_FILE,
    mrkdwn,
    plain,
    text,
)
from sandbox.slack.rules import (
    Check,
    Findings,
    all_of,
    anything,
    boolean,
    by_type,
    deferred,
    integer,
    items,
    one_of,
    shape,
    string,
    told,
    typed,
)

_BLOCK: Final = {"block_id": ID}
_LONG: Final = string(40_000, 1)
_STYLE: Final = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), boolean
    ),
)
_STYLED: Final = {"style": _STYLE}
_INLINE: Final = by_type(
    {
        "text": typed({"text": _LONG}, _STYLED),
        "link": typed({"url": string(3000, 1)}, {**_STYLED, "text": string(40_000), "unsafe": boolean}),
        "emoji": typed(
            {"name": string(255, 1)}, {**_STYLED, "unicode": string(), "skin_tone": integer(1, 6), "url": string()}
        ),
        "user": typed({"user_id": string(255, 1)}, _STYLED),
        "usergroup": typed({"usergroup_id": string(255, 1)}, _STYLED),
        "channel": typed({"channel_id": string(255, 1)}, _STYLED),
        "team": typed({"team_id": string(255, 1)}, _STYLED),
        "broadcast": typed({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": typed({"value": string(255, 1)}, _STYLED),
        "date": typed(
            {"timestamp": integer(0, 10**11), "format": string(255, 1)},
            {**_STYLED, "url": string(), "fallback": string()},
        ),
    }
)
_LINES: Final = items(_INLINE, least=0)
_SECTION_OF_TEXT: Final = typed({"elements": _LINES})
_RICH_PART: Final = by_type(
    {
        "rich_text_section": _SECTION_OF_TEXT,
        "rich_text_list": typed(
            {"elements": items(by_type({"rich_text_section": _SECTION_OF_TEXT})), "style": one_of("bullet", "ordered")},
            {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
        ),
        "rich_text_preformatted": typed({"elements": _LINES}, {"border": integer(0, 1)}),
        "rich_text_quote": typed({"elements": _LINES}, {"border": integer(0, 1)}),
    }
)
_RICH_TEXT: Final = typed({"elements": items(_RICH_PART)}, _BLOCK)


def _says_something(value: Any, at: str) -> Findings:
    if value.get("text") is None and not value.get("fields"):
        yield told("must provide text or fields", at)


def _shows_one_picture(value: Any, at: str) -> Findings:
    if ("image_url" in value) == ("slack_file" in value):
        yield told("must have exactly one of: image_url, slack_file", at)


_EVERYWHERE: Final = {
    "section": all_of(
        typed(
            {},
            {
                **_BLOCK,
                "text": text(3000),
                "fields": items(text(2000), 10),
                "accessory": by_type({**BUTTONS, **SELECTS, **MULTI_SELECTS, **CHOICES, "image": IMAGE}),
                "expand": boolean,
            },
        ),
        _says_something,
    ),
    "divider": typed({}, _BLOCK),
    "image": all_of(
        typed(
            {"alt_text": string(2000)},
            {**_BLOCK, "image_url": string(3000, 1), "slack_file": SLACK_FILE, "title": plain(2000)},
        ),
        _shows_one_picture,
    ),
    "actions": typed({"elements": items(by_type({**BUTTONS, **SELECTS, **MULTI_SELECTS, **CHOICES}), 25)}, _BLOCK),
    "context": typed(
        {"elements": items(by_type({"image": IMAGE, "plain_text": plain(), "mrkdwn": mrkdwn()}), 10)}, _BLOCK
    ),
    "header": typed({"text": plain(150)}, _BLOCK),
    "rich_text": _RICH_TEXT,
    "input": typed(
        {"label": plain(2000), "element": by_type({**INPUTS, **SELECTS, **MULTI_SELECTS, **CHOICES})},
        {**_BLOCK, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "video": typed(
        {
            "alt_text": string(2000),
            "title": plain(199),
            "thumbnail_url": string(3000, 1),
            "video_url": string(3000, 1),
        },
        {
            **_BLOCK,
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": string(3000),
            "provider_name": string(),
            "title_url": string(3000),
        },
    ),
    "alert": typed({"text": text(3000)}, {**_BLOCK, "level": string()}),
}
_CELL: Final = by_type({"rich_text": _RICH_TEXT, "raw_text": typed({"text": _LONG})})
_SMALL_CARD: Final = typed({}, {**_BLOCK, "title": text(150), "subtitle": text(150), "body": text(200)}, is_open=True)
# Blocks that only messages hold. Those whose details Slack has not settled are open: other keys are let by.
_IN_MESSAGES: Final[dict[str, Check]] = {
    "markdown": typed({"text": string(12_000, 1)}, _BLOCK),
    "context_actions": typed({"elements": items(by_type(FEEDBACK), 5)}, _BLOCK),
    "table": typed({"rows": items(items(_CELL, 20), 100)}, {**_BLOCK, "column_settings": items(anything, 20, 0)}),
    "card": _SMALL_CARD,
    "carousel": typed({"elements": items(by_type({"card": _SMALL_CARD}), 10)}, _BLOCK),
    "container": typed(
        {"title": text(150), "child_blocks": items(deferred(lambda: IN_MESSAGE), 10)},
        {**_BLOCK, "subtitle": text(150)},
        is_open=True,
    ),
    "task_card": typed({"task_id": string(255, 1), "title": string()}, _BLOCK, is_open=True),
    "plan": typed({"title": string()}, _BLOCK, is_open=True),
    "data_table": typed(
        {"rows": items(items(anything, 20)), "caption": string(least=1)},
        {**_BLOCK, "page_size": integer(1, 100)},
        is_open=True,
    ),
    "data_visualization": typed({}, _BLOCK, is_open=True),
    "file": typed({"external_id": string(255, 1), "source": string()}, _BLOCK, is_open=True),
}
IN_MESSAGE: Final[Check] = by_type({**_EVERYWHERE, **_IN_MESSAGES})
IN_VIEW: Final[Check] = by_type(_EVERYWHERE)

_VIEW: Final = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
VIEW: Final = by_type(
    {
        "modal": typed(
            {"title": plain(24), "blocks": items(IN_VIEW, 100, 0)},
            {
                **_VIEW,
                "close": plain(24),
                "submit": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": typed({"blocks": items(IN_VIEW, 100, 0)}, _VIEW),
    }
)
