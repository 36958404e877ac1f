"""Who somebody is, and in which groups, is asked of Slack: what changes there counts here within a minute."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.rights.rights import Rights
from intents.policy import Resource
from sandbox.slack import RunningSlack
from tests.bot.conftest import Seconds
from tests.bot.rights.conftest import (
    BACKUP,
    DAAN,
    EMMA,
    FOREIGN,
    GONE,
    GUEST,
    PRIYA,
    asked,
    by_group,
    by_name,
)

Make = Callable[..., Rights]
VM = Resource("1111", "Production", "rg-app-prod", "vault-prod", "vm-sql-01")
CHANNEL = "C0ALERTS"


async def reason(rights: Rights, user: str, **more: Any) -> str:
    """Why they may, or may not, retry the backup of a VM."""
    return (await rights.decide(user, "retry-backup", VM, CHANNEL, **more)).reason


async def test_a_member_of_a_group_may_and_others_may_not(rights_of: Make) -> None:
    rights = rights_of(by_group())
    told = {user: await reason(rights, user) for user in (EMMA, PRIYA, DAAN)}
    assert told == {EMMA: "allowed", PRIYA: "allowed", DAAN: "nobody-granted"}


@pytest.mark.parametrize(
    ("user", "why"),
    [(GUEST, "guest-not-named"), (FOREIGN, "foreign-not-named"), ("U0BACKUPBOT", "bot-not-named")],
)
async def test_a_group_does_not_carry_outsiders_and_their_own_name_does(
    rights_of: Make, slack: RunningSlack, user: str, why: str
) -> None:
    if user == "U0BACKUPBOT":  # nobody puts an app into a group by hand; Slack's interface for it does
        slack.workspace.groups[BACKUP] = slack.workspace.groups[BACKUP].__class__(BACKUP, "", "", (user,))
    else:
        slack.change_group(BACKUP, [user])
    assert await reason(rights_of(by_group()), user) == why
    assert await reason(rights_of(by_group(), by_name(user)), user) == "allowed"


async def test_who_has_left_may_do_nothing_even_when_named(rights_of: Make) -> None:
    assert await reason(rights_of(by_name(GONE)), GONE) == "deactivated"


@pytest.mark.parametrize("user", ["U0NOBODY", ""])
async def test_whom_slack_does_not_know_may_do_nothing_even_when_named(rights_of: Make, user: str) -> None:
    assert await reason(rights_of(by_name(user)), user) == "unknown-person"


async def test_a_membership_that_is_withdrawn_ends_within_a_minute(
    rights_of: Make, slack: RunningSlack, seconds: Seconds
) -> None:
    rights = rights_of(by_group())
    assert await reason(rights, EMMA) == "allowed"
    slack.change_group(BACKUP, [PRIYA])
    seconds.now += 60
    assert await reason(rights, EMMA) == "nobody-granted"


async def test_a_membership_that_is_given_counts_within_a_minute(
    rights_of: Make, slack: RunningSlack, seconds: Seconds
) -> None:
    rights = rights_of(by_group())
    assert await reason(rights, DAAN) == "nobody-granted"
    slack.change_group(BACKUP, [DAAN])
    seconds.now += 60
    assert await reason(rights, DAAN) == "allowed"


@pytest.mark.parametrize(("switch", "why"), [("deactivated", "deactivated"), ("guest", "guest-not-named")])
async def test_who_leaves_or_becomes_a_guest_loses_their_rights_within_a_minute(
    rights_of: Make, slack: RunningSlack, seconds: Seconds, switch: str, why: str
) -> None:
    rights = rights_of(by_group())
    assert await reason(rights, EMMA) == "allowed"
    slack.change_person(EMMA, **{switch: True})
    seconds.now += 60
    # Slack no longer counts somebody who has left among a group's members.
    assert await reason(rights, EMMA) == why


async def test_a_burst_asks_slack_once(rights_of: Make, slack: RunningSlack) -> None:
    rights = rights_of(by_group(), by_group(name="on call", groups=frozenset({"S0ONCALL"})))
    assert set(await asyncio.gather(*(reason(rights, EMMA) for _ in range(200)))) == {"allowed"}
    assert (asked(slack, "users.info"), asked(slack, "usergroups.users.list"), asked(slack, "auth.test")) == (1, 2, 1)


async def test_while_slack_is_silent_what_it_said_a_moment_ago_counts_and_no_longer_than_a_minute(
    rights_of: Make, slack: RunningSlack, seconds: Seconds
) -> None:
    rights = rights_of(by_group())
    assert await reason(rights, EMMA) == "allowed"
    slack.faults.set({"server_error": {"methods": ["*"], "times": 1_000}})
    seconds.now += 50
    assert await reason(rights, EMMA) == "allowed"
    seconds.now += 10
    assert await reason(rights, EMMA) == "unknown-person"
    slack.faults.set({"server_error": {"methods": ["*"], "times": 0}})
    assert await reason(rights, EMMA) == "allowed", "and it is asked again at once"


async def test_a_group_that_slack_does_not_list_is_nobodys_and_that_is_the_reason(
    rights_of: Make, slack: RunningSlack
) -> None:
    slack.faults.set({"rate_limit": {"methods": ["usergroups.users.list"], "retry_after": 600, "times": 1}})
    rights = rights_of(by_group(), by_name(DAAN))
    told = await rights.decide(EMMA, "retry-backup", VM, CHANNEL)
    assert (told.reason, told.grant) == ("unknown-groups", "admins")
    assert await reason(rights, DAAN) == "allowed", "their own name is enough"


async def test_without_the_scope_groups_are_unread_and_the_log_says_which_group(
    rights_of: Make, slack: RunningSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.set({"server_error": {"methods": ["usergroups.users.list"], "status": 503, "times": 1}})
    assert await reason(rights_of(by_group()), EMMA) == "unknown-groups"
    assert BACKUP in caplog.text
    assert slack.bot_token not in caplog.text


async def test_a_group_that_does_not_exist_has_no_members_and_is_named_in_the_log(
    rights_of: Make, caplog: pytest.LogCaptureFixture
) -> None:
    assert await reason(rights_of(by_group(groups=frozenset({"S0GONE"}))), EMMA) == "nobody-granted"
    assert "S0GONE" in caplog.text


async def test_grants_that_change_count_from_the_next_decision_on(rights_of: Make) -> None:
    rights = rights_of(by_name(EMMA))
    assert await reason(rights, EMMA) == "allowed"
    rights.use((by_name(DAAN),))
    assert (await reason(rights, EMMA), await reason(rights, DAAN)) == ("nobody-granted", "allowed")
    assert rights.is_anyone_granted("cancel-job")
    assert not rights.is_anyone_granted("approve")


async def test_who_may_not_in_any_case_is_told_without_slack(rights_of: Make, slack: RunningSlack) -> None:
    boss = by_name(PRIYA, name="boss", operations=frozenset({"look-up", "read-audit"}))
    told = rights_of(boss, by_name(DAAN)).refusal_at_once(EMMA, "look-up")
    assert told is not None
    assert told.reason == "nobody-granted"
    assert rights_of(by_group()).refusal_at_once(EMMA, "look-up") is None, "they may be in the group"
    assert slack.traffic.after(0) == []


async def test_what_somebody_reaches_is_what_each_decision_says(rights_of: Make) -> None:
    rights = rights_of(by_group(vaults=("vault-p*",)), by_name(EMMA, vms=("vm-web-*",), channels=frozenset({CHANNEL})))
    places = [VM, Resource("2", "Acc", "rg", "vault-acc", "vm-web-01"), Resource("2", "Acc", "rg", "vault-acc", "db")]
    for user in (EMMA, PRIYA, DAAN):
        for channel in (CHANNEL, "C0OTHER"):
            reach = await rights.reach(user, "look-up", channel)
            decided = [(await rights.decide(user, "look-up", place, channel)).is_allowed for place in places]
            assert [reach.covers(place) for place in places] == decided
            assert reach.decision.is_allowed is any(decided)


async def test_a_refusal_is_logged_with_its_reason(rights_of: Make, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        await reason(rights_of(by_group(vaults=("vault-acc",))), EMMA)
    assert "refused: U0EMMA may not retry-backup (not-this-resource, grant admins)" in caplog.text
