"""What a name means to the policy, found in a real Azure on loopback: one place, several, none, or not readable."""

from collections.abc import Callable

import pytest

from bot.lookups.lookups import Lookups
from bot.lookups.resources import Candidates, Wanted, find_resources
from intents.policy import OperationName, Resource
from sandbox.azure import RunningAzure

PRODUCTION = "11111111-1111-4111-8111-111111111111"


async def find(
    lookups: Lookups, name: str, operation: OperationName = "retry-backup", *, with_tags: bool = False, **where: str
) -> Candidates:
    return await find_resources(lookups, Wanted(name, **where), operation, with_tags=with_tags)


async def test_a_vm_is_found_with_its_vault_and_what_grants_can_name(lookups: Lookups) -> None:
    found = await find(lookups, "VM-SQL-01")
    assert found == Candidates(
        (
            Resource(
                subscription_id=PRODUCTION,
                subscription="Production",
                resource_group="rg-backup-prod",
                vault="vault-prod",
                vm="vm-sql-01",
                tags=(("env", "prod"), ("team", "platform")),
            ),
        )
    )


@pytest.mark.parametrize("operation", ["remove-extension", "approve"])
async def test_what_is_removed_is_in_the_group_of_the_vm(lookups: Lookups, operation: OperationName) -> None:
    (resource,) = (await find(lookups, "vm-sql-01", operation)).resources
    assert resource.resource_group == "rg-app-prod"


async def test_the_tags_of_the_vm_are_read_where_grants_ask_for_them(lookups: Lookups) -> None:
    (resource,) = (await find(lookups, "vm-sql-01", with_tags=True)).resources
    assert ("app", "sql") in resource.tags
    assert ("team", "platform") in resource.tags


async def test_tags_that_cannot_be_read_are_told(lookups: Lookups, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"operation": "get_vm", "times": 9}})
    found = await find(lookups, "vm-sql-01", with_tags=True)
    assert [resource.vm for resource in found.resources] == ["vm-sql-01"]
    assert [problem.about for problem in found.problems] == ["vm-sql-01"]


async def test_a_vault_of_two_subscriptions_is_two_places(lookups: Lookups) -> None:
    found = await find(lookups, "vault-shared")
    assert {(each.subscription, each.vm) for each in found.resources} == {("Acceptance", ""), ("Shared", "")}
    (chosen,) = (await find(lookups, "vault-shared", subscription="shared")).resources
    assert chosen.subscription == "Shared"
    assert chosen.tags == (("env", "shared"),)


async def test_a_vm_may_be_named_by_its_whole_id(lookups: Lookups) -> None:
    path = (
        f"/subscriptions/{PRODUCTION}/resourceGroups/rg-app-prod/providers/Microsoft.Compute/virtualMachines/vm-sql-01"
    )
    assert [each.vm for each in (await find(lookups, path)).resources] == ["vm-sql-01"]


@pytest.mark.parametrize(
    ("name", "vault", "subscription"),
    [("vm-sql", "", ""), ("vm-sql-01", "vault-acc", ""), ("vm-sql-01", "", "Nowhere"), ("", "", "")],
)
async def test_a_name_that_nobody_has_is_unknown_without_a_problem(
    lookups: Lookups, name: str, vault: str, subscription: str
) -> None:
    assert await find(lookups, name, vault=vault, subscription=subscription) == Candidates(())


@pytest.mark.parametrize("fault", [{"forbidden": {"times": 99}}, {"hang": {"seconds": 60.0, "times": 99}}])
async def test_what_cannot_be_read_is_a_problem_and_no_unknown_name(
    make: Callable[..., Lookups], azure: RunningAzure, fault: dict[str, object]
) -> None:
    azure.faults.set(fault)
    wanted = Wanted("vm-sql-01")
    found = await find_resources(make(), wanted, "retry-backup", with_tags=False, seconds=1.0)
    assert found.resources == ()
    assert found.problems
