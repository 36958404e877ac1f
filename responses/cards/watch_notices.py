"""What the bot says of its own sight, of channels that it lost, and of incidents that are kept no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from responses.cards.bulletin import Bulletin
from responses.cards.failure import lasting
from responses.cards.labels import labels
from responses.cards.model import Card
from responses.cards.parts import Notice, texts
from responses.cards.render import render_card
from responses.cards.text import Mrkdwn, moment, mrkdwn, plain
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import Language

BlindKind = Literal["no-sweep", "sign-in", "webhook-silent"]
_HEADER: Final = 150
# Slack's reasons, and the sentence for each: what is in an archived channel cannot be changed and is called inactive.
_LOST: Final[Mapping[str, str]] = {
    "is_archived": "is_archived",
    "is_inactive": "is_archived",
    "not_in_channel": "not_in_channel",
    "channel_not_found": "channel_not_found",
    "restricted_action": "restricted_action",
}


def blind_card(kind: BlindKind, since: datetime, why: Trouble | None, language: Language) -> Card:
    """The bot cannot see failures: since when, why, what that means, and what to do."""
    say = labels(language)
    head = say.text(f"blind.title_{kind}")
    bulletin = Bulletin()
    bulletin.header(plain(head, _HEADER))
    bulletin.text(say.mrkdwn(f"blind.what_{kind}", since=moment(since)), "what")
    if why is not None:
        bulletin.text(say.mrkdwn("blind.why", why=mrkdwn(sentence(why, say), 500)), "why")
    bulletin.text(say.mrkdwn(f"blind.do_{kind}"), "do")
    return bulletin.card(language, mrkdwn(head))


def sighted_card(kind: BlindKind, since: datetime, until: datetime, language: Language) -> Card:
    """The bot sees again; how long it did not, and that nothing was lost."""
    say = labels(language)
    head = say.text(f"blind.over_{kind}")
    lasted = lasting((until - since).total_seconds(), say)
    bulletin = Bulletin()
    bulletin.header(plain(head, _HEADER))
    bulletin.text(say.mrkdwn("blind.lasted", since=moment(since), until=moment(until), lasted=lasted), "lasted")
    bulletin.text(say.mrkdwn(f"blind.caught_{kind}"), "caught")
    return bulletin.card(language, mrkdwn(head))


def channel_lost_card(channel: str, why: str, goes_to: str, language: Language) -> Card:
    """A channel takes no messages any more; where they go now, and what to do."""
    say = labels(language)
    head = say.text("channel_lost.title")
    to = Mrkdwn(f"<#{goes_to}>") if goes_to.isalnum() else say.mrkdwn("channel_lost.nowhere")
    name = Mrkdwn(f"<#{channel}>") if channel.isalnum() else mrkdwn(channel, 60)
    bulletin = Bulletin()
    bulletin.header(plain(head, _HEADER))
    bulletin.text(say.mrkdwn(f"channel_lost.{_LOST.get(why, 'other')}", channel=name), "what")
    bulletin.text(say.mrkdwn("channel_lost.goes_to", to=to), "to")
    return bulletin.card(language, mrkdwn(head))


def incident_gone(language: Language) -> Card:
    """The incident behind a button is not kept any more."""
    words = labels(language).mrkdwn("incidents.gone")
    return render_card("notice", language, words, notice=Notice(plain(""), texts(words)))
