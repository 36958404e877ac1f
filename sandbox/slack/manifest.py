"""The app manifest: what the app offers, what it may do, and what it wants to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.slack.wire import Json


class ManifestError(Exception):
    """The manifest cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class App:
    """The app as its manifest describes it."""

    name: str
    commands: tuple[Json, ...]
    shortcuts: tuple[Json, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    has_home_tab: bool
    has_messages_tab: bool

    def command(self, name: str) -> Json | None:
        """The declared slash command of that name (with its slash), or None."""
        return next((command for command in self.commands if command["command"] == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        """The declared shortcut, `kind` being "global" or "message", or None."""
        wanted = (callback_id, kind)
        return next((one for one in self.shortcuts if (one["callback_id"], one["type"]) == wanted), None)


def read_manifest(path: Path) -> Json:
    """The YAML file as a mapping. Raises ManifestError."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read ({error.strerror}). Name another with --manifest.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: is not valid YAML ({error}).") from error
    if not isinstance(content, dict):
        raise ManifestError(f"{path}: is not an app manifest; it should be a mapping with display_information.")
    return content


def app_of(manifest: Mapping[str, Any]) -> App:
    """Read the parts that the sandbox acts on. Raises ManifestError when one has the wrong shape."""
    features = _mapping(manifest, "features")
    home = _mapping(features, "app_home")
    bot_user = _mapping(features, "bot_user")
    return App(
        name=str(bot_user.get("display_name") or _mapping(manifest, "display_information").get("name") or "App"),
        commands=_entries(features, "slash_commands", "command"),
        shortcuts=_entries(features, "shortcuts", "callback_id", "type", "name"),
        scopes=tuple(_mapping(_mapping(manifest, "oauth_config"), "scopes").get("bot") or ()),
        events=frozenset(_mapping(_mapping(manifest, "settings"), "event_subscriptions").get("bot_events") or ()),
        has_home_tab=bool(home.get("home_tab_enabled")),
        has_messages_tab=bool(home.get("messages_tab_enabled")),
    )


def _mapping(owner: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = owner.get(key) or {}
    if not isinstance(value, Mapping):
        raise ManifestError(f"manifest: {key} should be a mapping.")
    return value


def _entries(features: Mapping[str, Any], key: str, *needed: str) -> tuple[Json, ...]:
    entries = features.get(key) or []
    for entry in entries:
        for name in needed:
            if not isinstance(entry, Mapping) or not isinstance(entry.get(name), str):
                raise ManifestError(f"manifest: every entry of {key} needs {name}.")
    return tuple(dict(entry) for entry in entries)
