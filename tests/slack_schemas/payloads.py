"""Right payloads of every kind, from which the wrong ones are made."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "*Meaning*: the snapshot took too long.", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "share_in_channel", **more: Any) -> Json:
    return {"type": "button", "text": plain("Share"), "action_id": action_id, "value": "entry", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "card_actions", "elements": list(elements)}


def option(label: str = "Extension stuck", value: str = "ExtensionStuckInDeletionState") -> Json:
    return {"text": plain(label), "value": value}


def select(**more: Any) -> Json:
    return {
        "type": "static_select",
        "action_id": "pick_entry",
        "placeholder": plain("Pick one"),
        "options": [option()],
        **more,
    }


def rich_text(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def preformatted(text: str = "az vm list --output table") -> Json:
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}


CARD: list[Json] = [
    {"type": "header", "text": plain("Extension stuck in deletion state")},
    section(fields=[mrkdwn("*Area*\nbackup"), mrkdwn("*Retry*\nafter the fix")]),
    {"type": "divider"},
    rich_text(
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 0,
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Open "},
                        {"type": "link", "url": "https://portal.azure.com", "text": "the portal"},
                        {"type": "text", "text": "VMSnapshot", "style": {"code": True}},
                    ],
                }
            ],
        },
        preformatted(),
    ),
    {"type": "context", "elements": [mrkdwn("Reviewed 2026-11-22")]},
    actions(
        button(
            style="primary",
            confirm={
                "title": plain("Sure?"),
                "text": plain("Everybody sees it."),
                "confirm": plain("Share"),
                "deny": plain("No"),
            },
        ),
        button("open_documentation", url="https://learn.microsoft.com/azure/backup/"),
    ),
]

MODAL: Json = {
    "type": "modal",
    "callback_id": "explain",
    "title": plain("Explain an error"),
    "submit": plain("Explain"),
    "close": plain("Close"),
    "private_metadata": "{}",
    "blocks": [
        {
            "type": "input",
            "block_id": "entry",
            "optional": True,
            "label": plain("Error"),
            "element": {"type": "external_select", "action_id": "entry", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "log",
            "label": plain("Or paste a log"),
            "element": {"type": "plain_text_input", "action_id": "log", "multiline": True, "max_length": 3000},
        },
    ],
}
HOME: Json = {"type": "home", "blocks": CARD}

_USER = {"id": "U1", "name": "anna", "username": "anna", "team_id": "T1"}
_TEAM = {"id": "T1", "domain": "night-shift"}
_ENVELOPE: Json = {"token": "t", "is_enterprise_install": False, "enterprise": None, "team": _TEAM}
# Shortcuts alone do not name the app.
_APP: Json = {**_ENVELOPE, "api_app_id": "A1"}

VIEW: Json = {
    **MODAL,
    "id": "V1",
    "team_id": "T1",
    "app_id": "A1",
    "bot_id": "B1",
    "app_installed_team_id": "T1",
    "hash": "1.abc",
    "root_view_id": "V1",
    "previous_view_id": None,
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "state": {
        "values": {"log": {"log": {"type": "plain_text_input", "value": "UserErrorGuestAgentStatusUnavailable"}}}
    },
}
CLICK: Json = {
    **_APP,
    "type": "block_actions",
    "user": _USER,
    "trigger_id": "1.2.x",
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True},
    "channel": {"id": "C1", "name": "on-call"},
    "response_url": "http://127.0.0.1/response/1",
    "state": {"values": {}},
    "actions": [
        {
            "type": "button",
            "action_id": "share_in_channel",
            "block_id": "card_actions",
            "text": plain("Share"),
            "value": "entry",
            "action_ts": "1.3",
        }
    ],
}
CLICK_IN_VIEW: Json = {
    **{key: value for key, value in CLICK.items() if key not in ("response_url", "channel")},
    "container": {"type": "view", "view_id": "V1"},
    "view": VIEW,
}
SUBMISSION: Json = {
    **_APP,
    "type": "view_submission",
    "user": _USER,
    "trigger_id": "1.2.x",
    "view": VIEW,
    "response_urls": [],
}
CLOSED: Json = {**_APP, "type": "view_closed", "user": _USER, "view": VIEW, "is_cleared": False}
SUGGESTION: Json = {
    **_APP,
    "type": "block_suggestion",
    "user": _USER,
    "container": {"type": "view", "view_id": "V1"},
    "view": VIEW,
    "block_id": "entry",
    "action_id": "entry",
    "value": "stuck",
}
MESSAGE_SHORTCUT: Json = {
    **_ENVELOPE,
    "type": "message_action",
    "callback_id": "explain_message",
    "user": _USER,
    "trigger_id": "1.2.x",
    "response_url": "http://127.0.0.1/response/1",
    "message_ts": "1.2",
    "message": {"type": "message", "user": "U2", "ts": "1.2", "text": "backup failed again"},
    "channel": {"id": "C1", "name": "on-call"},
    "action_ts": "1.3",
}
GLOBAL_SHORTCUT: Json = {
    **_ENVELOPE,
    "type": "shortcut",
    "callback_id": "explain",
    "user": {"id": "U1", "username": "anna", "team_id": "T1"},
    "trigger_id": "1.2.x",
    "action_ts": "1.3",
}
COMMAND: Json = {
    "token": "t",
    "team_id": "T1",
    "team_domain": "night-shift",
    "channel_id": "C1",
    "channel_name": "on-call",
    "user_id": "U1",
    "user_name": "anna",
    "command": "/backup-error",
    "text": "ExtensionStuckInDeletionState",
    "api_app_id": "A1",
    "is_enterprise_install": "false",
    "response_url": "http://127.0.0.1/response/1",
    "trigger_id": "1.2.x",
}


def event(inner: Json) -> Json:
    return {
        "token": "t",
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 1,
        "authorizations": [
            {"enterprise_id": None, "team_id": "T1", "user_id": "U9", "is_bot": True, "is_enterprise_install": False}
        ],
        "event": inner,
    }


HOME_OPENED = event(
    {
        "type": "app_home_opened",
        "user": "U1",
        "channel": "D1",
        "tab": "home",
        "event_ts": "1.2",
        "view": {**VIEW, **HOME},
    }
)
MENTION = event(
    {"type": "app_mention", "user": "U1", "text": "<@U9> help", "ts": "1.2", "channel": "C1", "event_ts": "1.2"}
)
MESSAGE: Json = {"channel": "C1", "text": "Extension stuck in deletion state", "blocks": CARD}
MANIFEST: Json = {
    "_metadata": {"major_version": 2, "minor_version": 1},
    "display_information": {
        "name": "Backup Bot",
        "description": "Explains backup errors",
        "background_color": "#1d3557",
    },
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False},
        "bot_user": {"display_name": "Backup Bot", "always_online": True},
        "shortcuts": [
            {"type": "message", "name": "Explain", "callback_id": "explain_message", "description": "Explains it"}
        ],
        "slash_commands": [
            {
                "command": "/backup-error",
                "description": "Explain an error",
                "usage_hint": "[code]",
                "should_escape": False,
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "users:read"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    },
}
