"""Names for what goes over the wire, and the error that a Web API method answers with."""

import json
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A Web API method says no: the body that follows `"ok": false`."""

    def __init__(self, error: str, messages: list[str] | None = None, **more: Any) -> None:
        self.error = error
        self.body: Json = {"ok": False, "error": error, **more}
        if messages:
            self.body["errors"] = messages
            self.body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}
        super().__init__(error)


def parsed(text: str) -> Any:
    """JSON where it is JSON, the text itself otherwise."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
