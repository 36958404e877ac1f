"""Slash commands: read, and answered in the acknowledgement itself or after it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.answers import ephemeral_body
from bot.slack.backup_answers import answer_backup
from bot.slack.desk import Desk, Payload, acknowledged
from bot.slack.job_answers import answer_command
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


async def backup_jobs(desk: Desk, body: Payload) -> BoltResponse:
    """`/backup-jobs [vault or subscription] [failed|running|all] [24h|since ...]`: live jobs, for those who may."""
    return answer_command(desk, body)


async def backup(desk: Desk, body: Payload) -> BoltResponse:
    """`/backup whocan | audit | help`: who may do what, and what was done."""
    return answer_backup(desk, body)


COMMANDS: Final[Mapping[str, Handler]] = {
    "/backup-error": backup_error,
    "/backup-jobs": backup_jobs,
    "/backup": backup,
}
