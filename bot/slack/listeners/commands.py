"""Slash commands: read, answered in the acknowledgement itself."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.answers import ephemeral_body
from bot.slack.desk import Desk, Payload, acknowledged
from intents.model import ExplainError, ShowHelp
from intents.recognise import read_command
from responses.cards.help import help_card

Handler = Callable[[Desk, Payload], Awaitable[BoltResponse]]


async def backup_error(desk: Desk, body: Payload) -> BoltResponse:
    """`/backup-error TEXT`: a card; without text, the window with the list and the paste box."""
    intent = read_command(str(body.get("text") or ""))
    language = intent.language or desk.language_for(body)
    if isinstance(intent, ExplainError):
        return acknowledged(desk.answers.acknowledgement(intent.text, language))
    if isinstance(intent, ShowHelp):
        return acknowledged(ephemeral_body(help_card(language)))
    desk.open_explainer(body, language)
    return acknowledged()


COMMANDS: Final[Mapping[str, Handler]] = {"/backup-error": backup_error}
