"""A local Slack in this process, a tiny bot beside it, and Slack's own client to talk to it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, running
from tests.sandbox.tiny_bot import TinyBot

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Backup Bot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Backup Bot"},
        "slash_commands": [{"command": "/backup-error", "description": "Explain", "usage_hint": "[code]"}],
        "shortcuts": [
            {"type": "global", "name": "Look up", "callback_id": "open_explainer", "description": "Search"},
            {"type": "message", "name": "Explain this", "callback_id": "explain_message", "description": "Explain"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "users:read",
                "users:read.email",
                "chat:write",
                "channels:read",
                "channels:history",
                "channels:join",
                "im:write",
                "reactions:write",
                "app_mentions:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]}},
}


@pytest.fixture
async def bot() -> AsyncIterator[TinyBot]:
    tiny = TinyBot()
    app = web.Application()
    app.router.add_post("/slack/events", tiny.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tiny.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield tiny
    tiny.released.set()
    await runner.cleanup()


@pytest.fixture
async def slack(bot: TinyBot) -> AsyncIterator[RunningSlack]:
    async with running(MANIFEST, bot_url=bot.url) as running_slack:
        yield running_slack


@pytest.fixture
async def web_client(slack: RunningSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, retry_handlers=[], timeout=5
        )


@pytest.fixture
async def http(slack: RunningSlack) -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client at the sandbox's address, as the page is one."""
    async with aiohttp.ClientSession(base_url=slack.url) as session:
        yield session
