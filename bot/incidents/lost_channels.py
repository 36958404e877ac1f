"""Says in the operations channel that another channel takes no messages any more, and where they go now."""

from datetime import UTC, datetime

from bot.incidents.newsroom import Newsroom
from bot.store import outbox
from bot.workflows.showing import body_of
from responses.cards.watch_notices import channel_lost_card


class LostChannels:
    """Told by the outbox; once a day for each channel."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def tell(self, channel: str, why: str, goes_to: str) -> None:
        """A message was not taken, for Slack's reason `why`; it goes to `goes_to`, or nowhere. Raises StoreAway."""
        room = self._room
        place = room.settings.operations_channel or room.settings.default_channel
        if not place or place == channel or not channel.startswith(("C", "G")):
            return
        day = datetime.fromtimestamp(room.now(), UTC)
        card = channel_lost_card(channel, why, goes_to, room.language_of_channel(place))
        async with room.store.transaction() as kept:
            key = f"lost-{channel}-{day:%Y-%m-%d}"
            await outbox.put_card(
                kept, key=key, channel=place, body=body_of(card), otherwise=room.settings.fallback(place)
            )
        room.wake_outbox()
