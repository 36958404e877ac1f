"""Modals: submitted, refused, updated, stacked and closed, as Slack does it."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Refused, RunningSlack
from tests.sandbox.pages import page_of
from tests.sandbox.tiny_bot import TinyBot
from tests.schemas.oracle import problems
from tests.slack_schemas.payloads import MODAL, option, plain, section

EMMA = "U0EMMA"
TYPED = {"log": {"log": {"type": "plain_text_input", "value": "UserErrorGuestAgentStatusUnavailable"}}}


def simple(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "answer", "title": plain(title), "blocks": [section()], **more}


async def opened(slack: RunningSlack, bot: TinyBot, client: AsyncWebClient, view: Any = MODAL) -> str:
    await slack.shortcut(EMMA, "open_explainer")
    answer = await client.views_open(trigger_id=bot.last["trigger_id"], view=view)
    return str(answer["view"]["id"])


async def title_on_top(slack: RunningSlack) -> str | None:
    view = await slack.view(EMMA)
    return view["title"]["text"] if view else None


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as raised:
        await call
    return dict(raised.value.response.data)


async def test_a_submission_carries_every_input(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    view_id = await opened(slack, bot, web_client)
    chosen = {"entry": {"entry": {"type": "external_select", "selected_option": option()}}}
    assert await slack.submit(EMMA, view_id, {**TYPED, **chosen}) == {"ok": True}
    assert problems("view_submission", bot.last) == []
    values = bot.last["view"]["state"]["values"]
    assert values["entry"]["entry"]["selected_option"]["value"] == "ExtensionStuckInDeletionState"
    assert values["log"]["log"]["value"] == "UserErrorGuestAgentStatusUnavailable"
    assert await slack.view(EMMA) is None  # an empty acknowledgement closes the modal


async def test_an_untouched_input_is_sent_as_null(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    await slack.submit(EMMA, view_id, TYPED)
    assert bot.last["view"]["state"]["values"]["entry"]["entry"] == {"type": "external_select", "selected_option": None}
    assert problems("view_submission", bot.last) == []


async def test_a_required_field_is_asked_for_before_the_app(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    before = len(bot.received)
    assert await slack.submit(EMMA, view_id, {}) == {
        "ok": False,
        "errors": {"log": "Please complete this required field."},
    }
    long = {"log": {"log": {"type": "plain_text_input", "value": "x" * 3001}}}
    assert (await slack.submit(EMMA, view_id, long))["errors"] == {"log": "This takes at most 3000 characters."}
    assert len(bot.received) == before


async def test_the_apps_errors_stand_at_their_fields(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    bot.answers.append({"response_action": "errors", "errors": {"log": "Not a log"}})
    async with page_of(slack, EMMA) as page:
        assert await slack.submit(EMMA, view_id, TYPED) == {"ok": False, "errors": {"log": "Not a log"}}
        assert (await page.event("view_updated"))["errors"] == {"log": "Not a log"}
    assert await title_on_top(slack) == "Explain an error"


async def test_an_answer_updates_pushes_and_clears(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    bot.answers.append({"response_action": "push", "view": simple("Two", submit=plain("Go"))})
    await slack.submit(EMMA, view_id, TYPED)
    assert await title_on_top(slack) == "Two"
    second = await slack.view(EMMA)
    assert second is not None
    assert (second["previous_view_id"], second["root_view_id"]) == (view_id, view_id)

    bot.answers.append({"response_action": "update", "view": simple("Still two", submit=plain("Go"))})
    await slack.submit(EMMA, second["id"], {})
    assert await title_on_top(slack) == "Still two"

    await slack.close(EMMA, second["id"])
    assert await title_on_top(slack) == "Explain an error"
    bot.answers.append({"response_action": "push", "view": simple("Two", submit=plain("Go"))})
    await slack.submit(EMMA, view_id, TYPED)
    bot.answers.append({"response_action": "clear"})
    assert await slack.submit(EMMA, (await slack.view(EMMA) or {})["id"], {}) == {"ok": True}
    assert await slack.view(EMMA) is None


@pytest.mark.parametrize(
    "answer",
    [
        500,
        "text",
        {"response_action": "explode"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "update", "view": simple("x" * 25)},
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
    ],
    ids=str,
)
async def test_an_answer_that_slack_refuses_leaves_the_modal(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient, answer: Any
) -> None:
    view_id = await opened(slack, bot, web_client)
    bot.answers.append(answer)
    async with page_of(slack, EMMA) as page:
        assert await slack.submit(EMMA, view_id, TYPED) == {"ok": False, "errors": {}}
        assert "We had some trouble connecting." in (await page.event("notice"))["text"]
    assert await title_on_top(slack) == "Explain an error"


async def test_a_fourth_modal_is_one_too_many(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    await opened(slack, bot, web_client)
    for title in ("Two", "Three", "Four"):
        await slack.shortcut(EMMA, "open_explainer")
        push = web_client.views_push(trigger_id=bot.last["trigger_id"], view=simple(title))
        if title == "Four":
            assert (await refusal(push))["error"] == "push_limit_reached"
        else:
            await push
    assert await title_on_top(slack) == "Three"


async def test_an_update_keeps_what_was_typed(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    view_id = await opened(slack, bot, web_client)
    bot.answers.append({"response_action": "errors", "errors": {"log": "no"}})
    await slack.submit(EMMA, view_id, TYPED)
    updated = await web_client.views_update(view_id=view_id, view={**MODAL, "title": plain("Updated")})
    assert updated["view"]["state"]["values"]["log"]["log"]["value"] == "UserErrorGuestAgentStatusUnavailable"
    assert await title_on_top(slack) == "Updated"


async def test_an_update_with_an_old_hash_is_a_conflict(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    first = (await slack.view(EMMA) or {})["hash"]
    await web_client.views_update(view_id=view_id, hash=first, view=simple("New"))
    stale = web_client.views_update(view_id=view_id, hash=first, view=simple("Newer"))
    assert (await refusal(stale))["error"] == "hash_conflict"
    assert (await refusal(web_client.views_update(view_id="V0", view=simple("x"))))["error"] == "not_found"


@pytest.mark.parametrize(
    ("view", "part"),
    [
        (simple("x" * 25), "less than 25 characters [json-pointer:/view/title/text]"),
        ({**MODAL, "submit": None}, "/view/submit"),
        ({**simple("x"), "colour": "red"}, "invalid additional property: colour"),
        (simple("x", private_metadata="x" * 3001), "/view/private_metadata"),
        ({"type": "home", "blocks": [section()]}, "/view/type"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        (simple("x", blocks=[section()] * 101), "no more than 100 items"),
        (simple("x", blocks=[{"type": "markdown", "text": "x"}]), "unsupported type: markdown"),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_a_wrong_view_is_refused_and_the_trigger_stays_good(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient, view: Any, part: str
) -> None:
    await slack.shortcut(EMMA, "open_explainer")
    trigger = bot.last["trigger_id"]
    answer = await refusal(web_client.views_open(trigger_id=trigger, view=view))
    assert answer["error"] == "invalid_arguments"
    assert part in answer["response_metadata"]["messages"][0]
    await web_client.views_open(trigger_id=trigger, view=simple("Right"))


async def test_the_app_hears_of_a_closed_modal_when_it_asked_to(
    slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient
) -> None:
    view_id = await opened(slack, bot, web_client)
    before = len(bot.received)
    await slack.close(EMMA, view_id)
    assert len(bot.received) == before
    view_id = await opened(slack, bot, web_client, {**MODAL, "notify_on_close": True})
    await slack.close(EMMA, view_id)
    assert problems("view_closed", bot.last) == []
    assert bot.last["view"]["id"] == view_id


async def test_each_has_their_own_modals(slack: RunningSlack, bot: TinyBot, web_client: AsyncWebClient) -> None:
    view_id = await opened(slack, bot, web_client)
    assert await slack.view("U0DAAN") is None
    with pytest.raises(Refused):
        await slack.submit("U0DAAN", view_id, TYPED)
