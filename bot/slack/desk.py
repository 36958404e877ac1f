"""What every listener needs at hand, and the few moves that they share."""

import asyncio
import json
import logging
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from slack_bolt import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answers
from bot.background import Background
from bot.incidents.arranging import Arranging
from bot.incidents.digests import Digests
from bot.incidents.handling import Handling
from bot.incidents.newsroom import Newsroom
from bot.lookups.lookups import Lookups
from bot.rights.rights import Rights
from bot.slack.locales import Locales
from bot.slack.replies import Replies, ReplyFailed
from bot.slack_failures import SLACK_FAILURES, refusal
from bot.workflows.front import Operations
from responses.cards.explainer import answer_view, explainer
from responses.cards.model import Card, View
from responses.cards.trouble import expired, failed
from responses.catalog.model import LANGUAGES, Language

Payload = Mapping[str, Any]
_JSON: Final = {"content-type": ["application/json;charset=utf-8"]}
_log = logging.getLogger(__name__)
_WORK_SECONDS: Final = 10.0
_ONCE_SECONDS: Final = 3.0
_SHOWN_SECONDS: Final = 0.4
# What the background gives beyond that, to say that it failed.
_APOLOGY_SECONDS: Final = 10.0


class Claims:
    """Names taken once: a second click, a redelivery or a duplicate finds its name taken. Kept for an hour, bounded."""

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = 50_000) -> None:
        self._now = now
        self._most = most
        self._until: OrderedDict[str, float] = OrderedDict()

    def take(self, name: str, seconds: float = 3_600.0) -> bool:
        """True for the first who asks within `seconds`."""
        now = self._now()
        while self._until and (len(self._until) >= self._most or next(iter(self._until.values())) < now):
            self._until.popitem(last=False)
        if self._until.get(name, now) > now:
            return False
        self._until[name] = now + seconds
        self._until.move_to_end(name)
        return True

    def give_back(self, name: str) -> None:
        """What could not be done may be tried again."""
        self._until.pop(name, None)


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that listeners use; wiring makes one."""

    answers: Answers
    locales: Locales
    replies: Replies
    client: AsyncWebClient
    background: Background
    lookups: Lookups
    rights: Rights
    operations: Operations
    room: Newsroom
    handling: Handling
    arranging: Arranging
    digests: Digests
    claims: Claims = field(default_factory=Claims)
    busy: Counter[str] = field(default_factory=Counter)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def language_for(self, body: Payload) -> Language:
        """The language of the person behind a payload."""
        return self.locales.language_of(user_of(body), channel_of(body))

    def read_choice(self, body: Payload, value: str) -> tuple[str, Language]:
        """A button's `CODE|LANGUAGE`; a value without a known language means the clicker's own."""
        code, _, wanted = value.partition("|")
        return code, next((each for each in LANGUAGES if each == wanted), None) or self.language_for(body)

    def show(self, body: Payload, card: Card, *, name: str, language: Language | None = None) -> None:
        """Put a card where the click came from: in its modal (then in that language), or in place of its message."""
        self.background.start(self._show(body, card, language or self.language_for(body)), name=name)

    def open(self, body: Payload, view: View, *, name: str) -> None:
        """Open a modal while the trigger is fresh (3 s); say so where that failed."""
        self.background.start(self._open(body, view), name=name)

    def open_explainer(self, body: Payload, language: Language) -> None:
        """Open the window with the searchable list and the paste box; it answers in the language it is in."""
        self.open(body, explainer(language, private_metadata=in_language(language)), name="open explainer")

    def push(self, body: Payload, card: Card, language: Language) -> None:
        """Put a card into a window on top of the one that was clicked in."""

        async def put() -> None:
            shown = answer_view(card, language, private_metadata=in_language(language))
            await self.client.views_push(trigger_id=str(body.get("trigger_id", "")), view=shown.body)

        self.start(body, put, name="push a window")

    def is_first(self, body: Payload, value: str) -> bool:
        """A double click is one click; another button of the same card is another one."""
        container = body.get("container") or {}
        where = container.get("message_ts") or container.get("view_id") or ""
        button = (body.get("actions") or [{}])[0].get("action_id") or ""
        return self.claims.take(f"click {user_of(body)} {where} {button} {value}", _ONCE_SECONDS)

    def putter(self, body: Payload, *, is_command: bool, replace: bool) -> Callable[[Card], Awaitable[None]]:
        """Puts the answer of a command below its acknowledgement, or of a click in place of its card or below it.

        An answer that is ready at once would overtake the acknowledgement on its way, and stand above it.
        """
        clock = asyncio.get_running_loop().time
        earliest = clock() + (_SHOWN_SECONDS if is_command else 0.0)

        async def put(card: Card) -> None:
            if (wait := earliest - clock()) > 0:
                await self.sleep(wait)
            await self.replies.tell(response_url(body), card, replace=replace)

        return put

    def start(
        self, body: Payload, work: Callable[[], Awaitable[None]], *, name: str, seconds: float = _WORK_SECONDS
    ) -> bool:
        """Do work after the acknowledgement and tell the person when it fails; False when too much waits already."""
        told = self._told(body, work, seconds=seconds)
        return self.background.start(told, name=name, seconds=seconds + _APOLOGY_SECONDS)

    async def _show(self, body: Payload, card: Card, language: Language) -> None:
        async def put() -> None:
            view = body.get("view") or {}
            if view.get("id"):
                shown = answer_view(card, language, private_metadata=in_language(language))
                await self.client.views_update(view_id=view["id"], view=shown.body)
            else:
                await self.replies.tell(response_url(body), card, replace=is_ephemeral(body))

        await self._told(body, put)

    async def _open(self, body: Payload, view: View) -> None:
        async def put() -> None:
            await self.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view.body)

        await self._told(body, put, lambda language, reference: expired(language))

    async def _told(
        self,
        body: Payload,
        work: Callable[[], Awaitable[None]],
        card: Callable[[Language, str], Card] = failed,
        *,
        seconds: float = _WORK_SECONDS,
    ) -> None:
        """A click is never silent: what fails is answered with a card, in place or in a window of its own."""
        try:
            async with asyncio.timeout(seconds):
                await work()
        except (*SLACK_FAILURES, ReplyFailed) as error:
            reference = new_reference()
            _log.warning("%s: Slack refused (%s)", reference, _why(error))
            await self._apologise(body, card(self.language_for(body), reference), reference)

    async def _apologise(self, body: Payload, card: Card, reference: str) -> None:
        try:
            await self.replies.tell(response_url(body), card, tries=1)
        except ReplyFailed as error:
            try:
                view = answer_view(card, self.language_for(body))
                await self.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view.body)
            except SLACK_FAILURES as second:
                _log.warning("%s: could not be told either (%s; %s)", reference, error, refusal(second))


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, ReplyFailed) else refusal(error)


def new_reference() -> str:
    """A short key that stands in the card and in the log."""
    return secrets.token_hex(4)


def in_language(language: Language) -> str:
    """What a window keeps for its submission."""
    return json.dumps({"language": language})


def acknowledged(body: str = "") -> BoltResponse:
    """An acknowledgement: empty, or a JSON body that Slack acts on."""
    return BoltResponse(status=200, body=body, headers=dict(_JSON) if body else {})


def user_of(body: Payload) -> str:
    """The user id of any payload: commands name it flat, interactions in an object."""
    user = body.get("user")
    return str(user.get("id", "")) if isinstance(user, Mapping) else str(body.get("user_id") or user or "")


def channel_of(body: Payload) -> str:
    """The channel id of any payload, empty where there is none."""
    channel = body.get("channel")
    return str(channel.get("id", "")) if isinstance(channel, Mapping) else str(body.get("channel_id") or "")


def workspace_of(body: Payload) -> str:
    """The workspace that whoever sent a payload is of: commands name it flat, interactions with the person."""
    user, team = body.get("user"), body.get("team")
    told = user.get("team_id") if isinstance(user, Mapping) else None
    return str(told or (team.get("id") if isinstance(team, Mapping) else None) or body.get("team_id") or "")


def response_url(body: Payload) -> str:
    """The address for answers; a modal opened from a message carries it in a list."""
    urls = body.get("response_urls") or [{}]
    return str(body.get("response_url") or urls[0].get("response_url") or "")


def is_ephemeral(body: Payload) -> bool:
    """Whether the click came from a message that only its reader sees, which may be replaced."""
    return bool((body.get("container") or {}).get("is_ephemeral"))
