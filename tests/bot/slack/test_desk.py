"""The moves that listeners share: claims, what is shown where, and that a click is never silent."""

import json
from typing import Any

import pytest

from bot.answers import Answers
from bot.background import Background
from bot.slack.desk import Claims, Desk, channel_of, is_ephemeral, response_url, user_of
from responses.cards.explainer import explainer
from responses.cards.help import help_card
from responses.cards.trouble import expired
from responses.catalog import load
from tests.bot.slack.stand_in import Say, StandIn

ANSWERS = Answers(load())
CLICK: dict[str, Any] = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "trigger_id": "1.2.3"}


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_name_is_taken_once_within_its_hour() -> None:
    clock = _Clock()
    claims = Claims(clock)
    assert claims.take("share")
    assert not claims.take("share")
    assert claims.take("another")
    clock.now = 3_599
    assert not claims.take("share")
    clock.now = 3_601
    assert claims.take("share")
    assert not claims.take("share")


def test_a_name_given_back_may_be_taken_again() -> None:
    claims = Claims(_Clock())
    assert claims.take("share")
    claims.give_back("share")
    claims.give_back("never taken")
    assert claims.take("share")


def test_claims_are_bounded_and_forget_the_oldest() -> None:
    claims = Claims(_Clock(), most=3)
    assert all(claims.take(name) for name in "abcd")
    assert not claims.take("d")
    assert claims.take("a")


def test_a_short_claim_ends_in_time_beside_a_long_one() -> None:
    clock = _Clock()
    claims = Claims(clock)
    assert claims.take("long", seconds=100)
    assert claims.take("short", seconds=1)
    clock.now = 2
    assert claims.take("short", seconds=1)
    assert not claims.take("long")


async def test_a_card_replaces_the_ephemeral_message_that_was_clicked(
    desk: Desk, slack: StandIn, background: Background
) -> None:
    body = {**CLICK, "response_url": slack.response_url(), "container": {"is_ephemeral": True}}
    desk.show(body, help_card("en"), name="test")
    await background.drain(2)
    (sent,) = slack.of("one")
    assert (sent["replace_original"], sent["response_type"]) == (True, "ephemeral")


async def test_a_card_leaves_a_message_of_the_channel_alone(desk: Desk, slack: StandIn, background: Background) -> None:
    desk.show({**CLICK, "response_url": slack.response_url()}, help_card("en"), name="test")
    await background.drain(2)
    (sent,) = slack.of("one")
    assert sent["replace_original"] is False


async def test_a_card_in_a_window_updates_the_window(desk: Desk, slack: StandIn, background: Background) -> None:
    desk.show({**CLICK, "view": {"id": "V1", "private_metadata": "kept"}}, help_card("en"), name="test")
    await background.drain(2)
    (sent,) = slack.of("views.update")
    view = json.loads(sent["view"]) if isinstance(sent["view"], str) else sent["view"]
    assert (sent["view_id"], view["private_metadata"], view["type"]) == ("V1", '{"language": "en"}', "modal")


FAILURES = {
    "refused": Say(body={"ok": False, "error": "expired_trigger_id"}),
    "500": Say(status=500, body="oops"),
    "no JSON": Say(body="<html></html>"),
    "dropped": Say(drop=True),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_a_window_that_does_not_open_is_told(
    desk: Desk, slack: StandIn, background: Background, failure: Say
) -> None:
    slack.answers["views.open"] = [failure]
    desk.open({**CLICK, "response_url": slack.response_url()}, explainer("en", private_metadata="{}"), name="test")
    await background.drain(2)
    (sent,) = slack.of("one")
    assert sent["blocks"] == expired("en").blocks


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_a_card_that_cannot_be_shown_is_told_in_a_window(
    desk: Desk, slack: StandIn, background: Background, failure: Say
) -> None:
    slack.answers["views.update"] = [failure]
    desk.show({**CLICK, "view": {"id": "V1"}}, help_card("en"), name="test")
    await background.drain(2)
    assert len(slack.of("views.open")) == 1


async def test_a_used_up_address_is_told_in_a_window_and_logged_with_its_reference(
    desk: Desk, slack: StandIn, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    slack.answers["one"] = [Say(body={"ok": False, "error": "used_url"})]
    desk.show({**CLICK, "response_url": slack.response_url()}, help_card("en"), name="test")
    await background.drain(2)
    (sent,) = slack.of("views.open")
    reference = caplog.messages[0].split(":")[0]
    assert reference in str(sent["view"])
    assert slack.address not in caplog.text
    assert "xoxb-" not in caplog.text


async def test_when_nothing_helps_it_is_only_logged(
    desk: Desk, slack: StandIn, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    slack.answers["views.open"] = [FAILURES["refused"]]
    desk.open(CLICK, explainer("en", private_metadata="{}"), name="test")
    await background.drain(2)
    assert "expired_trigger_id" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("body", "user", "channel"),
    [
        ({"user_id": "U1", "channel_id": "C1"}, "U1", "C1"),
        (CLICK, "U1", "C1"),
        ({"user": "U1"}, "U1", ""),
        ({"user": {}, "channel": None}, "", ""),
        ({}, "", ""),
    ],
)
def test_who_and_where(body: dict[str, Any], user: str, channel: str) -> None:
    assert (user_of(body), channel_of(body)) == (user, channel)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"response_url": "https://a"}, "https://a"),
        ({"response_urls": [{"response_url": "https://b"}]}, "https://b"),
        ({"response_urls": []}, ""),
        ({}, ""),
    ],
)
def test_the_address_for_answers(body: dict[str, Any], url: str) -> None:
    assert response_url(body) == url
    assert not is_ephemeral(body)
