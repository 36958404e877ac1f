"""Someone clicks on an answer."""

import asyncio

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, buttons, title


async def test_the_language_is_switched_in_place_and_back(town: Town) -> None:
    card = await town.ask("BCMV2VMNotFound")
    english = title(card)
    await town.click(card, "switch_language")
    (dutch,) = await town.seen(EMMA, CHANNEL, lambda messages: title(messages[-1]) != english)
    await town.click(dutch, "switch_language")
    (again,) = await town.seen(EMMA, CHANNEL, lambda messages: title(messages[-1]) == english)
    assert again["is_ephemeral"]


async def test_sharing_shows_the_card_to_everyone_and_takes_the_private_one_away(town: Town) -> None:
    card = await town.ask("BCMV2VMNotFound")
    await town.click(card, "share_card")
    (shared,) = await town.seen(DAAN, CHANNEL, lambda messages: len(messages) == 1)
    assert title(shared) == title(card)
    assert "U0EMMA" in str(shared["blocks"]), "it says who shared it"
    assert buttons(shared) == ["open_documentation"], "a post for all changes for nobody alone"
    await town.seen(EMMA, CHANNEL, lambda messages: [m["ts"] for m in messages] == [shared["ts"]])


async def test_clicking_share_five_times_posts_once(town: Town) -> None:
    card = await town.ask("BCMV2VMNotFound")
    await asyncio.gather(*(town.click(card, "share_card") for _ in range(5)), return_exceptions=True)
    await town.seen(DAAN, CHANNEL, lambda messages: len(messages) >= 1)
    await town.ask("help", user=DAAN)  # a later answer, so that anything still under way would have come before it
    assert [m for m in await town.slack.messages(CHANNEL, DAAN) if not m.get("is_ephemeral")][1:] == []


async def test_a_share_that_slack_refuses_is_told_and_can_be_tried_again(http_town: Town) -> None:
    card = await http_town.ask("BCMV2VMNotFound")
    http_town.slack.faults.set({"response_url_dead": {"times": 1}})
    await http_town.click(card, "share_card")
    seen = await http_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 2)
    assert "something went wrong" in str(seen[-1]).casefold()
    await http_town.click(card, "share_card")
    await http_town.seen(DAAN, CHANNEL, lambda messages: len(messages) == 1)


async def test_when_no_answer_can_be_posted_a_window_says_so(http_town: Town) -> None:
    card = await http_town.ask("BCMV2VMNotFound")
    http_town.slack.faults.set({"response_url_dead": {"times": 9}})
    await http_town.click(card, "share_card")
    window = await http_town.window(EMMA)
    assert "something went wrong" in str(window["blocks"]).casefold()


async def test_the_documentation_button_is_acknowledged(http_town: Town) -> None:
    card = await http_town.ask("BCMV2VMNotFound")
    await http_town.click(card, "open_documentation")
    assert len(await http_town.slack.messages(CHANNEL, EMMA)) == 1
