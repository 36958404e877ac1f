"""A stand-in Slack and a client of it for each test."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from tests.bot.slack.stand_in import StandIn, running

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
