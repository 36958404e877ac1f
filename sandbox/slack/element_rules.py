"""Block Kit's elements: what stands inside blocks, with the lengths and counts that Slack enforces."""

from typing import Any, Final

from sandbox.slack.rules import (
    Check,
    Findings,
    all_of,
    anything,
    boolean,
    by_type,
    integer,
    items,
    matching,
    one_of,
    shape,
    string,
    typed,
)


def plain(most: int = 3000) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": typed({"text": string(most, 1)}, {"emoji": boolean})})


def mrkdwn(most: int = 3000) -> Check:
    """A mrkdwn object."""
    return by_type({"mrkdwn": typed({"text": string(most, 1)}, {"verbatim": boolean})})


def text(most: int = 3000) -> Check:
    """Either text object."""
    return by_type(
        {
            "plain_text": typed({"text": string(most, 1)}, {"emoji": boolean}),
            "mrkdwn": typed({"text": string(most, 1)}, {"verbatim": boolean}),
        }
    )


ID: Final = string(255, 1)
CONFIRM: Final = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_ACTS: Final = {"action_id": ID}
_ASKS: Final = {**_ACTS, "confirm": CONFIRM, "focus_on_load": boolean}
_PICKS: Final = {**_ASKS, "placeholder": plain(150)}
_TYPES: Final = {
    **_ACTS,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": shape(
        {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"))}
    ),
}


def _option(label: Check, **more: Check) -> Check:
    return shape({"text": label, "value": string(150, 1)}, {"description": text(75), **more})


_OPTION: Final = _option(plain(75))
_BOX: Final = _option(text(75))
_GROUP: Final = shape({"label": plain(75), "options": items(_OPTION, 100)})
SUGGESTIONS: Final = shape({}, {"options": items(_OPTION, 100, 0), "option_groups": items(_GROUP, 100, 0)})


def _exactly_one(*keys: str) -> Check:
    def check(value: Any, at: str) -> Findings:
        if isinstance(value, dict) and sum(key in value for key in keys) != 1:
            yield f"must have exactly one of: {', '.join(keys)} [json-pointer:{at}]"

    return check


_LISTS: Final = {"options": items(_OPTION, 100), "option_groups": items(_GROUP, 100)}
_MANY: Final = {"max_selected_items": integer(1, 1000)}
_FILTER: Final = {
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": shape(
        {}, {"include": items(string()), "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean}
    ),
}
_LIST_OF_IDS: Final = items(string(), least=0)

BUTTON: Final = typed(
    {"text": plain(75)},
    {
        **_ACTS,
        "url": string(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_WORKFLOW_BUTTON: Final = typed(
    {"text": plain(75), "workflow": anything},
    {**_ACTS, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
)
SLACK_FILE: Final = all_of(
    shape({}, {"id": matching("^[F][A-Z0-9]{8,}$"), "url": string(3000, 1)}), _exactly_one("id", "url")
)
IMAGE: Final = all_of(
    typed({"alt_text": string(2000)}, {"image_url": string(3000, 1), "slack_file": SLACK_FILE}),
    _exactly_one("image_url", "slack_file"),
)
_STATIC: Final = all_of(
    typed({}, {**_PICKS, **_LISTS, "initial_option": _OPTION}), _exactly_one("options", "option_groups")
)
_STATICS: Final = all_of(
    typed({}, {**_PICKS, **_LISTS, **_MANY, "initial_options": items(_OPTION, 100)}),
    _exactly_one("options", "option_groups"),
)
_EXTERNAL: Final = typed({}, {**_PICKS, "min_query_length": integer(0, 1000), "initial_option": _OPTION})
_EXTERNALS: Final = typed(
    {}, {**_PICKS, **_MANY, "min_query_length": integer(0, 1000), "initial_options": items(_OPTION, 100)}
)

SELECTS: Final = {
    "static_select": _STATIC,
    "external_select": _EXTERNAL,
    "users_select": typed({}, {**_PICKS, "initial_user": string()}),
    "conversations_select": typed({}, {**_PICKS, **_FILTER, "initial_conversation": string()}),
    "channels_select": typed({}, {**_PICKS, "initial_channel": string(), "response_url_enabled": boolean}),
}
MULTI_SELECTS: Final = {
    "multi_static_select": _STATICS,
    "multi_external_select": _EXTERNALS,
    "multi_users_select": typed({}, {**_PICKS, **_MANY, "initial_users": _LIST_OF_IDS}),
    "multi_conversations_select": typed({}, {**_PICKS, **_MANY, **_FILTER, "initial_conversations": _LIST_OF_IDS}),
    "multi_channels_select": typed({}, {**_PICKS, **_MANY, "initial_channels": _LIST_OF_IDS}),
}
CHOICES: Final = {
    "checkboxes": typed({"options": items(_BOX, 10)}, {**_ASKS, "initial_options": items(_BOX, 10)}),
    "radio_buttons": typed({"options": items(_BOX, 10)}, {**_ASKS, "initial_option": _BOX}),
    "datepicker": typed({}, {**_PICKS, "initial_date": string()}),
    "timepicker": typed({}, {**_PICKS, "initial_time": string(), "timezone": string()}),
    "datetimepicker": typed({}, {**_ASKS, "initial_date_time": integer(0, 10**11)}),
}
BUTTONS: Final = {
    "button": BUTTON,
    "workflow_button": _WORKFLOW_BUTTON,
    "overflow": typed({"options": items(_option(plain(75), url=string(3000)), 5)}, {**_ACTS, "confirm": CONFIRM}),
}
INPUTS: Final = {
    "plain_text_input": typed(
        {},
        {
            **_TYPES,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "email_text_input": typed({}, {**_TYPES, "initial_value": string()}),
    "url_text_input": typed({}, {**_TYPES, "initial_value": string()}),
    "number_input": typed(
        {"is_decimal_allowed": boolean},
        {**_TYPES, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "rich_text_input": typed({}, {**_TYPES, "initial_value": anything}),
    "file_input": typed({}, {**_ACTS, "filetypes": items(string()), "max_files": integer(1, 10)}),
}
_FEEDBACK: Final = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
FEEDBACK: Final = {
    "feedback_buttons": typed({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTS),
    "icon_button": typed(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_ACTS,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": items(string()),
        },
    ),
}
