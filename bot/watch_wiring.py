"""Builds the watch over failures: who takes them in, who tells about them, and the door for alerts."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.incidents.arranging import Arranging
from bot.incidents.digests import Digests
from bot.incidents.handling import Handling
from bot.incidents.joining import Joining
from bot.incidents.lost_channels import LostChannels
from bot.incidents.newsroom import Newsroom
from bot.incidents.points import Points
from bot.incidents.rules import Rules
from bot.incidents.scene import Scenery
from bot.incidents.sight import Sight
from bot.incidents.telling import Telling
from bot.incidents.watching import Watching
from bot.intake.deliveries import Deliveries
from bot.intake.door import AlertDoor
from bot.intake.inbox_reading import InboxReading
from bot.intake.sweep import Sweep
from bot.intake.taking import Taking
from bot.pictures import Pictures
from bot.settings import Settings
from bot.workflows.workshop import Workshop
from bot.working import Working


@dataclass(frozen=True, slots=True)
class WatchParts:
    """What others need of the watch; its loops begin and end with durable work."""

    room: Newsroom
    handling: Handling
    arranging: Arranging
    digests: Digests
    deliveries: Deliveries
    door: AlertDoor

    async def close(self) -> None:
        """Write what was received and is not stored yet."""
        await self.deliveries.close()


def build_watch(
    settings: Settings, shop: Workshop, client: AsyncWebClient, working: Working, now: Callable[[], float]
) -> WatchParts:
    """Everything, made once; `working` starts and stops the loops."""
    room = Newsroom(
        store=shop.store,
        rights=shop.rights,
        catalog=shop.catalog,
        scenery=Scenery(shop.lookups, shop.catalog),
        points=Points(shop.lookups),
        pictures=Pictures(client),
        rules=Rules(settings.routes, settings.maintenance, settings.watch.default_channel),
        settings=settings.watch,
        portal=settings.azure_portal,
        replica=working.replica,
        language_of_channel=shop.language_of_channel,
        wake_outbox=shop.wake,
        wake_tellers=lambda: watching.wake(),
        now=now,
    )
    digests, joining = Digests(room), Joining(client)
    watching = _watching(settings, room, shop, digests, joining)
    working.watching = watching
    working.outbox.lost = LostChannels(room).tell
    deliveries = Deliveries(shop.store, watching.received, now)
    return WatchParts(room, Handling(room), Arranging(room, joining), digests, deliveries, _door(settings, deliveries))


def _watching(settings: Settings, room: Newsroom, shop: Workshop, digests: Digests, joining: Joining) -> Watching:
    """The loops that look for failures and tell about them."""
    store, lookups, now = room.store, shop.lookups, room.now
    taking = Taking(store, lookups, shop.resolver, room.wake_tellers, now)
    return Watching(
        room,
        Telling(room),
        InboxReading(store, lookups, taking, room.replica, now),
        Sweep(store, lookups, taking, settings.watch, room.replica, digests.caught_up, now),
        Sight(room, has_door=settings.alert_secret is not None or settings.alert_trust is not None),
        digests,
        joining,
    )


def _door(settings: Settings, deliveries: Deliveries) -> AlertDoor:
    """Azure Monitor's door, for those who set one up."""
    secret = settings.alert_secret.get_secret_value() if settings.alert_secret else ""
    if settings.alert_trust is None:
        return AlertDoor(deliveries, secret=secret)
    from azure_ops.caller import CallerCheck  # only the secure webhook needs what it loads

    return AlertDoor(deliveries, secret=secret, check=CallerCheck(settings.alert_trust))
