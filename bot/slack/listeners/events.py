"""Events that Slack sends without being asked."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_bolt import BoltResponse

from bot.slack.desk import Desk, Payload, acknowledged
from responses.cards.home import home

Handler = Callable[[Desk, Payload], Awaitable[BoltResponse]]


async def app_home_opened(desk: Desk, body: Payload) -> BoltResponse:
    """Show the home tab in the visitor's language."""
    event = body.get("event") or {}
    user = str(event.get("user") or "")
    if event.get("tab", "home") == "home" and user:
        view = home(desk.locales.language_of(user), len(desk.answers.catalog))

        async def publish() -> None:
            await desk.client.views_publish(user_id=user, view=view.body)

        desk.background.start(publish(), name="publish home")
    return acknowledged()


EVENTS: Final[Mapping[str, Handler]] = {"app_home_opened": app_home_opened}
