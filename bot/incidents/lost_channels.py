"""Says in the operations channel that another channel takes no messages any more, and where they go now."""

from datetime import UTC, datetime

from bot.incidents.newsroom import Newsroom
from responses.cards.watch_notices import channel_lost_card


class LostChannels:
    """Told by the outbox; once a day for each channel."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room

    async def tell(self, channel: str, why: str, goes_to: str) -> None:
        """A message was not taken, for Slack's reason `why`; it goes to `goes_to`, or nowhere. Raises StoreAway."""
        room = self._room
        place = room.settings.notices_channel
        if not place or place == channel or not channel.startswith(("C", "G")):
            return
        day = datetime.fromtimestamp(room.now(), UTC)
        card = channel_lost_card(channel, why, goes_to, room.language_of_channel(place))
        async with room.store.transaction() as kept:
            await room.put_card(kept, f"lost-{channel}-{day:%Y-%m-%d}", place, card)
        room.wake_outbox()
