"""Builds everything once; the only file that knows all parts."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answers
from bot.background import Background
from bot.incidents.rules import Rules
from bot.lookups.lookups import Lookups
from bot.reload import Reload
from bot.rights.members import Members
from bot.rights.rights import Rights
from bot.settings import Settings, config_path
from bot.slack.app import Identity, make_app
from bot.slack.desk import Desk
from bot.slack.locales import Locales
from bot.slack.replies import Replies
from bot.slack.telling import Telling
from bot.slack_failures import SLACK_FAILURES, refusal
from bot.store.store import Store
from bot.watch_wiring import build_watch
from bot.web import Doors, Health, make_web
from bot.workflows.front import Operations
from bot.workflows.showing import Showing
from bot.workflows.workshop import Workshop
from bot.working import Working
from responses.catalog import load as load_catalog

if TYPE_CHECKING:
    from bot.slack.socket import Socket

_log = logging.getLogger(__name__)
_SLACK_SECONDS = 5
_DRAIN_SECONDS = 1.0


def make_server(settings: Settings, now: Callable[[], float] = time.time) -> uvicorn.Server:
    """A server ready to run, in either mode; `now` is the clock that incidents go by."""
    config = uvicorn.Config(
        build(settings, now),
        host=settings.host,
        port=settings.port,
        log_config=None,  # its own handlers would write around the redaction
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        limit_concurrency=2_000,
    )
    return uvicorn.Server(config)


def build(settings: Settings, now: Callable[[], float] = time.time) -> Doors:
    """The whole bot as an ASGI app. Raises CatalogError when the catalog cannot be read."""
    answers = Answers(load_catalog(settings.catalog))
    background = Background()
    client = _client(settings, AsyncConnectionErrorRetryHandler(max_retry_count=1))
    # What the outbox says must not be said again unseen: it looks before it tries again.
    speaker = _client(settings)
    locales = Locales(client, background, settings.language, settings.channel_languages)
    identity = Identity(client)
    replies = Replies(settings.slack_api_base_url)
    lookups = Lookups(settings, answers.catalog, answers.resolver)
    rights = Rights(Members(client), settings.all_grants)
    shop = Workshop(
        store=_store(settings),
        rights=rights,
        lookups=lookups,
        catalog=answers.catalog,
        resolver=answers.resolver,
        showing=Showing(answers.catalog, settings.azure_portal),
        limits=settings.operations,
        tell=Telling(client, replies).tell,
        language_of_channel=lambda channel: locales.language_of("", channel),
        wake=lambda: working.outbox.wake(),
    )
    operations = Operations(shop)
    working = Working(settings, shop.store, speaker, operations)
    watch = build_watch(settings, shop, client, working, now)
    desk = Desk(answers, locales, replies, client, background, lookups, rights, operations, watch.room,
                watch.handling, watch.arranging, watch.digests)  # fmt: skip
    bolt = make_app(desk, identity)
    reload = _reload(settings, rights, locales, watch.room.rules)
    socket = _socket(bolt, settings, client)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        # slack_sdk applies its own time limit only to sessions that it makes itself.
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS)) as session:
            client.session = speaker.session = session
            replies.use(session)
            background.start(_greet(identity, locales), name="learn the workspace", seconds=60)
            working.start()
            reloading = asyncio.create_task(reload.run(), name="look at the config file")
            if socket is not None:
                socket.start()
            _log.info("starting: %s entries, %s mode, port %s", len(answers.catalog), settings.mode, settings.port)
            yield
            if socket is not None:
                await socket.close()
            reloading.cancel()
            await background.drain(_DRAIN_SECONDS)
            await watch.close()
            await working.close()
            await lookups.close()
            await rights.close()

    async def health() -> Health:
        return Health(len(answers.catalog), is_ready=socket is None or await socket.is_connected())

    secret = settings.slack_signing_secret if settings.mode == "http" else None
    return make_web(bolt, secret.get_secret_value() if secret else None, health, running(), watch.door.routes())


def _reload(settings: Settings, rights: Rights, locales: Locales, rules: Rules) -> Reload:
    """What people change in the config file is taken over where a running bot can."""

    def use(changed: Settings) -> None:
        rights.use(changed.all_grants)
        locales.use_channels(changed.channel_languages)
        rules.use(changed.routes, changed.maintenance)

    return Reload(config_path(), settings, use)


async def _greet(identity: Identity, locales: Locales) -> None:
    """Learn who we are and who is there. A refused token is told plainly; questions are answered all the same."""
    try:
        await identity.learn()
    except SlackApiError as error:
        _log.error("Slack refused SLACK_BOT_TOKEN (%s): install the app anew and copy its token", refusal(error))
        return
    except SLACK_FAILURES as error:
        _log.warning("Slack cannot be reached yet (%s)", refusal(error))
    try:
        await locales.fetch_ahead()
    except SLACK_FAILURES as error:
        _log.warning("the members' languages could not be fetched ahead (%s)", refusal(error))


def _client(settings: Settings, *retries: AsyncConnectionErrorRetryHandler) -> AsyncWebClient:
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_base_url,
        timeout=_SLACK_SECONDS,
        retry_handlers=list(retries),
    )


def _store(settings: Settings) -> Store:
    return Store(settings.database_url.get_secret_value(), settings.audit_secret)


def _socket(bolt: AsyncApp, settings: Settings, client: AsyncWebClient) -> "Socket | None":
    if settings.mode != "socket" or settings.slack_app_token is None:
        return None
    from bot.slack.socket import Socket  # only this mode needs the WebSocket client

    return Socket(bolt, settings.slack_app_token.get_secret_value(), client)
