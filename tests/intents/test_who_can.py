"""Which grants let people do something here, and which only elsewhere: never other than the policy itself decides."""

import random
from dataclasses import replace

import pytest

from intents.policy import OPERATIONS, ROLES, Actor, Grant, Resource, decide
from intents.who_can import holders, holds_any, scope_of

OPERATORS = Grant("operators", frozenset({"U1"}), frozenset({"S1"}), ROLES["operator"], vaults=("vault-prod*",))
ELSEWHERE = Grant("elsewhere", frozenset({"U2"}), operations=ROLES["operator"], channels=frozenset({"C2"}))
APPROVERS = Grant("approvers", frozenset({"U3"}), operations=ROLES["approver"])
NOBODY = Grant("nobody", operations=ROLES["admin"])
GRANTS = (OPERATORS, ELSEWHERE, APPROVERS, NOBODY)
SQL = Resource(vault="vault-prod", vm="vm-sql-01")


def test_here_and_elsewhere() -> None:
    held = holders("retry-backup", SQL, "C1", GRANTS)
    assert (held.here, held.elsewhere) == ((OPERATORS,), (ELSEWHERE,))
    assert holders("retry-backup", SQL, "C2", GRANTS).elsewhere == ()


def test_what_a_grant_is_not_for_is_not_told() -> None:
    assert holders("retry-backup", Resource(vault="vault-acc"), "C2", GRANTS).here == (ELSEWHERE,)
    assert holders("approve", SQL, "C1", GRANTS).here == (APPROVERS,)


def test_without_a_resource_every_grant_that_has_the_operation_counts() -> None:
    assert holders("retry-backup", None, "C2", GRANTS).here == (OPERATORS, ELSEWHERE)


def test_it_says_what_the_policy_decides() -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        grant = replace(
            chance.choice(GRANTS),
            users=frozenset({"U1"}),
            vaults=chance.choice([(), ("vault-*",), ("other",)]),
            channels=frozenset(chance.choice([(), ("C1",)])),
        )
        operation, channel = chance.choice(OPERATIONS), chance.choice(["C1", "C2", ""])
        is_here = bool(holders(operation, SQL, channel, [grant]).here)
        assert is_here == decide(Actor("U1"), operation, SQL, channel, [grant]).is_allowed


@pytest.mark.parametrize(
    ("actor", "holds"),
    [
        (Actor("U1"), True), (Actor("U3"), True), (Actor("U9", frozenset({"S1"})), True), (Actor("U9"), False),
        (Actor("U1", is_deactivated=True), False), (Actor("U1", is_unknown=True), False),
        (Actor("U9", frozenset({"S1"}), is_guest=True), False), (Actor("U9", unread_groups=frozenset({"S1"})), False),
    ],
)  # fmt: skip
def test_who_holds_any_grant(actor: Actor, holds: bool) -> None:
    assert holds_any(actor, GRANTS) is holds


def test_what_a_grant_is_limited_to() -> None:
    assert scope_of(APPROVERS) == ()
    wide = replace(OPERATORS, tags=(("env", "prod"),), vms=("a*", "b"))
    assert scope_of(wide) == (("vaults", "vault-prod*"), ("vms", "a*, b"), ("tags", "env=prod"))
