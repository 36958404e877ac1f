"""A card is shared once, and what is said of it is true."""

from dataclasses import replace

from bot.background import Background
from bot.slack.desk import Desk
from bot.slack.listeners.actions import share_card
from tests.bot.slack.stand_in import Say, StandIn
from tests.bot.slack.test_desk import CLICK

VALUE = "ExtensionStuckInDeletionState|en"


async def test_a_share_whose_private_copy_stays_is_no_failure(
    desk: Desk, slack: StandIn, background: Background
) -> None:
    slack.answers["one"] = [Say(), Say(status=404, body="used_url")]
    await share_card(desk, {**CLICK, "response_url": slack.response_url()}, VALUE)
    await background.drain(5)
    shared, removed = slack.of("one")
    assert shared["response_type"] == "in_channel"
    assert removed == {"delete_original": True}


async def test_a_share_that_could_not_start_may_be_clicked_again(desk: Desk, slack: StandIn) -> None:
    full = Background(most=0)
    crowded = replace(desk, background=full)
    await share_card(crowded, {**CLICK, "response_url": slack.response_url()}, VALUE)
    await share_card(desk, {**CLICK, "response_url": slack.response_url()}, VALUE)
    await desk.background.drain(5)
    assert [sent["response_type"] for sent in slack.of("one") if "blocks" in sent] == ["in_channel"]
