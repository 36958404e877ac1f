"""A running Slack in the hands of a test or a program: its addresses and secrets, and what people do in it."""

from collections.abc import Iterable
from typing import Any

from sandbox.clock import Clock
from sandbox.slack import administration, interactions, people
from sandbox.slack.delivery import Courier
from sandbox.slack.faults import Faults
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.traffic import Traffic
from sandbox.slack.wire import Json
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import World


class RunningSlack:
    """The coroutines mirror the control paths of the same names; they raise Refused where those answer 4xx."""

    def __init__(self, world: World, sockets: SocketMode, bot_url: str | None) -> None:
        self._world = world
        self._courier: Courier | None = None
        self.sockets = sockets
        self.bot_url = bot_url

    def attach(self, courier: Courier) -> None:
        """Who delivers; set once while the server starts."""
        self._courier = courier

    @property
    def url(self) -> str:
        """Of the page and the Web API, without a trailing slash."""
        return self._world.url

    @property
    def bot_token(self) -> str:
        return self._world.secrets.bot_token

    @property
    def app_token(self) -> str:
        return self._world.secrets.app_token

    @property
    def signing_secret(self) -> str:
        return self._world.secrets.signing_secret

    @property
    def world(self) -> World:
        """Everything else that the run holds."""
        return self._world

    @property
    def workspace(self) -> Workspace:
        return self._world.workspace

    @property
    def clock(self) -> Clock:
        return self._world.clock

    @property
    def faults(self) -> Faults:
        return self._world.faults

    @property
    def traffic(self) -> Traffic:
        return self._world.traffic

    def _who(self) -> tuple[World, Courier]:
        assert self._courier is not None  # attached before the server starts
        return self._world, self._courier

    async def command(self, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
        """{ok, status, elapsed_ms}"""
        return await people.command(*self._who(), user, channel, text, thread_ts)

    async def message(self, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
        """{ok, ts}"""
        return await people.message(*self._who(), user, channel, text, thread_ts)

    async def action(
        self,
        user: str,
        container: Json,
        block_id: str,
        action_id: str,
        value: Any = None,
        state: Json | None = None,
    ) -> Json:
        """{ok, status}"""
        return await interactions.action(*self._who(), user, container, block_id, action_id, value, state)

    async def options(self, user: str, container: Json, block_id: str, action_id: str, value: str) -> Json:
        """{options?, option_groups?}"""
        return await interactions.options(*self._who(), user, container, block_id, action_id, value)

    async def submit(self, user: str, view_id: str, state: Json) -> Json:
        """{ok, errors?}"""
        return await interactions.submit(*self._who(), user, view_id, state)

    async def close(self, user: str, view_id: str) -> Json:
        """{ok}"""
        return await interactions.close(*self._who(), user, view_id)

    async def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> Json:
        """{ok, status, elapsed_ms}"""
        return await people.shortcut(*self._who(), user, callback_id, channel, ts)

    async def open_home(self, user: str) -> Json:
        """{ok, view}"""
        return await people.open_home(*self._who(), user)

    async def home(self, user: str) -> Json | None:
        """The published App Home, or None."""
        view: Json | None = people.home(self._world, user)["view"]
        return view

    async def view(self, user: str) -> Json | None:
        """The modal on top, or None."""
        view: Json | None = people.top_view(self._world, user)["view"]
        return view

    async def messages(self, channel: str, user: str) -> list[Json]:
        """What that user sees, oldest first."""
        seen: list[Json] = people.messages(self._world, user, channel)["messages"]
        return seen

    def change_group(self, group: str, users: Iterable[str]) -> None:
        """From now on these are in a user group."""
        administration.change_group(self._world, {"group": group, "users": list(users)})

    def change_person(self, user: str, **switches: bool) -> None:
        """`deactivated` or `guest`, on or off."""
        administration.change_person(self._world, {"user": user, **switches})

    def change_channel(self, channel: str, **switches: bool) -> None:
        """`archived`, or whether the `app` is in it."""
        administration.change_channel(self._world, {"channel": channel, **switches})

    def archive(self, channel: str) -> None:
        """Nobody can speak there any more."""
        self.change_channel(channel, archived=True)

    def unarchive(self, channel: str) -> None:
        """Everybody can again."""
        self.change_channel(channel, archived=False)

    def remove_bot(self, channel: str) -> None:
        """Take the app out of a channel, public or private."""
        self.change_channel(channel, app=False)

    def invite_bot(self, channel: str) -> None:
        """Let the app into a channel, public or private."""
        self.change_channel(channel, app=True)

    def file(self, id: str) -> bytes:
        """What the app has uploaded under an id. Raises SlackError file_not_found."""
        return self._world.files.find(id).content

    async def reset(self) -> None:
        """Back to the first state."""
        self._world.reset()
