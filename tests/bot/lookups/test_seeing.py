"""One answer of Azure for all who ask, and of it to each only what their rights reach; what is left out is told."""

from collections.abc import Sequence
from typing import Any

import pytest

from azure_ops.ids import parse_job
from bot.lookups.lookups import Lookups
from bot.lookups.pages import Choice
from bot.lookups.seeing import OutOfReach
from intents.policy import ROLES, Actor, Grant, Reach, reach
from responses.cards.jobs import JobsPage, jobs_card
from responses.catalog.model import LANGUAGES, Language
from sandbox.azure import RunningAzure
from tests.bot.conftest import Seconds
from tests.bot.lookups.conftest import asked, items, page


def only(**scope: Any) -> Reach:
    """What somebody reaches who has one grant of this scope."""
    return reach(Actor("U1"), "look-up", "", [Grant("g", frozenset({"U1"}), operations=ROLES["reader"], **scope)])


async def seen(lookups: Lookups, text: str, of: Reach, number: int = 1, rows: int = 1_000) -> JobsPage:
    """The page that they see."""
    found = await lookups.jobs(asked(text), number, "en", rows, of)
    assert isinstance(found, JobsPage), found
    return found


def vaults(found: JobsPage) -> set[str]:
    return {row.vault for group in found.groups for row in group.rows}


def hidden(found: JobsPage) -> int:
    """How many jobs the page says that it does not show."""
    told = [each.values["count"] for each in found.problems if each.label == "azure.hidden_jobs"]
    return int(told[0]) if told else 0


async def test_a_grant_without_scope_shows_everything_and_no_note(lookups: Lookups) -> None:
    whole = await page(lookups, "failed 24h")
    told = await seen(lookups, "failed 24h", only())
    assert told == whole
    assert hidden(told) == 0


@pytest.mark.parametrize(
    ("scope", "places"),
    [
        ({"vaults": ("vault-prod",)}, {"vault-prod"}),
        ({"vaults": ("VAULT-PROD*",)}, {"vault-prod", "vault-prod-sql"}),
        ({"subscriptions": ("Acceptance",)}, {"vault-acc", "vault-shared"}),
        ({"subscriptions": ("22222222-*",)}, {"vault-acc", "vault-shared"}),
        ({"resource_groups": ("rg-shared",)}, {"vault-shared"}),
        ({"tags": (("team", "data"),)}, {"vault-prod-sql"}),
    ],
)
async def test_places_by_name_or_tag(lookups: Lookups, scope: dict[str, Any], places: set[str]) -> None:
    whole = await page(lookups, "failed 24h")
    found = await seen(lookups, "failed 24h", only(**scope))
    assert vaults(found) == places
    assert found.total + hidden(found) == whole.total
    assert hidden(found) > 0


async def test_vms_by_name_and_by_their_own_tags(lookups: Lookups, azure: RunningAzure) -> None:
    assert items(await seen(lookups, "vault-prod failed 7d", only(vms=("vm-web-0?",)))) == {"vm-web-01", "vm-web-02"}
    azure.estate.change({"tag": {"vm": "vm-sql-01", "tags": {"Crown": "jewel"}}})
    assert items(await seen(lookups, "failed 24h", only(tags=(("crown", "j*"),)))) == {"vm-sql-01"}
    both = only(tags=(("env", "prod"), ("Crown", "jewel")))
    assert items(await seen(lookups, "failed 24h", both)) == {"vm-sql-01"}, "the vault's tags and the VM's together"


async def test_where_vms_tags_cannot_be_read_nothing_is_shown_because_of_one_and_that_is_told(
    lookups: Lookups, azure: RunningAzure
) -> None:
    await page(lookups, "vault-prod failed 24h")
    azure.faults.set({"forbidden": {"operation": "graph", "times": 9}})
    found = await seen(lookups, "vault-prod failed 24h", only(tags=(("app", "sql"),)))
    assert found.total == 0
    assert "azure.not_allowed" in {each.label for each in found.problems}
    for language in LANGUAGES:
        assert title(found, language).startswith(("I could not see", "Ik kon niet"))


async def test_everybody_shares_what_azure_answered(lookups: Lookups, azure: RunningAzure) -> None:
    await seen(lookups, "failed 24h", only(tags=(("app", "sql"),)))
    before = dict(azure.counts)
    for scope in ({"vaults": ("vault-prod",)}, {"vms": ("x",)}, {"tags": (("env", "acc"),)}, {}):
        await seen(lookups, "failed 24h", only(**scope))
    assert azure.counts == before


async def test_tags_that_change_count_after_a_minute(lookups: Lookups, azure: RunningAzure, seconds: Seconds) -> None:
    of = only(tags=(("app", "sql"),))
    assert items(await seen(lookups, "vault-prod failed 24h", of)) == {"vm-sql-01"}
    azure.estate.change({"tag": {"vm": "vm-sql-01", "tags": {}}})
    seconds.now += 60
    assert items(await seen(lookups, "vault-prod failed 24h", of)) == set()


async def test_pages_and_counts_are_of_what_somebody_sees(lookups: Lookups) -> None:
    of = only(subscriptions=("Production",))
    whole = await seen(lookups, "failed 24h", of)
    parts = [await seen(lookups, "failed 24h", of, number, 4) for number in range(1, -(-whole.total // 4) + 1)]
    rows = [row.value for part in parts for group in part.groups for row in group.rows]
    assert len(rows) == len(set(rows)) == whole.total == parts[0].total
    assert parts[-1].next == ""
    counts = [group.count for group in whole.groups]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == whole.total


def blocks(found: JobsPage, language: Language) -> str:
    return str(jobs_card(found, language).blocks)


def title(found: JobsPage, language: Language) -> str:
    block: Any = jobs_card(found, language).blocks[0]
    return str(block["text"]["text"])


async def test_the_card_says_how_many_are_not_shown_and_never_that_all_is_well(lookups: Lookups) -> None:
    found = await seen(lookups, "failed 24h", only(vms=("nothing-*",)))
    count = hidden(found)
    assert (found.total, count > 10) == (0, True)
    assert f"{count} jobs are not shown: your rights do not reach them" in blocks(found, "en")
    assert f"{count} taken worden niet getoond: uw rechten reiken daar niet" in blocks(found, "nl")
    for language in LANGUAGES:
        assert title(found, language).startswith(("I could not see", "Ik kon niet"))


@pytest.mark.parametrize("text", ["vault-acc", "sub:Acceptance", "vault-prod-sql"])
async def test_a_place_out_of_reach_is_refused_before_azure_is_asked_for_its_jobs(
    lookups: Lookups, azure: RunningAzure, text: str
) -> None:
    with pytest.raises(OutOfReach):
        await lookups.jobs(asked(text), 1, "en", reach=only(vaults=("vault-prod",), subscriptions=("Production",)))
    assert "list_jobs" not in azure.counts


async def test_only_places_within_reach_are_offered(lookups: Lookups) -> None:
    whole = await lookups.jobs(asked("vault-shared"), 1, "en")
    assert isinstance(whole, Choice)
    assert len(whole.choices) == 2
    one = await lookups.jobs(asked("vault-shared"), 1, "en", reach=only(subscriptions=("Acceptance",)))
    assert isinstance(one, JobsPage), "the other one is not offered, so this one is meant"
    assert {row.subscription for group in one.groups for row in group.rows} == {"Acceptance"}
    near = await lookups.jobs(asked("vault-prdo"), 1, "en", reach=only(vaults=("vault-prod",)))
    assert isinstance(near, Choice)
    assert {each.name for each in near.choices if each.group} == {"vault-prod"}
    with pytest.raises(OutOfReach):
        await lookups.jobs(asked("vault-shared"), 1, "en", reach=only(vaults=("vault-prod",)))


async def _value(lookups: Lookups, vm: str) -> str:
    rows: Sequence[Any] = [row for group in (await page(lookups, "failed 24h")).groups for row in group.rows]
    return str(next(row.value for row in rows if row.item == vm))


@pytest.mark.parametrize(
    "scope", [{"vms": ("vm-sql-*",)}, {"tags": (("app", "sql"),)}, {"vaults": ("vault-prod",)}, {}]
)
async def test_details_of_a_job_within_reach_are_shown(lookups: Lookups, scope: dict[str, Any]) -> None:
    ref = parse_job(await _value(lookups, "vm-sql-01"))
    assert ref is not None
    assert (await lookups.details(ref, only(**scope))).row.item == "vm-sql-01"


@pytest.mark.parametrize("scope", [{"vms": ("vm-web-*",)}, {"tags": (("app", "web"),)}, {"vaults": ("vault-acc",)}])
async def test_details_of_a_job_out_of_reach_are_refused(lookups: Lookups, scope: dict[str, Any]) -> None:
    ref = parse_job(await _value(lookups, "vm-sql-01"))
    assert ref is not None
    with pytest.raises(OutOfReach) as outside:
        await lookups.details(ref, only(**scope))
    assert (outside.value.resource.vm, outside.value.resource.vault) == ("vm-sql-01", "vault-prod")


async def test_a_group_holds_only_what_is_within_reach(lookups: Lookups) -> None:
    stuck = "ExtensionStuckInDeletionState"
    everything = await lookups.group_of(asked("failed 24h"), stuck)
    some = await lookups.group_of(asked("failed 24h"), stuck, only(vaults=("vault-acc",)))
    assert {job.ref.vault.name for job in some} == {"vault-acc"}
    assert len(some) < len(everything)
