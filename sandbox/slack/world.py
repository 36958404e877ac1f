"""The world of one run: its secrets, its state, and the way to tell pages and the bot's door about it."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.clock import Clock
from sandbox.slack import pictures
from sandbox.slack.faults import Faults
from sandbox.slack.feed import Feed
from sandbox.slack.files import Files
from sandbox.slack.grants import Grants
from sandbox.slack.manifest import App
from sandbox.slack.traffic import Traffic
from sandbox.slack.views import Views
from sandbox.slack.wire import Json
from sandbox.slack.workspace import Workspace

Mode = Literal["http", "socket"]
Level = Literal["error", "warning", "info"]


def _token(prefix: str) -> str:
    return f"{prefix}-sandbox-{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made anew for each run; the tokens are well-formed and say what they are."""

    bot_token: str = field(default_factory=lambda: _token("xoxb"))
    app_token: str = field(default_factory=lambda: _token("xapp"))
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))

    def all(self) -> tuple[str, ...]:
        """Every one of them, for the traffic's redaction."""
        return self.bot_token, self.app_token, self.signing_secret, self.verification_token


class World:
    """Everything that one run holds; other modules act on it."""

    def __init__(self, app: App, mode: Mode = "http", clock: Clock | None = None) -> None:
        self.app = app
        self.mode: Mode = mode
        self.url = ""  # of this server, once it is bound
        self.open_socket: Callable[[], str] = lambda: ""  # hands out Socket Mode addresses, once that listens
        self.secrets = Secrets()
        self.clock = clock or Clock()
        self.feed = Feed()
        self.faults = Faults(self.clock.now)
        self.traffic = Traffic(self.clock.now, self.secrets.all(), self.feed.publish_all)
        self.workspace = Workspace(app.name)
        self.views = Views()
        self.files = Files(self.clock.now, self.faults)
        self.grants = Grants(self.clock.now, self.faults)

    def reset(self) -> None:
        """Back to the first state. The clock stays where it is, secrets and addresses too."""
        self.faults.reset()
        self.traffic.reset()
        self.workspace.reset()
        self.views.reset()
        self.files.reset()
        self.grants.reset()

    def tell(self, users: Iterable[str], kind: str, **more: object) -> None:
        """Tell these users' pages of an event."""
        event: Json = {"type": kind, **{key: pictures.shown(value) for key, value in more.items()}}
        self.feed.publish(users, event)

    def notice(self, user: str, text: str, *, channel: str = "", level: Level = "error") -> None:
        """Say something to one user as Slack itself does, in a channel or above the page."""
        self.tell([user], "notice", level=level, text=text, **({"channel": channel} if channel else {}))
