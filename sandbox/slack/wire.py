"""Names for what goes over the wire, and the one error that a control path answers with."""

import json
from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """A person asked for what cannot be done: `code` for programs, `message` for people, `status` 4xx."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


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
