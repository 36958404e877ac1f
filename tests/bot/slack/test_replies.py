"""Answers to response addresses: tried again where that may help, once where it could double, and only to Slack."""

import aiohttp
import pytest

from bot.slack.replies import Replies, ReplyFailed
from responses.cards.model import Card
from tests.bot.slack.stand_in import Say, StandIn

CARD = Card("A card", [{"type": "divider"}])
OK = Say(body="ok")


@pytest.fixture
def replies(slack: StandIn, session: aiohttp.ClientSession) -> Replies:
    replies = Replies(slack.api)
    replies.use(session)
    return replies


async def test_an_answer_is_shown_to_one_person(replies: Replies, slack: StandIn) -> None:
    await replies.tell(slack.response_url(), CARD)
    assert slack.of("one") == [
        {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": "A card",
            "blocks": [{"type": "divider"}],
        }
    ]


async def test_an_answer_may_replace_and_stand_in_a_thread(replies: Replies, slack: StandIn) -> None:
    await replies.tell(slack.response_url(), CARD, replace=True, thread="1.2")
    (sent,) = slack.of("one")
    assert (sent["replace_original"], sent["thread_ts"]) == (True, "1.2")


async def test_a_shared_card_is_for_everyone_and_a_removed_one_is_gone(replies: Replies, slack: StandIn) -> None:
    await replies.share(slack.response_url(), CARD, thread="1.2")
    await replies.remove(slack.response_url())
    shared, removed = slack.of("one")
    assert (shared["response_type"], shared["replace_original"], shared["thread_ts"]) == ("in_channel", False, "1.2")
    assert removed == {"delete_original": True}


@pytest.mark.parametrize(
    "first",
    [Say(status=500), Say(status=503), Say(drop=True), Say(status=429, headers={"Retry-After": "0"})],
    ids=["500", "503", "dropped", "429"],
)
async def test_a_passing_failure_is_tried_again(replies: Replies, slack: StandIn, first: Say) -> None:
    slack.answers["one"] = [first, OK]
    await replies.tell(slack.response_url(), CARD)
    assert len(slack.of("one")) == 2


async def test_three_tries_are_enough(replies: Replies, slack: StandIn) -> None:
    slack.answers["one"] = [Say(status=429, headers={"Retry-After": "0"})]
    with pytest.raises(ReplyFailed, match="rate limited"):
        await replies.tell(slack.response_url(), CARD)
    assert len(slack.of("one")) == 3


async def test_a_wait_longer_than_anyone_has_patience_for_is_not_waited(replies: Replies, slack: StandIn) -> None:
    slack.answers["one"] = [Say(status=429, headers={"Retry-After": "7"}), OK]
    with pytest.raises(ReplyFailed, match="rate limited"):
        await replies.tell(slack.response_url(), CARD)
    assert len(slack.of("one")) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        Say(body={"ok": False, "error": "used_url"}),
        Say(body='{ "ok" : false, "error": "expired_url" }'),
        Say(status=404, body="no_service"),
        Say(status=400, body="invalid_payload"),
        Say(status=302, body="", headers={"Location": "/response/elsewhere"}),
    ],
    ids=["ok false", "ok false with spaces", "404", "400", "redirect"],
)
async def test_a_refusal_is_final_and_told_without_the_address(replies: Replies, slack: StandIn, refusal: Say) -> None:
    slack.answers["one"] = [refusal, OK]
    with pytest.raises(ReplyFailed) as failed:
        await replies.tell(slack.response_url(), CARD)
    assert slack.address not in str(failed.value)
    assert (len(slack.of("one")), slack.of("elsewhere")) == (1, [])


@pytest.mark.parametrize("failure", [Say(status=500), Say(drop=True), Say(status=429, headers={"Retry-After": "0"})])
async def test_a_card_for_everyone_is_posted_once(replies: Replies, slack: StandIn, failure: Say) -> None:
    slack.answers["one"] = [failure, OK]
    with pytest.raises(ReplyFailed):
        await replies.share(slack.response_url(), CARD)
    assert len(slack.of("one")) == 1


FOREIGN = [
    "",
    "https://example.com/response/1",
    "http://hooks.slack.com/commands/1",
    "https://hooks.slack.com.example.com/1",
    "https://notslack.com/1",
    "https://hooks.slack.com@example.com/1",
    "https://example.com/?x=.slack.com",
    "https://127.0.0.1/1",
    "https://169.254.169.254/metadata",
    "ftp://slack.com/1",
    "//hooks.slack.com/1",
    "hooks.slack.com",
    "https://[",
]


@pytest.mark.parametrize("url", FOREIGN)
async def test_with_slack_itself_no_other_host_gets_an_answer(session: aiohttp.ClientSession, url: str) -> None:
    replies = Replies("https://slack.com/api/")
    replies.use(session)
    with pytest.raises(ReplyFailed, match="not Slack's"):
        await replies.tell(url, CARD)


@pytest.mark.parametrize("url", ["https://hooks.slack.com/1", "https://example.com/", "http://10.0.0.1/", ""])
async def test_with_a_slack_on_loopback_nothing_leaves_this_machine(replies: Replies, slack: StandIn, url: str) -> None:
    with pytest.raises(ReplyFailed, match="not Slack's"):
        await replies.tell(url, CARD)
    assert slack.asked == []
