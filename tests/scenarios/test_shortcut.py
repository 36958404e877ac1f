"""Someone lets a message be explained."""

from tests.scenarios.conftest import CHANNEL, DAAN, EMMA, Town, title


async def test_any_message_is_explained_to_the_asker_alone(town: Town) -> None:
    posted = await town.slack.message(EMMA, CHANNEL, "prod is red: UserErrorFsFreezeFailed on vm-sql-01, help?")
    assert (await town.slack.shortcut(DAAN, "explain_message", CHANNEL, posted["ts"]))["status"] == 200
    seen = await town.seen(DAAN, CHANNEL, lambda messages: len(messages) == 2)
    assert seen[-1]["is_ephemeral"]
    assert title(seen[-1]).startswith("Linux kon een bestandssysteem niet bevriezen")
    assert len(await town.slack.messages(CHANNEL, EMMA)) == 1


async def test_a_message_in_a_thread_is_answered_in_the_thread(town: Town) -> None:
    parent = await town.slack.message(EMMA, CHANNEL, "nightly backups")
    reply = await town.slack.message(EMMA, CHANNEL, "BCMV2VMNotFound again", parent["ts"])
    await town.slack.shortcut(EMMA, "explain_message", CHANNEL, reply["ts"])
    seen = await town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 3)
    assert seen[-1]["thread_ts"] == parent["ts"]


async def test_a_message_without_an_error_is_unknown(http_town: Town) -> None:
    posted = await http_town.slack.message(EMMA, CHANNEL, "good morning all")
    await http_town.slack.shortcut(EMMA, "explain_message", CHANNEL, posted["ts"])
    seen = await http_town.seen(EMMA, CHANNEL, lambda messages: len(messages) == 2)
    assert title(seen[-1]) == "I don't know this one"
