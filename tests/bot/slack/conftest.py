"""A stand-in Slack and a client of it for each test."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answers
from bot.background import Background
from bot.lookups.lookups import Lookups
from bot.settings import AzureSettings
from bot.slack.desk import Desk
from bot.slack.locales import Locales
from bot.slack.replies import Replies
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
    slack.answers["users.info"] = [Say(body={"ok": True, "user": {"id": "U1", "locale": "en-GB"}})]
    lookups = Lookups(AzureSettings(), ANSWERS.catalog, ANSWERS.resolver)
    return Desk(ANSWERS, Locales(client, background, "en", {}), replies, client, background, lookups)
