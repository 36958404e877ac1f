"""Which failures go where and which are silent: what the config file says, and what people said by commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import routes
from intents.routing import Delivery, Failing, Route, Silence, deliveries, needs_tags, silence_of


@dataclass(frozen=True, slots=True)
class InForce:
    """Everything that counts at one moment."""

    routes: tuple[Route, ...]
    silences: tuple[Silence, ...]
    default_channel: str

    @property
    def needs_tags(self) -> bool:
        return needs_tags(self.routes, self.silences)

    @property
    def channels(self) -> set[str]:
        """Every channel that failures go to."""
        return {route.channel for route in self.routes} | ({self.default_channel} if self.default_channel else set())

    def deliveries(self, failing: Failing) -> tuple[Delivery, ...]:
        """Where a failure is told."""
        return deliveries(failing, self.routes, self.default_channel)

    def silence_of(self, failing: Failing, at: float) -> Silence | None:
        """What keeps a failure silent at a moment."""
        return silence_of(failing, self.silences, at)


class Rules:
    """One for the process. Those of the config file are exchanged while the bot runs."""

    def __init__(self, given: Sequence[Route], maintenance: Sequence[Silence], default_channel: str) -> None:
        self._routes = tuple(given)
        self._maintenance = tuple(maintenance)
        self.default_channel = default_channel

    def use(self, given: Sequence[Route], maintenance: Sequence[Silence]) -> None:
        """From now on these count beside those of commands."""
        self._routes = tuple(given)
        self._maintenance = tuple(maintenance)

    async def now(self, connection: AsyncConnection, at: float) -> InForce:
        """Everything that counts now; silences that are over are left out, those to come are in."""
        made = await routes.all_routes(connection)
        silent = await routes.silences_until(connection, at)
        given = (each for each in self._maintenance if each.ends > at)
        return InForce((*self._routes, *made), (*given, *silent), self.default_channel)
