"""The few places where Slack's published types are stricter than what Slack really sends, each with its reason."""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Waiver:
    """`at` is the path of a property inside the schema file of `kind`; it may also match `also`, or be absent."""

    kind: str
    at: tuple[str, ...]
    reason: str
    also: Schema | None = None
    may_be_absent: bool = False


# The interaction payloads and the definition in their file that holds the payload's own properties.
_INTERACTIONS = {
    "block_action": "BlockAction",
    "block_suggestion": "BlockSuggestion",
    "view_submission": "WithKnownView<ViewSubmitAction>",
    "view_closed": "WithKnownView<ViewClosedAction>",
    "message_shortcut": "MessageShortcut",
    "global_shortcut": "GlobalShortcut",
}

_ENTERPRISE = tuple(
    Waiver(
        kind,
        (definition, "enterprise"),
        "Outside an Enterprise organisation Slack sends enterprise: null; the type only knows the key's absence.",
        also={"type": "null"},
    )
    for kind, definition in _INTERACTIONS.items()
)
_USERNAME = tuple(
    Waiver(
        kind,
        (_INTERACTIONS[kind], "user", "username"),
        "Slack's example payloads carry user.username; the type has only id, name and team_id.",
        also={"type": "string"},
    )
    for kind in ("block_suggestion", "view_submission", "view_closed")
)

WAIVERS = (
    *_ENTERPRISE,
    *_USERNAME,
    Waiver(
        "block_action",
        ("BlockAction", "response_url"),
        "A click inside a modal or the App Home has no response URL; the type requires one everywhere.",
        may_be_absent=True,
    ),
    Waiver(
        "event_callback",
        ("AppHomeOpenedEvent", "view"),
        "app_home_opened carries the published view with its id, hash and state; the type has the view as sent.",
        also={"type": "object", "required": ["id", "type", "blocks", "hash", "state"]},
    ),
)


def loosen(kind: str, schema: Schema) -> Schema:
    """The schema of `kind` with its waivers built in, changed in place. KeyError when a waiver's path is gone."""
    for waiver in WAIVERS:
        if waiver.kind == kind:
            _apply(waiver, schema)
    return schema


def _apply(waiver: Waiver, schema: Schema) -> None:
    definition, *steps = waiver.at
    owner = schema["definitions"][definition]
    for step in steps[:-1]:
        owner = owner["properties"][step]
    name = steps[-1]
    if waiver.may_be_absent:
        owner["required"].remove(name)
    if waiver.also is not None:
        known = owner["properties"].get(name)
        owner["properties"][name] = waiver.also if known is None else {"anyOf": [known, waiver.also]}
