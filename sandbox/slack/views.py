"""Views: each person's stack of at most three modals, and their App Home."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.slack.wire import Json
from sandbox.slack.workspace import APP_ID, BOT_ID, TEAM_ID

DEEPEST = 3


@dataclass(slots=True)
class View:
    """A view on someone's screen; `body` is what Slack sends of it, with its hash and the state of its inputs."""

    user: str
    body: Json

    @property
    def id(self) -> str:
        return str(self.body["id"])

    def values(self) -> Json:
        """What was typed and chosen so far: {block_id: {action_id: element state}}."""
        state: Json = self.body["state"]["values"]
        return state


class Views:
    """Modals by user, the top one last; homes by user."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._numbers = 0

    def reset(self) -> None:
        """Close everything."""
        self._stacks.clear()
        self._homes.clear()

    def top(self, user: str) -> View | None:
        """The modal that the user looks at."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def depth(self, user: str) -> int:
        """How many modals lie on each other."""
        return len(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """The user's published App Home."""
        return self._homes.get(user)

    def find(self, view_id: str, external_id: str = "") -> View | None:
        """An open modal or a home by its id, or by the app's own."""
        for view in self._all():
            if (view_id and view.id == view_id) or (external_id and view.body["external_id"] == external_id):
                return view
        return None

    def _all(self) -> Iterator[View]:
        for stack in self._stacks.values():
            yield from stack
        yield from self._homes.values()

    def open(self, user: str, given: Json, stamp: str) -> View:
        """Show a modal; what was open is closed."""
        view = self._made(user, given, stamp)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, given: Json, stamp: str) -> View:
        """Put a modal on top of the stack; the caller has looked at its depth."""
        stack = self._stacks.setdefault(user, [])
        view = self._made(user, given, stamp)
        if stack:
            view.body |= {"root_view_id": stack[0].id, "previous_view_id": stack[-1].id}
        stack.append(view)
        return view

    def update(self, view: View, given: Json, stamp: str) -> View:
        """Put new content into a view; inputs whose block, action and type stay keep their state."""
        kept = {key: view.body[key] for key in ("id", "root_view_id", "previous_view_id")}
        values = view.values()
        view.body = self._body(given, stamp) | kept
        view.body["state"] = {"values": _still_there(values, view.body["blocks"])}
        return view

    def publish(self, user: str, given: Json, stamp: str) -> View:
        """Make a view the user's App Home."""
        known = self._homes.get(user)
        if known:
            return self.update(known, given, stamp)
        self._homes[user] = self._made(user, given, stamp)
        return self._homes[user]

    def close(self, view: View) -> None:
        """Take one modal away."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)

    def clear(self, user: str) -> list[View]:
        """Take all of a user's modals away; returns them, the top one first."""
        return list(reversed(self._stacks.pop(user, [])))

    def _made(self, user: str, given: Json, stamp: str) -> View:
        self._numbers += 1
        view_id = f"V{self._numbers:04d}{secrets.token_hex(3).upper()}"
        ids = {"id": view_id, "root_view_id": view_id, "previous_view_id": None}
        return View(user, self._body(given, stamp) | ids)

    def _body(self, given: Json, stamp: str) -> Json:
        body: Json = {
            "id": "",
            "team_id": TEAM_ID,
            "type": given["type"],
            "blocks": given["blocks"],
            "private_metadata": given.get("private_metadata") or "",
            "callback_id": given.get("callback_id") or "",
            "state": {"values": {}},
            "hash": f"{stamp.partition('.')[0]}.{secrets.token_hex(4)}",
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "external_id": given.get("external_id") or "",
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }
        return body


def _still_there(values: Json, blocks: list[Json]) -> Json:
    known = {block["block_id"] for block in blocks}
    return {block_id: states for block_id, states in values.items() if block_id in known}
