"""What people want about routes, incidents and silences, as data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from intents.routing import EVERYWHERE, Mode, Place, Severity
from responses.catalog.model import Language

Which = Literal["open", "mine", "snoozed", "resolved", "all"]
Unread = Literal["word", "operation", "person", "end", "place"]
AREAS: Final = ("backup", "restore", "agent", "job", "policy", "register")


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell here. `name` is a vault's or a subscription's, as written; `place` what was labelled; None: not said."""

    place: Place = EVERYWHERE
    name: str = ""
    codes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    mode: Mode | None = None
    mention: str = ""
    mention_for: tuple[Severity, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Tell here no more: the route with this id, those of this name, or all of this channel."""

    name: str = ""
    is_all: bool = False
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShowRoutes:
    """What is told here, or everywhere."""

    is_all: bool = False
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShowIncidents:
    """What is failing; `name` is a VM's or a vault's."""

    name: str = ""
    which: Which = "open"
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """This VM rings nobody until then."""

    name: str
    until: datetime
    vault: str = ""
    reason: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Unmute:
    """This VM rings again."""

    name: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Maintain:
    """This part of the estate rings nobody in that time; `name` is a vault's, as written."""

    place: Place
    name: str
    starts: datetime
    ends: datetime
    reason: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShowSilences:
    """Everything that is silent."""

    language: Language | None = None


@dataclass(frozen=True, slots=True)
class EndSilence:
    """This silence is over."""

    id: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShowDigest:
    """The digest of this channel, now."""

    kind: Literal["daily", "weekly"] = "daily"
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class NotRead:
    """A `word` that means nothing here, a `person` whom only Slack's own list could name, or what is missing."""

    word: str
    what: Unread = "word"
    language: Language | None = None


Watched = (
    Subscribe | Unsubscribe | ShowRoutes | ShowIncidents | Mute | Unmute | Maintain | ShowSilences | EndSilence
    | ShowDigest | NotRead
)  # fmt: skip
