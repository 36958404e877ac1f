"""What a look-up finds, how often Azure is asked for it, and what stays true when parts of it fail."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azure_ops.errors import AzureError, NotAllowed, NotFound, NotSignedIn, Throttled, Unreachable
from azure_ops.ids import parse_job
from bot.lookups.lookups import Lookups
from bot.lookups.pages import read_turn
from responses.cards.job_details import DetailsOf, job_details
from responses.cards.jobs import JobsPage
from responses.catalog.model import LANGUAGES
from sandbox.azure import RunningAzure
from tests.bot.conftest import Seconds
from tests.bot.lookups.conftest import CATALOG, asked, at, choice, items, page
from tests.scenarios.conftest import eventually

PRODUCTION, ACCEPTANCE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
STUCK = "ExtensionStuckInDeletionState"


async def test_every_error_of_the_catalog_that_has_a_code_is_named(lookups: Lookups) -> None:
    found = await page(lookups, "failed 24h")
    named = {group.entry.code: group for group in found.groups if group.entry}
    coded = {entry.code for entry in CATALOG if entry.has_code and entry.workload == "vm"}
    assert coded <= named.keys()
    for group in named.values():
        assert group.code
        assert all(row.status == "Failed" for row in group.rows)
    assert found.problems == ()


async def test_it_is_the_same_from_each_vault_itself(lookups: Lookups, azure: RunningAzure) -> None:
    everything = await page(lookups, "failed 24h")
    fleet = {(row.value, group.code) for group in everything.groups for row in group.rows}
    apart = set()
    for body in [
        vault for each in azure.estate.subscriptions() for vault in azure.estate.vaults(each["subscriptionId"])
    ]:
        found = await page(lookups, f'"{body["id"]}" failed 24h')
        apart |= {(row.value, group.code) for group in found.groups for row in group.rows}
    assert apart == fleet


async def test_details_are_read_for_each_kind_and_never_more_than_thirty(lookups: Lookups, azure: RunningAzure) -> None:
    await page(lookups, "vault-prod failed 24h")
    assert 0 < azure.counts.get("get_job", 0) <= 30


async def test_a_hundred_who_ask_the_same_are_one_question(lookups: Lookups, azure: RunningAzure) -> None:
    await page(lookups, "vault-prod")
    before = dict(azure.counts)
    found = await asyncio.gather(*(page(lookups, "vault-prod running") for _ in range(100)))
    assert len({each.read_at for each in found}) == 1
    assert azure.counts["list_jobs"] - before["list_jobs"] == 1


async def test_one_who_leaves_does_not_take_the_answer_from_the_others(lookups: Lookups, azure: RunningAzure) -> None:
    await page(lookups, "vault-prod")
    azure.faults.set({"hang": {"seconds": 0.2, "operation": "list_jobs"}})
    leaving, staying = (asyncio.create_task(page(lookups, "vault-acc")) for _ in range(2))
    await asyncio.sleep(0.05)
    leaving.cancel()
    assert "vm-erp-01" in items(await staying)


async def test_an_answer_is_good_for_fifteen_seconds(lookups: Lookups, azure: RunningAzure, seconds: Seconds) -> None:
    first = await page(lookups, "vault-prod")
    seconds.now += 14
    assert (await page(lookups, "vault-prod")).read_at == first.read_at
    seconds.now += 1
    azure.clock.advance(60)
    assert (await page(lookups, "vault-prod")).read_at > first.read_at
    assert azure.counts["list_jobs"] == 2


async def test_the_vaults_are_kept_for_five_minutes(lookups: Lookups, azure: RunningAzure, seconds: Seconds) -> None:
    await page(lookups, "vault-prod")
    seconds.now += 299
    await page(lookups, "vault-acc")
    assert azure.counts["list_subscriptions"] == 1
    seconds.now += 1
    await page(lookups, "vault-prod")
    assert azure.counts["list_subscriptions"] == 2


async def test_an_unknown_name_is_looked_for_anew_but_not_again_and_again(
    lookups: Lookups, azure: RunningAzure, seconds: Seconds
) -> None:
    await page(lookups, "vault-prod")
    await choice(lookups, "vault-mystery")
    seconds.now += 15
    await choice(lookups, "vault-mystery")
    await choice(lookups, "vault-mystery")
    assert azure.counts["list_subscriptions"] == 2


async def test_pages_hold_ten_rows_and_lead_to_each_other(lookups: Lookups) -> None:
    first = await page(lookups, "failed 24h", rows=10)
    assert (first.page, first.previous) == (1, "")
    assert sum(len(group.rows) for group in first.groups) == 10
    turn = read_turn(first.next)
    assert turn is not None
    second = await page(lookups, turn.text, turn.page, rows=10)
    back = read_turn(second.previous)
    assert back is not None
    assert (second.page, back.page) == (2, 1)
    assert items(first).isdisjoint(items(second))
    assert [row.group for group in second.groups for row in group.rows] == [
        index for index, group in enumerate(second.groups) for _ in group.rows
    ]


async def test_a_buttons_value_names_the_vault_for_good(lookups: Lookups) -> None:
    question = await choice(lookups, "vault-shared")
    assert question.is_known
    seen = set()
    for offered in question.choices:
        turn = read_turn(offered.value)
        assert turn is not None
        found = await page(lookups, turn.text)
        again = read_turn(found.again)
        assert again is not None
        assert (await page(lookups, again.text)).total == found.total
        seen.add(frozenset(items(found)))
        assert {row.subscription for group in found.groups for row in group.rows} == {offered.subscription}
    assert len(seen) == 2


async def test_a_window_that_is_too_long_is_cut_and_told(lookups: Lookups, azure: RunningAzure) -> None:
    fleet, vault = await page(lookups, "all 90d"), await page(lookups, "vault-prod all 90d")
    assert at(azure) - fleet.since < timedelta(days=14, minutes=1)
    assert at(azure) - vault.since < timedelta(days=30, minutes=1)
    for found, days in ((fleet, "14"), (vault, "30")):
        assert [(each.label, each.values["days"]) for each in found.problems] == [("azure.window_cut", days)]


async def test_where_resource_graph_is_refused_each_vault_is_asked(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"path": "Microsoft.ResourceGraph", "times": 1_000}})
    found = await page(lookups, "failed 24h")
    assert found.problems == ()
    assert STUCK in {group.code for group in found.groups}


async def test_a_part_that_may_not_be_read_is_told_beside_the_rest(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set(
        {
            "forbidden": [
                {"path": "Microsoft.ResourceGraph", "times": 1_000},
                {"path": f"{ACCEPTANCE}/resourceGroups", "times": 1_000},
            ]
        }
    )
    found = await page(lookups, "failed 24h")
    assert [(each.label, each.about) for each in found.problems] == [("azure.not_allowed", "Acceptance")]
    assert "vm-sql-01" in items(found)
    assert "vm-erp-01" not in items(found)


async def test_a_subscription_whose_vaults_cannot_be_listed_is_told(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set(
        {
            "forbidden": [
                {"path": "Microsoft.ResourceGraph", "times": 1_000},
                {"path": f"{ACCEPTANCE}/providers", "times": 1_000},
            ]
        }
    )
    found = await page(lookups, "failed 24h")
    assert [(each.label, each.about) for each in found.problems] == [("azure.not_allowed", "Acceptance")]
    assert "vm-sql-01" in items(found)


async def test_pages_that_came_before_a_failure_are_shown(lookups: Lookups, azure: RunningAzure) -> None:
    azure.habits.page_size = 5
    azure.faults.set({"foreign_next_link": {"operation": "list_jobs"}})
    found = await page(lookups, "vault-prod all 30d")
    assert found.total > 0
    assert [each.label for each in found.problems] == ["azure.unexpected"]


async def test_details_that_cannot_be_read_leave_azures_own_words(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"operation": "get_job", "times": 1_000}})
    found = await page(lookups, "vault-prod failed 24h")
    assert "vm-sql-01" in items(found)
    unnamed = [group for group in found.groups if group.entry is None]
    assert all(group.title or group.code for group in unnamed)
    assert bool(unnamed) == bool(found.problems)


@pytest.mark.parametrize(
    "kinds",
    ["duration actions end-list start-garbage error-object name-number job-type", "recommendations-null number-text"],
)
async def test_wrong_types_do_not_stop_it(lookups: Lookups, azure: RunningAzure, kinds: str) -> None:
    azure.faults.set({"wrong_types": {"kinds": kinds, "times": 1_000}})
    found = await page(lookups, "vault-prod failed 24h")
    assert found.total > 0


async def test_an_expired_token_is_renewed_unnoticed(lookups: Lookups, azure: RunningAzure) -> None:
    await page(lookups, "vault-prod")
    azure.expire_tokens()
    assert "vm-erp-01" in items(await page(lookups, "vault-acc"))


async def test_throttling_is_told_with_its_wait(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set({"throttle": {"retry_after": 90, "operation": "list_jobs"}})
    with pytest.raises(Throttled) as error:
        await page(lookups, "vault-prod")
    assert error.value.seconds == 90
    assert (await page(lookups, "vault-acc")).total > 0, "another subscription has its own patience"


async def test_a_look_up_ends_in_time_and_says_so(make: Callable[..., Lookups], azure: RunningAzure) -> None:
    lookups = make(limit=0.3)
    azure.faults.set({"hang": {"seconds": 30, "operation": "list_subscriptions"}})
    with pytest.raises(Unreachable):
        await page(lookups, "vault-prod")


async def test_nobody_signed_in_is_told(lookups: Lookups, azure: RunningAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with pytest.raises(NotSignedIn):
        await page(lookups, "vault-prod")


async def test_only_the_named_subscriptions_are_looked_into(
    make: Callable[..., Lookups], azure: RunningAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    unseen = "99999999-9999-4999-8999-999999999999"
    monkeypatch.setenv("BACKUP_BOT_SUBSCRIPTIONS", f"{PRODUCTION.upper()},{unseen}")
    lookups = make()
    found = await page(lookups, "failed 24h")
    assert {row.subscription for group in found.groups for row in group.rows} == {"Production"}
    assert [(each.label, each.about) for each in found.problems] == [("azure.not_found", unseen)]
    assert not (await choice(lookups, "vault-acc")).is_known
    job = _a_job(found)
    outside = parse_job(job.replace(PRODUCTION, ACCEPTANCE))
    assert outside is not None
    with pytest.raises(NotFound):
        await lookups.details(outside)


async def test_an_identity_that_sees_nothing_does_not_report_that_all_is_well(
    make: Callable[..., Lookups], azure: RunningAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_BOT_SUBSCRIPTIONS", "99999999-9999-4999-8999-999999999999")
    with pytest.raises(NotAllowed):
        await page(make(), "failed")


async def test_details_of_a_job(lookups: Lookups) -> None:
    found = await page(lookups, "vault-prod failed 24h")
    group = next(group for group in found.groups if group.code == STUCK)
    ref = parse_job(group.rows[0].value)
    assert ref is not None
    told = await lookups.details(ref)
    assert told.entry is not None
    assert (told.entry.code, told.code, told.job_id) == (STUCK, STUCK, ref.name)
    assert told.row.item == "vm-sql-01"
    assert told.tasks


async def _details(lookups: Lookups, name: str) -> DetailsOf:
    """Those of the newest job of this name in vault-prod."""
    found = await page(lookups, "vault-prod all 7d")
    row = next(row for group in found.groups for row in group.rows if row.item == name)
    ref = parse_job(row.value)
    assert ref is not None
    return await lookups.details(ref)


async def test_a_vms_job_has_four_links_that_differ(lookups: Lookups) -> None:
    told = await _details(lookups, "vm-sql-01")
    links = dict(told.links)
    assert list(links) == ["jobs", "items", "vm", "vault"]
    assert len(set(links.values())) == 4
    assert all(url.startswith("https://portal.azure.com/#resource/subscriptions/") for url in links.values())
    assert links["vm"].endswith("/virtualMachines/vm-sql-01")
    assert links["jobs"].startswith(f"{links['vault']}/")
    assert links["items"].startswith(f"{links['vault']}/")
    for language in LANGUAGES:
        shown = json.dumps(job_details(told, language).body)
        assert all(f"<{url}|" in shown for url in links.values())


async def test_a_job_and_an_item_open_their_own_pages_where_it_is_told_how(
    make: Callable[..., Lookups], monkeypatch: pytest.MonkeyPatch
) -> None:
    blade = "https://portal.azure.com/#view/X/Blade"
    forms = {"tenant": "contoso.example", "job": f"{blade}/job/{{id}}", "item": f"{blade}/item/{{name}}"}
    monkeypatch.setenv("BACKUP_BOT_PORTAL", json.dumps(forms))
    lookups = make()
    told = await _details(lookups, "vm-sql-01")
    links = dict(told.links)
    assert list(links) == ["job", "item", "vm", "vault"]
    assert links["job"].startswith(f"{blade}/job/%2Fsubscriptions%2F")
    assert links["job"].endswith(f"%2FbackupJobs%2F{told.job_id}")
    assert links["item"].startswith(f"{blade}/item/VM%3B")
    assert links["vault"].startswith("https://portal.azure.com/#@contoso.example/resource/subscriptions/")
    listed = await page(lookups, "vault-prod all 7d")
    assert listed.portal == f"{links['vault']}/backupJobs"
    assert links["job"] in {row.portal for group in listed.groups for row in group.rows}


@pytest.mark.parametrize(
    "fault",
    [{"forbidden": {}}, {"throttle": {"retry_after": 3600}}, {"html": {"status": 200, "times": 9}}],
    ids=str,
)
async def test_an_item_that_cannot_be_found_costs_only_its_link(
    lookups: Lookups, azure: RunningAzure, fault: dict[str, Any]
) -> None:
    azure.faults.set({kind: {"operation": "list_items"} | how for kind, how in fault.items()})
    told = await _details(lookups, "vm-sql-01")
    assert {kind for kind, _ in told.links} == {"jobs", "vm", "vault"}
    azure.faults.reset()
    azure.clock.advance(7_200)


async def test_an_item_that_is_not_protected_any_more_has_no_link(lookups: Lookups, azure: RunningAzure) -> None:
    azure.estate.change({"unprotect": {"vm": "vm-sql-01"}})
    told = await _details(lookups, "vm-sql-01")
    assert {kind for kind, _ in told.links} == {"jobs", "vm", "vault"}


async def test_the_item_is_looked_up_once_for_all_jobs_of_a_vm(
    lookups: Lookups, azure: RunningAzure, seconds: Seconds
) -> None:
    for _ in range(3):
        await _details(lookups, "vm-sql-01")
        seconds.now += 60
    assert azure.counts["list_items"] == 1
    await _details(lookups, "vm-db-01")
    assert azure.counts["list_items"] == 2


async def test_details_of_a_job_that_is_gone(lookups: Lookups) -> None:
    ref = parse_job(_a_job(await page(lookups, "vault-prod")))
    assert ref is not None
    with pytest.raises(NotFound):
        await lookups.details(replace(ref, name="00000000-0000-4000-8000-000000000000"))


async def test_details_asked_twice_are_read_once(lookups: Lookups, azure: RunningAzure) -> None:
    ref = parse_job(_a_job(await page(lookups, "vault-prod")))
    assert ref is not None
    before = azure.counts.get("get_job", 0)
    await asyncio.gather(*(lookups.details(ref) for _ in range(20)))
    assert azure.counts["get_job"] == before + 1


async def test_closing_in_the_middle_leaves_nothing_open(make: Callable[..., Lookups], azure: RunningAzure) -> None:
    lookups = make()
    azure.faults.set({"hang": {"seconds": 30, "operation": "list_jobs"}})
    asking = asyncio.create_task(lookups.jobs(asked("vault-prod"), 1, "en"))
    await eventually(lambda: asyncio.sleep(0, azure.counts.get("list_jobs")), bool)
    await lookups.close()
    with pytest.raises((asyncio.CancelledError, AzureError)):
        await asking


def _a_job(found: JobsPage) -> str:
    return found.groups[0].rows[0].value
