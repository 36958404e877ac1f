"""`/backup-jobs` and the buttons of its cards: who may ask, what is asked, and where the answer goes."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from slack_bolt import BoltResponse

from azure_ops.errors import AzureError, Throttled
from azure_ops.ids import parse_job
from bot.answers import ephemeral_body
from bot.lookups.pages import Choice, Turn, read_turn
from bot.lookups.problems import log_error, trouble_of
from bot.lookups.seeing import OutOfReach
from bot.slack.clicks import click_of
from bot.slack.desk import Desk, Payload, acknowledged, channel_of, is_ephemeral, new_reference, response_url, user_of
from bot.slack.refusals import NOTHING, reach_of, refused, refused_there
from bot.workflows.front import Click
from intents.look_up import LookUpJobs, ShowJobsHelp, read_jobs_command, to_text
from responses.cards.explainer import answer_view
from responses.cards.job_details import details_loading, details_trouble, job_details
from responses.cards.jobs import Trouble, azure_trouble, jobs_card, jobs_help, looking
from responses.cards.model import Card, View
from responses.cards.trouble import expired
from responses.cards.vaults import which_vault
from responses.catalog.model import Language

_log = logging.getLogger(__name__)
# A look-up has a minute; then there must be time to say how it ended.
_LOOK_UP_SECONDS: Final = 75.0
_MOST_AT_ONCE: Final = 4
_LONGEST_QUEUED: Final = 120.0
_SLOW_SECONDS: Final = 1.0

Put = Callable[[Card], Awaitable[None]]


def answer_command(desk: Desk, body: Payload) -> BoltResponse:
    """What `/backup-jobs TEXT` is acknowledged with, at once; the answer itself follows."""
    user = user_of(body)
    asked = read_jobs_command(str(body.get("text") or ""), datetime.now(UTC), desk.locales.zone_of(user))
    language = asked.language or desk.language_for(body)
    if isinstance(asked, ShowJobsHelp):
        card = jobs_help(language)
    elif (no := desk.rights.refusal_at_once(user, "look-up")) is not None:
        card = refused(no, NOTHING, language)
    elif not isinstance(asked, LookUpJobs):
        card = jobs_help(language, asked.word)
    else:
        # A command's response address cannot replace what its acknowledgement showed: the answer stands below it.
        work = _look(desk, body, asked, Turn("", 1, language), replace=False)
        is_started = _start(desk, body, work)
        card = looking(language, asked.name) if is_started else work.full()
    return acknowledged(ephemeral_body(card))


def answer_turn(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """Another page, the same anew, or the vault that was meant: in place of the card that was clicked."""
    turn = read_turn(value)
    language = turn.language if turn else desk.language_for(body)
    asked = read_jobs_command(turn.text, datetime.now(UTC), UTC) if turn else None
    if (no := desk.rights.refusal_at_once(user_of(body), "look-up")) is not None:
        _tell(desk, body, refused(no, NOTHING, language))
    elif turn is None or not isinstance(asked, LookUpJobs):
        desk.show(body, expired(language), name="expired button")
    else:
        _start(desk, body, _look(desk, body, asked, turn, replace=is_ephemeral(body)))
    return acknowledged()


def answer_details(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """One job in a window of its own, which opens while Azure is still being asked."""
    language, ref = desk.language_for(body), parse_job(value)
    if (no := desk.rights.refusal_at_once(user_of(body), "look-up")) is not None:
        _tell(desk, body, refused(no, NOTHING, language))
    elif ref is None:
        desk.show(body, expired(language), name="expired button")
    elif desk.is_first(body, value):

        async def view() -> View:
            click = click_of(desk, body)
            reach = await reach_of(desk, click)
            if not reach.decision.is_allowed:
                return answer_view(refused(reach.decision, NOTHING, language), language)
            try:
                found = await desk.lookups.details(ref, reach)
            except OutOfReach as outside:
                return answer_view(await refused_there(desk, click, outside.resource, language), language)
            offered = await desk.operations.offer(found, ref, click)
            return job_details(offered, language, private_metadata=json.dumps({"channel": channel_of(body)}))

        desk.start(body, lambda: _in_window(desk, body, view, language), name="job details", seconds=_LOOK_UP_SECONDS)
    return acknowledged()


def answer_explain(desk: Desk, body: Payload, value: str) -> BoltResponse:
    """The entry of a group, below the list, which stays; from a window, in a window on top."""
    code, language = desk.read_choice(body, value)
    is_window = bool(body.get("view"))
    card = desk.answers.entry_card(code, language, "modal" if is_window else "ephemeral") or expired(language)
    if desk.is_first(body, value):
        if is_window:
            desk.push(body, card, language)
        else:
            _tell(desk, body, card)
    return acknowledged()


def _tell(desk: Desk, body: Payload, card: Card) -> None:
    desk.start(body, lambda: desk.replies.tell(response_url(body), card), name="tell")


def _look(desk: Desk, body: Payload, asked: LookUpJobs, turn: Turn, *, replace: bool) -> "_Look":
    put = desk.putter(body, is_command=not turn.text, replace=replace)
    return _Look(desk, click_of(desk, body), asked, turn, put, is_click=bool(turn.text))


def _start(desk: Desk, body: Payload, work: "_Look") -> bool:
    """Twice the time of a look-up, and the longest wait between the two."""
    return desk.start(body, work.run, name="look up jobs", seconds=2 * _LOOK_UP_SECONDS + _LONGEST_QUEUED)


class _Look:
    """One look-up for one person, to its card."""

    def __init__(self, desk: Desk, click: Click, asked: LookUpJobs, turn: Turn, put: Put, *, is_click: bool) -> None:
        self._desk, self._click, self._asked, self._turn, self._put = desk, click, asked, turn, put
        self._user = click.user
        self._is_click = is_click

    async def run(self) -> None:
        """Look, and say what came of it; where Azure asks for a short wait, say so and look once more after it."""
        _log.info("%s looks up %r", self._user, to_text(self._asked))
        busy = self._desk.busy
        if busy[self._user] >= _MOST_AT_ONCE:
            await self._put(self._said(Trouble("azure.busy", {"count": str(_MOST_AT_ONCE)}), ""))
            return
        busy[self._user] += 1
        try:
            await self._answer()
        finally:
            busy[self._user] -= 1
            if not busy[self._user]:
                del busy[self._user]

    async def _answer(self) -> None:
        try:
            card = await self._card()
        except Throttled as error:
            card = await self._queued(error)
        except AzureError as error:
            card = self.trouble(error)
        await self._put(card)

    async def _queued(self, error: Throttled) -> Card:
        """Wait as long as Azure asks, if that is not long, and look once more."""
        if error.seconds > _LONGEST_QUEUED:
            return self.trouble(error)
        await self._put(self.trouble(error, f"{error.label}_queued"))
        await self._desk.sleep(error.seconds)
        try:
            return await self._card()
        except AzureError as second:
            return self.trouble(second)

    async def _card(self) -> Card:
        language = self._turn.language
        reach = await reach_of(self._desk, self._click)
        if not reach.decision.is_allowed:
            return refused(reach.decision, NOTHING, language)
        jobs = self._desk.lookups.jobs(self._asked, self._turn.page, language, reach=reach)
        look = asyncio.ensure_future(jobs)
        try:
            if self._is_click:  # a command was acknowledged with this card already
                await asyncio.wait({look}, timeout=_SLOW_SECONDS)
                if not look.done():
                    await self._put(looking(language, ""))
            found = await look
        except OutOfReach as outside:
            return await refused_there(self._desk, self._click, outside.resource, language)
        finally:
            look.cancel()
        if isinstance(found, Choice):
            return which_vault(found.asked, found.choices, language, is_known=found.is_known)
        return jobs_card(self._desk.operations.offer_groups(found, self._click), language)

    def full(self) -> Card:
        """More is asked than can be looked up at once."""
        return self._said(Trouble("azure.full", {}), "")

    def trouble(self, error: AzureError, label: str = "") -> Card:
        """What went wrong, under a reference that stands in the log too."""
        reference = new_reference()
        log_error(error, to_text(self._asked), reference)
        return self._said(Trouble(label or error.label, error.values), reference)

    def _said(self, trouble: Trouble, reference: str) -> Card:
        return azure_trouble(trouble, self._turn.language, reference)


async def _in_window(desk: Desk, body: Payload, view: Callable[[], Awaitable[View]], language: Language) -> None:
    opened = await desk.client.views_open(
        trigger_id=str(body.get("trigger_id", "")), view=details_loading(language).body
    )
    try:
        shown = await view()
    except AzureError as error:
        reference = new_reference()
        log_error(error, "job details", reference)
        shown = details_trouble(trouble_of(error), language, reference)
    await desk.client.views_update(view_id=opened["view"]["id"], view=shown.body)
