"""A stand-in Slack and a client of it for each test."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from azure_ops.portal import Portal
from bot.answers import Answers
from bot.background import Background
from bot.incidents.arranging import Arranging
from bot.incidents.digests import Digests
from bot.incidents.handling import Handling
from bot.incidents.joining import Joining
from bot.incidents.newsroom import Newsroom
from bot.incidents.points import Points
from bot.incidents.rules import Rules
from bot.incidents.scene import Scenery
from bot.limits import Limits
from bot.lookups.lookups import Lookups
from bot.pictures import Pictures
from bot.rights.members import Members
from bot.rights.rights import Rights
from bot.settings import AzureSettings
from bot.slack.desk import Desk
from bot.slack.locales import Locales
from bot.slack.replies import Replies
from bot.slack.telling import Telling
from bot.store.store import Store
from bot.watch_settings import Watch
from bot.workflows.front import Operations
from bot.workflows.showing import Showing
from bot.workflows.workshop import Workshop
from responses.catalog import load
from tests.bot.slack.stand_in import Say, StandIn, running

ANSWERS = Answers(load())
TOKEN = "xoxb-not-a-real-token"


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with running() as stand_in:
        yield stand_in


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: StandIn, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=slack.api, session=session, timeout=5)


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    background = Background()
    yield background
    await background.drain(2)


@pytest.fixture
def desk(slack: StandIn, client: AsyncWebClient, session: aiohttp.ClientSession, background: Background) -> Desk:
    replies = Replies(slack.api)
    replies.use(session)
    slack.answers["auth.test"] = [Say(body={"ok": True, "team_id": "T1"})]
    slack.answers["users.info"] = [Say(body={"ok": True, "user": {"id": "U1", "team_id": "T1", "locale": "en-GB"}})]
    lookups = Lookups(AzureSettings(), ANSWERS.catalog, ANSWERS.resolver)
    rights, locales = Rights(Members(client)), Locales(client, background, "en", {})
    shop = Workshop(
        store=Store("sqlite:///:memory:"),
        rights=rights,
        lookups=lookups,
        catalog=ANSWERS.catalog,
        resolver=ANSWERS.resolver,
        showing=Showing(ANSWERS.catalog, Portal()),
        limits=Limits(),
        tell=Telling(client, replies).tell,
        language_of_channel=lambda channel: locales.language_of("", channel),
        wake=lambda: None,
    )
    room = Newsroom(
        store=shop.store,
        rights=rights,
        catalog=ANSWERS.catalog,
        scenery=Scenery(lookups, ANSWERS.catalog),
        points=Points(lookups),
        pictures=Pictures(client),
        rules=Rules((), (), ""),
        settings=Watch(),
        portal=Portal(),
        replica="local",
        language_of_channel=shop.language_of_channel,
        wake_outbox=lambda: None,
        wake_tellers=lambda: None,
    )
    watch = Handling(room), Arranging(room, Joining(client)), Digests(room)
    return Desk(ANSWERS, locales, replies, client, background, lookups, rights, Operations(shop), room, *watch)
