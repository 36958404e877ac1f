"""The workspace: its people, its channels and what was said in them, with no clock, network or app logic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sandbox.slack.wire import Json, SlackError

TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Night Shift"
TEAM_DOMAIN = "night-shift"
APP_ID = "A0BACKUPBOT"
BOT_ID = "B0BACKUPBOT"
BOT_USER = "U0BACKUPBOT"
EMMA, DAAN, PRIYA, GUEST = "U0EMMA", "U0DAAN", "U0PRIYA", "U0GUEST"
# Noor has left; Lena is of a supplier's workspace, with which the alerts channel is shared.
GONE, FOREIGN = "U0NOOR", "U0LENA"
OTHER_TEAM_ID = "T0SUPPLIER"


@dataclass(frozen=True, slots=True)
class User:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    display_name: str
    locale: str = "en-US"
    tz: str = "America/New_York"
    is_bot: bool = False
    is_restricted: bool = False
    is_deactivated: bool = False
    team: str = TEAM_ID

    @property
    def is_foreign(self) -> bool:
        """Whether they are of another workspace, and here only where a channel is shared with it."""
        return self.team != TEAM_ID

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    def as_slack(self, *, include_locale: bool = False) -> Json:
        """The user object of users.info."""
        profile: Json = {"real_name": self.real_name, "display_name": self.display_name, "team": self.team}
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        else:
            profile["email"] = self.email
        shown: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.is_deactivated,
            "tz": self.tz,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        return shown | ({"locale": self.locale} if include_locale else {})


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group; whoever manages it may change its members at any time."""

    id: str
    name: str
    handle: str
    users: tuple[str, ...]

    def as_slack(self) -> Json:
        """The user group object of usergroups.list, without its users."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_create": 1_700_000_000,
            "date_update": 1_700_000_000,
            "date_delete": 0,
            "user_count": len(self.users),
        }


@dataclass(slots=True)
class Channel:
    """A channel, or (`user` set) the direct conversation of that user with the app."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False
    user: str = ""

    @property
    def is_im(self) -> bool:
        return bool(self.user)

    @property
    def kind(self) -> str:
        """What events call `channel_type`."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    @property
    def shown_name(self) -> str:
        """The name in payloads, where Slack hides that of private places."""
        return "directmessage" if self.is_im else "privategroup" if self.is_private else self.name

    def as_slack(self) -> Json:
        """The conversation object of conversations.info."""
        if self.is_im:
            return {"id": self.id, "is_im": True, "user": self.user, "is_archived": False, "created": 1_700_000_000}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "is_member": BOT_USER in self.members,
            "created": 1_700_000_000,
            "creator": EMMA,
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": EMMA, "last_set": 1_700_000_000},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(slots=True)
class Message:
    """A message; `seen_by` names the only person who sees an ephemeral one."""

    channel: str
    body: Json
    seen_by: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread_ts(self) -> str:
        return str(self.body.get("thread_ts") or "")

    def as_slack(self) -> Json:
        """The message as conversations.history gives it."""
        rows = [{"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()]
        return self.body | ({"reactions": rows} if rows else {})

    def as_seen(self) -> Json:
        """The message as the page shows it."""
        return self.as_slack() | ({"is_ephemeral": True} if self.seen_by else {})


class Workspace:
    """People and channels by id; messages by channel, oldest first."""

    def __init__(self, bot_name: str) -> None:
        self._bot_name = bot_name
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self._messages: dict[str, list[Message]] = {}
        self.reset()

    def reset(self) -> None:
        """Back to the first state: everyone there, nothing said."""
        self.users = {user.id: user for user in _people(self._bot_name)}
        self.groups = {group.id: group for group in _groups()}
        self.channels = {channel.id: channel for channel in _places(self.users.values())}
        self._messages = {channel: [] for channel in self.channels}

    def channels_of(self, user: str) -> list[Channel]:
        """What stands in that user's sidebar: public channels unless an outsider, and where they are a member."""
        if self.users[user].is_deactivated:
            return []
        only_member = self.users[user].is_restricted or self.users[user].is_foreign
        return [channel for channel in self.channels.values() if self._is_open(channel, user, only_member)]

    def _is_open(self, channel: Channel, user: str, only_member: bool) -> bool:
        if channel.is_archived or channel.is_im or channel.is_private or only_member:
            return not channel.is_archived and user in channel.members
        return True

    def add(self, message: Message) -> Message:
        """Say something. A reply counts up at the head of its thread."""
        self._messages[message.channel].append(message)
        head = self.find(message.channel, message.thread_ts)
        if head and head is not message and not message.seen_by:
            head.body["thread_ts"] = head.ts
            head.body["reply_count"] = head.body.get("reply_count", 0) + 1
            head.body["latest_reply"] = message.ts
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, or None."""
        return next((message for message in self._messages.get(channel, ()) if message.ts == ts), None)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self._messages[message.channel].remove(message)

    def said_in(self, channel: str) -> Iterator[Message]:
        """What everyone in the channel sees, oldest first."""
        return (message for message in self._messages[channel] if not message.seen_by)

    def seen_by(self, channel: str, user: str) -> list[Message]:
        """What one person sees in the channel, oldest first."""
        return [message for message in self._messages[channel] if message.seen_by in ("", user)]

    def direct(self, user: str) -> Channel:
        """The direct conversation of a user with the app. Raises SlackError for those who have none."""
        for channel in self.channels.values():
            if channel.user == user and not self.users[user].is_deactivated:
                return channel
        raise SlackError("user_disabled" if self.users[user].is_deactivated else "channel_not_found")

    def watchers(self, channel: str) -> list[str]:
        """Everyone whose page may show the channel."""
        return [user for user in self.users if any(one.id == channel for one in self.channels_of(user))]


def _people(bot_name: str) -> list[User]:
    return [
        User(EMMA, "emma", "Emma Johnson", "Emma"),
        User(DAAN, "daan", "Daan de Vries", "Daan", locale="nl-NL", tz="Europe/Amsterdam"),
        User(PRIYA, "priya", "Priya Shah", "Priya", locale="en-GB", tz="Europe/London"),
        User(GUEST, "sam", "Sam Lee (guest)", "Sam", is_restricted=True),
        User(GONE, "noor", "Noor Bakker (left)", "Noor", locale="nl-NL", tz="Europe/Amsterdam", is_deactivated=True),
        User(FOREIGN, "lena", "Lena Fischer (Contoso)", "Lena", tz="Europe/Berlin", team=OTHER_TEAM_ID),
        User(BOT_USER, "backupbot", bot_name, bot_name, is_bot=True),
    ]


def _groups() -> list[UserGroup]:
    return [
        UserGroup("S0ONCALL", "On call", "on-call", (EMMA, DAAN)),
        UserGroup("S0BACKUP", "Backup admins", "backup-admins", (EMMA, PRIYA)),
    ]


def _places(users: Iterable[User]) -> list[Channel]:
    everyone = {user.id for user in users if not user.is_deactivated and not user.is_foreign}
    team = everyone - {GUEST}
    people = sorted(everyone - {BOT_USER})
    return [
        Channel("C0ALERTS", "backup-alerts", {*team, FOREIGN}, "Failed backups and what was done"),
        Channel("C0GENERAL", "general", set(everyone)),
        Channel("C0AZUREOPS", "azure-ops", team - {BOT_USER}),
        Channel("C0BACKUPOPS", "backup-ops", team - {BOT_USER}),
        Channel("C0PRODBACKUPS", "prod-backups", team - {BOT_USER}),
        Channel("C0ONCALL", "on-call-private", {EMMA, DAAN}, is_private=True),
        Channel("C0ARCHIVE", "alerts-2025", set(team), is_archived=True),
        *(Channel(f"D0{user.removeprefix('U0')}", "", {user, BOT_USER}, user=user) for user in people),
    ]
