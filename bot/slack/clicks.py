"""Who clicked, and where: from the payload alone."""

import json
from collections.abc import Mapping
from typing import Any

from bot.slack.desk import Desk, Payload, channel_of, response_url, user_of, workspace_of
from bot.workflows.front import Click


def click_of(desk: Desk, body: Payload, *, channel: str = "") -> Click:
    """Who clicked, where: from a window, its private metadata tells the channel."""
    action = (body.get("actions") or [{}])[0]
    view = body.get("view") or {}
    where = channel or channel_of(body) or str(kept_in(view).get("channel") or "") or user_of(body)
    mark = str(action.get("action_ts") or body.get("trigger_id") or view.get("hash") or "")
    return Click(
        user=user_of(body),
        channel=where,
        workspace=workspace_of(body),
        url=response_url(body),
        language=desk.language_for(body),
        mark=mark,
    )


def kept_in(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a window carries for us; it was made by us, and anybody may have changed it."""
    try:
        kept = json.loads(str(view.get("private_metadata") or "{}"))
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, Mapping) else {}
