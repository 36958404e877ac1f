"""Which language a person is answered in, and what Slack is asked for it."""

import logging
from datetime import UTC, datetime

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.slack.locales import Locales
from responses.catalog.model import Language
from tests.bot.slack.stand_in import Say, StandIn

HOUR = 3600.0


class _Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def locales(client: AsyncWebClient, background: Background, clock: _Clock) -> Locales:
    return Locales(client, background, "en", {"C_NL": "nl"}, clock)


def _user(user: str, locale: str | None) -> Say:
    return Say(body={"ok": True, "user": {"id": user, **({"locale": locale} if locale else {})}})


@pytest.mark.parametrize(
    ("locale", "language"),
    [("nl-NL", "nl"), ("nl-BE", "nl"), ("NL", "nl"), ("en-GB", "en"), ("de-DE", "en"), ("fr-FR", "en"), (None, "en")],
)
async def test_the_first_answer_is_in_the_default_then_in_their_own(
    locales: Locales, slack: StandIn, background: Background, locale: str | None, language: Language
) -> None:
    slack.answers["users.info"] = [_user("U1", locale)]
    assert locales.language_of("U1") == "en"
    await background.drain(2)
    assert locales.language_of("U1") == language
    (asked,) = slack.of("users.info")
    assert asked["user"] == "U1"
    assert str(asked["include_locale"]).casefold() in ("1", "true")


async def test_a_burst_asks_slack_once(locales: Locales, slack: StandIn, background: Background) -> None:
    slack.answers["users.info"] = [_user("U1", "nl-NL")]
    assert {locales.language_of("U1") for _ in range(50)} == {"en"}
    await background.drain(2)
    assert {locales.language_of("U1") for _ in range(50)} == {"nl"}
    assert len(slack.of("users.info")) == 1


async def test_the_channel_speaks_until_the_person_is_known(
    locales: Locales, slack: StandIn, background: Background
) -> None:
    slack.answers["users.info"] = [_user("U1", "en-US")]
    assert locales.language_of("U1", "C_NL") == "nl"
    await background.drain(2)
    assert locales.language_of("U1", "C_NL") == "en"
    assert locales.language_of("", "C_NL") == "nl"
    assert locales.language_of("") == "en"
    assert len(slack.of("users.info")) == 1


async def test_an_old_answer_is_used_while_a_new_one_is_fetched(
    locales: Locales, slack: StandIn, background: Background, clock: _Clock
) -> None:
    slack.answers["users.info"] = [_user("U1", "nl-NL"), _user("U1", "en-GB")]
    locales.language_of("U1")
    await background.drain(2)
    clock.now += 5 * HOUR
    assert locales.language_of("U1") == "nl"
    clock.now += 2 * HOUR
    assert locales.language_of("U1") == "nl"
    await background.drain(2)
    assert locales.language_of("U1") == "en"
    assert len(slack.of("users.info")) == 2


@pytest.mark.parametrize(
    "failure",
    [
        Say(body={"ok": False, "error": "user_not_found"}),
        Say(status=500, body="oops"),
        Say(body="<html>not JSON</html>"),
        Say(status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "30"}),
        Say(drop=True),
        Say(body={"ok": True}),
        Say(body={"ok": True, "user": {"id": 5, "locale": None}}),
    ],
    ids=["unknown", "500", "no JSON", "429", "dropped", "no user", "odd user"],
)
async def test_a_failure_leaves_the_default_and_is_asked_again_after_a_while(
    locales: Locales,
    slack: StandIn,
    background: Background,
    clock: _Clock,
    failure: Say,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack.answers["users.info"] = [failure]
    assert locales.language_of("U1") == "en"
    await background.drain(2)
    tries = len(slack.of("users.info"))
    assert locales.language_of("U1") == "en"
    await background.drain(2)
    assert len(slack.of("users.info")) == tries
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    slack.answers["users.info"] = [_user("U1", "nl-NL")]
    clock.now += 301
    locales.language_of("U1")
    await background.drain(2)
    assert locales.language_of("U1") == "nl"


async def test_members_are_learnt_ahead_page_by_page(locales: Locales, slack: StandIn) -> None:
    pages = [
        {"ok": True, "members": [{"id": "U1", "locale": "nl-NL"}], "response_metadata": {"next_cursor": "two"}},
        {
            "ok": True,
            "members": [{"id": "U2", "locale": "en-GB"}, {"id": "U3"}],
            "response_metadata": {"next_cursor": ""},
        },
    ]
    slack.answers["users.list"] = [Say(body=page) for page in pages]
    await locales.fetch_ahead()
    assert [asked.get("cursor", "") for asked in slack.of("users.list")] == ["", "two"]
    assert locales.language_of("U1") == "nl"
    assert locales.language_of("U2") == "en"
    assert slack.of("users.info") == []


async def test_a_workspace_without_end_is_learnt_in_ten_pages(locales: Locales, slack: StandIn) -> None:
    slack.answers["users.list"] = [
        Say(
            body={
                "ok": True,
                "members": [{"id": "U1", "locale": "nl-NL"}],
                "response_metadata": {"next_cursor": "more"},
            }
        )
    ]
    await locales.fetch_ahead()
    assert len(slack.of("users.list")) == 10


@pytest.mark.parametrize(
    ("tz", "hour"),
    [
        ("Europe/Amsterdam", 23),
        ("Asia/Kolkata", 3),
        (None, 22),
        ("", 22),
        ("Mars/Olympus", 22),
        ("../../etc/passwd", 22),
        (5, 22),
    ],
)
async def test_a_reader_has_a_clock(locales: Locales, slack: StandIn, tz: object, hour: int) -> None:
    member = {"id": "U1", "locale": "nl-NL", "tz": tz}
    slack.answers["users.list"] = [Say(body={"ok": True, "members": [member]})]
    assert locales.zone_of("U1") is UTC
    await locales.fetch_ahead()
    assert datetime(2026, 11, 22, 22, tzinfo=UTC).astimezone(locales.zone_of("U1")).hour == hour
    assert locales.language_of("U1") == "nl"
