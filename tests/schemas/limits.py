"""The numbers: least and most characters or items, by the type of the object they stand in."""

# A path of keys below the object, "*" for every item of a list -> (least, most).
Limits = dict[str, tuple[int, int]]

_UNBOUNDED = 10**9
_SELECT: Limits = {"options": (1, 100), "option_groups": (1, 100)}
_BUTTON: Limits = {
    "text/text": (1, 75),
    "value": (0, 2000),
    "url": (1, 3000),
    "accessibility_label": (1, 75),
    "agent_prompt": (1, 4000),
}

# Keys that mean the same wherever they stand.
EVERYWHERE: Limits = {
    "block_id": (1, 255),
    "action_id": (1, 255),
    "callback_id": (0, 255),
    "external_id": (0, 255),
    "placeholder/text": (1, 150),
    "confirm/title/text": (1, 100),
    "confirm/text/text": (1, 300),
    "confirm/confirm/text": (1, 30),
    "confirm/deny/text": (1, 30),
    "options": (0, 100),
    "options/*/text/text": (1, 75),
    "options/*/value": (1, 150),
    "options/*/description/text": (1, 75),
    "options/*/url": (1, 3000),
    "option_groups": (0, 100),
    "option_groups/*/label/text": (1, 75),
}

BY_TYPE: dict[str, Limits] = {
    # views
    "modal": {
        "title/text": (1, 24),
        "close/text": (1, 24),
        "submit/text": (1, 24),
        "blocks": (1, 100),
        "private_metadata": (0, 3000),
    },
    "home": {"blocks": (1, 100), "private_metadata": (0, 3000)},
    # blocks
    "section": {"text/text": (1, 3000), "fields": (1, 10), "fields/*/text": (1, 2000)},
    "header": {"text/text": (1, 150)},
    "actions": {"elements": (1, 25)},
    "context": {"elements": (1, 10)},
    "context_actions": {"elements": (1, 5)},
    "image": {"image_url": (1, 3000), "alt_text": (1, 2000), "title/text": (1, 2000)},
    "input": {"label/text": (1, 2000), "hint/text": (1, 2000)},
    "markdown": {"text": (1, 12_000)},
    "video": {
        "title/text": (1, 199),
        "author_name": (1, 49),
        "alt_text": (1, _UNBOUNDED),
        "description/text": (1, 200),
    },
    "rich_text": {"elements": (1, _UNBOUNDED)},
    "table": {"rows": (1, 100), "rows/*": (1, 20), "column_settings": (0, 20)},
    "alert": {"text/text": (1, 3000)},
    "card": {"title/text": (1, 150), "subtitle/text": (1, 150), "body/text": (1, 200)},
    "carousel": {"elements": (1, 10)},
    "container": {"title/text": (1, 150), "subtitle/text": (1, 150), "child_blocks": (1, 10)},
    # elements
    "button": _BUTTON,
    "workflow_button": _BUTTON,
    "icon_button": {"value": (0, 2000), "accessibility_label": (1, 75)},
    "static_select": _SELECT,
    "multi_static_select": _SELECT,
    "overflow": {"options": (1, 5)},
    "checkboxes": {"options": (1, 10)},
    "radio_buttons": {"options": (1, 10)},
    "plain_text_input": {"initial_value": (0, 3000)},
    "feedback_buttons": {
        "positive_button/text/text": (1, 75),
        "positive_button/value": (0, 2000),
        "negative_button/text/text": (1, 75),
        "negative_button/value": (0, 2000),
    },
    # texts: every one of them must hold something
    "mrkdwn": {"text": (1, 3000)},
    "plain_text": {"text": (1, 3000)},
    "text": {"text": (1, _UNBOUNDED)},
    "raw_text": {"text": (1, _UNBOUNDED)},
    "link": {"url": (1, 3000)},
}

MANIFEST: Limits = {
    "display_information/name": (1, 35),
    "display_information/description": (0, 140),
    "display_information/long_description": (174, 4000),
    "features/bot_user/display_name": (1, 80),
    "features/unfurl_domains": (0, 5),
    "features/shortcuts": (0, 10),
    "features/shortcuts/*/description": (1, 150),
    "features/shortcuts/*/callback_id": (1, 255),
    "features/slash_commands": (0, 50),
    "features/slash_commands/*/command": (2, 32),
    "features/slash_commands/*/description": (1, 2000),
    "features/slash_commands/*/usage_hint": (0, 1000),
    "features/agent_view/agent_description": (1, 300),
    "oauth_config/redirect_urls": (0, 1000),
    "oauth_config/scopes/bot": (0, 255),
    "oauth_config/scopes/user": (0, 255),
    "settings/event_subscriptions/bot_events": (0, 100),
    "settings/event_subscriptions/user_events": (0, 100),
}
