"""Who may do what: told rules, then every combination against an oracle written another way."""

import fnmatch
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.policy import OPERATIONS, ROLES, Actor, Grant, Resource, decide, reach, who_can

EMMA, DAAN, GUEST = Actor("U0EMMA"), Actor("U0DAAN", frozenset({"S0BACKUP"})), Actor("U0GUEST", is_guest=True)
VM = Resource("1111", "Production", "rg-app-prod", "vault-prod", "vm-sql-01", (("env", "prod"), ("Owner", "sql")))
OPERATOR = ROLES["operator"]


def grant(**fields: object) -> Grant:
    return Grant(**{"name": "g", "users": frozenset({"U0EMMA"}), "operations": OPERATOR} | fields)  # type: ignore[arg-type]


def test_without_a_grant_nobody_may_do_anything() -> None:
    for operation in OPERATIONS:
        decision = decide(EMMA, operation, VM, "C0ALERTS", [])
        assert not decision.is_allowed
        assert decision.reason == "nobody-granted"


def test_a_yes_names_its_grant() -> None:
    grants = [grant(name="night"), grant(name="day", users=frozenset({"U0DAAN"}))]
    assert decide(DAAN, "retry-backup", VM, "C0ALERTS", grants).grant == "day"


def test_a_refusal_names_the_grant_that_came_nearest_and_what_it_lacked() -> None:
    grants = [grant(name="other vault", vaults=("vault-acc",)), grant(name="other channel", channels=frozenset({"C1"}))]
    decision = decide(EMMA, "retry-backup", VM, "C0ALERTS", grants)
    assert (decision.reason, decision.grant) == ("not-this-channel", "other channel")


def test_removing_the_extension_needs_a_second_person() -> None:
    decision = decide(EMMA, "remove-extension", VM, "C0ALERTS", [grant(operations=ROLES["remediator"])])
    assert decision.is_allowed
    assert decision.needs_approval


def test_nobody_approves_their_own_request_whatever_they_hold() -> None:
    grants = [grant(operations=ROLES["admin"])]
    assert decide(EMMA, "approve", VM, "", grants, requested_by="U0EMMA").reason == "own-request"
    assert decide(EMMA, "approve", VM, "", grants, requested_by="U0DAAN").is_allowed


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("is_bot", "bot-not-named"), ("is_guest", "guest-not-named"), ("is_foreign", "foreign-not-named")],
)
def test_a_group_does_not_carry_outsiders_and_their_own_name_does(kind: str, reason: str) -> None:
    outsider = Actor("U0X", frozenset({"S0BACKUP"}), **{kind: True})  # type: ignore[arg-type]
    by_group = [grant(users=frozenset(), groups=frozenset({"S0BACKUP"}))]
    assert decide(outsider, "retry-backup", VM, "", by_group).reason == reason
    assert decide(outsider, "retry-backup", VM, "", [grant(users=frozenset({"U0X"}))]).is_allowed


def test_a_deactivated_person_may_do_nothing_even_when_named() -> None:
    gone = Actor("U0EMMA", is_deactivated=True)
    assert decide(gone, "look-up", VM, "", [grant()]).reason == "deactivated"


def test_whom_slack_does_not_describe_may_do_nothing_even_when_named() -> None:
    assert decide(Actor("U0EMMA", is_unknown=True), "look-up", VM, "", [grant()]).reason == "unknown-person"


def test_whether_somebody_is_in_a_group_is_the_reason_only_where_the_answer_hangs_on_it() -> None:
    """Who would not be allowed in any case is told why, and not that Slack could not be asked."""
    actor = Actor("U0X", unread_groups=frozenset({"S1"}))
    by_group = {"users": frozenset(), "groups": frozenset({"S1"})}
    told = decide(actor, "retry-backup", VM, "C1", [grant(**by_group, name="night")])
    assert (told.is_allowed, told.reason, told.grant) == (False, "unknown-groups", "night")
    elsewhere = [grant(**by_group, vaults=("vault-acc",))]
    assert decide(actor, "retry-backup", VM, "C1", elsewhere).reason == "not-this-resource"
    assert decide(actor, "approve", VM, "C1", [grant(**by_group)]).reason == "not-this-operation"
    guest = Actor("U0X", unread_groups=frozenset({"S1"}), is_guest=True)
    assert decide(guest, "retry-backup", VM, "C1", [grant(**by_group)]).reason == "guest-not-named"
    assert decide(actor, "retry-backup", VM, "C1", [grant(users=frozenset({"U0X"}))]).is_allowed


def test_a_place_is_within_reach_unless_what_is_known_of_it_rules_it_out() -> None:
    vault = Resource("1111", "Production", "rg-backup", "vault-prod")
    subscription = Resource("1111", "Production")
    for scope, told in (
        ({"vms": ("vm-web-*",)}, (True, True)),
        ({"tags": (("env", "prod"),)}, (True, True)),
        ({"vaults": ("vault-acc",)}, (False, True)),
        ({"resource_groups": ("rg-app",)}, (False, True)),
        ({"subscriptions": ("Acceptance",)}, (False, False)),
    ):
        reached = reach(EMMA, "retry-backup", "", [grant(**scope)])
        assert (reached.may_cover_in(vault), reached.may_cover_in(subscription)) == told
        assert not reached.is_everything
    assert reach(EMMA, "retry-backup", "", [grant(vms=("x",)), grant()]).is_everything


def test_tags_are_needed_only_where_a_grant_names_them_and_none_is_for_everything() -> None:
    tagged = grant(tags=(("env", "prod"),))
    assert reach(EMMA, "retry-backup", "", [tagged]).needs_tags
    assert not reach(EMMA, "retry-backup", "", [tagged, grant()]).needs_tags
    assert not reach(EMMA, "retry-backup", "", [grant(vaults=("v",))]).needs_tags


def test_what_is_not_known_of_a_resource_is_not_allowed() -> None:
    bare = Resource(vault="vault-prod")
    assert decide(EMMA, "retry-backup", bare, "", [grant(vaults=("vault-*",))]).is_allowed
    for field in ({"vms": ("*",)}, {"tags": (("env", "*"),)}, {"subscriptions": ("*",)}, {"resource_groups": ("*",)}):
        assert decide(EMMA, "retry-backup", bare, "", [grant(**field)]).reason == "not-this-resource"


def test_a_subscription_is_named_by_its_id_or_its_name() -> None:
    for pattern in ("1111", "prod*"):
        assert decide(EMMA, "retry-backup", VM, "", [grant(subscriptions=(pattern,))]).is_allowed


def test_brackets_and_dots_in_a_pattern_mean_themselves() -> None:
    odd = Resource(vault="vault.[x]")
    assert decide(EMMA, "look-up", odd, "", [grant(vaults=("vault.[x]",))]).is_allowed
    assert not decide(EMMA, "look-up", Resource(vault="vaultQx"), "", [grant(vaults=("vault.[x]",))]).is_allowed


def test_who_can_lists_those_who_may_first_and_who_could_grant() -> None:
    grants = [grant(), grant(name="boss", users=frozenset({"U0BOSS"}), operations=ROLES["admin"])]
    told = who_can([DAAN, GUEST, EMMA], "retry-backup", VM, "", grants)
    assert [(actor.user, decision.is_allowed) for actor, decision in told] == [
        ("U0EMMA", True),
        ("U0DAAN", False),
        ("U0GUEST", False),
    ]
    assert told[1][1].who_can == ("U0BOSS",)


def _oracle(actor: Actor, operation: str, resource: Resource, channel: str, grants: list[Grant]) -> bool:
    """The rules once more, as one expression for each grant; patterns by the standard library."""
    if actor.is_deactivated or actor.is_unknown:
        return False
    outsider = actor.is_bot or actor.is_guest or actor.is_foreign

    def like(patterns: tuple[str, ...], *names: str) -> bool:
        return not patterns or any(
            fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns for name in names if name
        )

    return any(
        (actor.user in one.users or (not outsider and bool(set(actor.groups) & set(one.groups))))
        and operation in one.operations
        and like(one.subscriptions, resource.subscription_id, resource.subscription)
        and like(one.resource_groups, resource.resource_group)
        and like(one.vaults, resource.vault)
        and like(one.vms, resource.vm)
        and all(
            any(key.lower() == name.lower() and like((pattern,), value) for name, value in resource.tags)
            for key, pattern in one.tags
        )
        and (not one.channels or channel in one.channels)
        for one in grants
    )


def test_every_role_operation_scope_channel_and_kind_of_person_against_the_oracle() -> None:
    """More than 20,000 decisions."""
    kinds: list[dict[str, object]] = [
        {}, {"is_bot": True}, {"is_guest": True}, {"is_foreign": True}, {"is_deactivated": True}, {"is_unknown": True},
        {"unread_groups": frozenset({"S1"})},
    ]  # fmt: skip
    actors = [
        Actor(user, groups, **kind)  # type: ignore[arg-type]
        for user, groups, kind in itertools.product(
            ("U1", "U2"), (frozenset(), frozenset({"S1"}), frozenset({"S2", "S1"})), kinds
        )
    ]
    resources = [
        VM,
        Resource("2222", "Acceptance", "rg-acc", "vault-acc", "vm-web-01"),
        Resource(vault="vault-prod"),
        Resource(),
    ]
    scopes: list[dict[str, object]] = [
        {},
        {"subscriptions": ("prod*",)},
        {"resource_groups": ("RG-APP-*",)},
        {"vaults": ("vault-prod", "vault-x")},
        {"vms": ("vm-???-01",)},
        {"tags": (("ENV", "p*"),)},
        {"vaults": ("vault-*",), "vms": ("*web*",), "channels": frozenset({"C1"})},
    ]
    people: list[dict[str, object]] = [
        {"users": frozenset({"U1"})},
        {"users": frozenset(), "groups": frozenset({"S1"})},
    ]
    decisions = allowed = 0
    for role, scope, who in itertools.product(ROLES, scopes, people):
        grants = [grant(operations=ROLES[role], **scope, **who)]
        for actor, operation, resource, channel in itertools.product(actors, OPERATIONS, resources, ("C1", "C2", "")):
            told = decide(actor, operation, resource, channel, grants)
            assert told.is_allowed == _oracle(actor, operation, resource, channel, grants), (actor, operation, grants)
            assert told.is_allowed == (told.reason == "allowed")
            assert reach(actor, operation, channel, grants).covers(resource) == told.is_allowed
            decisions += 1
            allowed += told.is_allowed
    assert decisions > 20_000
    assert 0 < allowed < decisions


_NAMES = st.sampled_from(["", "vm-a", "VM-B", "vault[1]", "a.b", "x*y"])
_PATTERNS = st.tuples() | st.tuples(st.text("*?avm-bx.[]1y", max_size=6))


@given(
    st.builds(
        Grant,
        name=st.just("g"),
        users=st.frozensets(st.sampled_from(["U1", "U2"])),
        groups=st.frozensets(st.sampled_from(["S1", "S2"])),
        operations=st.frozensets(st.sampled_from(OPERATIONS)),
        vaults=_PATTERNS,
        vms=_PATTERNS,
        channels=st.frozensets(st.sampled_from(["C1", "C2"])),
    ),
    st.builds(Resource, vault=_NAMES, vm=_NAMES),
    st.sampled_from(OPERATIONS),
    st.sampled_from(["U1", "U2", "U3"]),
)
def test_one_more_grant_never_takes_a_right_away(one: Grant, resource: Resource, operation: object, user: str) -> None:
    base = [grant(users=frozenset({"U1"}))]
    for actor in (Actor(user), Actor(user, frozenset({"S1"}), is_guest=True)):
        before = decide(actor, operation, resource, "C1", base)  # type: ignore[arg-type]
        after = decide(actor, operation, resource, "C1", [*base, one])  # type: ignore[arg-type]
        shuffled = decide(actor, operation, resource, "C1", random.sample([*base, one], 2))  # type: ignore[arg-type]
        assert after.is_allowed >= before.is_allowed
        assert after.is_allowed == shuffled.is_allowed


def test_a_pattern_full_of_stars_is_judged_at_once() -> None:
    """A hostile or careless pattern must not make a decision slow."""
    odd = Resource(vault="a" * 90)
    assert not decide(EMMA, "look-up", odd, "", [grant(vaults=("*a" * 60 + "b",))]).is_allowed
