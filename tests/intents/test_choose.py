"""A name to one vault or subscription: never a guess."""

import pytest

from azure_ops.models import Subscription, Vault, VaultRef
from intents.choose import Ambiguous, Chosen, NotKnown, choose, id_of
from intents.look_up import LookUpJobs

PRODUCTION = Subscription("11111111-1111-4111-8111-111111111111", "Production")
ACCEPTANCE = Subscription("22222222-2222-4222-8222-222222222222", "Acceptance")
SHARED = Subscription("33333333-3333-4333-8333-333333333333", "vault-shared")
SUBSCRIPTIONS = (PRODUCTION, ACCEPTANCE, SHARED)


def _vault(subscription: Subscription, name: str, group: str = "rg-backup") -> Vault:
    return Vault(VaultRef(subscription.id, group, name))


PROD, SQL = _vault(PRODUCTION, "vault-prod"), _vault(PRODUCTION, "vault-prod-sql")
ACC, ONE, TWO = (
    _vault(ACCEPTANCE, "vault-acc"),
    _vault(ACCEPTANCE, "vault-twin"),
    _vault(SHARED, "Vault-Twin"),
)
VAULTS = (PROD, SQL, ACC, ONE, TWO)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("", None),
        ("vault-prod", PROD),  # the whole name, although another begins with it
        ("VAULT-PROD", PROD),
        ("vault-prod-s", SQL),
        ("vault-a", ACC),
        ("Production", PRODUCTION),
        ("produc", PRODUCTION),
        (ACCEPTANCE.id.upper(), ACCEPTANCE),
        (id_of(ONE).upper(), ONE),
    ],
)
def test_one_is_meant(name: str, place: object) -> None:
    assert choose(LookUpJobs(name), VAULTS, SUBSCRIPTIONS) == Chosen(place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "places"), [("vault-twin", (ONE, TWO)), ("vault-prod-", (SQL,)), ("vault-p", (PROD, SQL))]
)
def test_several_are_asked_about(name: str, places: tuple[Vault, ...]) -> None:
    meant = choose(LookUpJobs(name), VAULTS, SUBSCRIPTIONS)
    assert meant == (Ambiguous(places) if len(places) > 1 else Chosen(places[0]))


def test_a_vault_and_a_subscription_of_one_name_are_asked_about() -> None:
    named = _vault(PRODUCTION, "vault-shared")
    assert choose(LookUpJobs("vault-shared"), (*VAULTS, named), SUBSCRIPTIONS) == Ambiguous((named, SHARED))
    assert choose(LookUpJobs("vault-shared", is_subscription=True), (*VAULTS, named), SUBSCRIPTIONS) == Chosen(SHARED)


def test_a_subscription_beside_the_name_decides() -> None:
    assert choose(LookUpJobs("vault-twin", inside="accep"), VAULTS, SUBSCRIPTIONS) == Chosen(ONE)
    elsewhere = choose(LookUpJobs("vault-acc", inside="Production"), VAULTS, SUBSCRIPTIONS)
    assert isinstance(elsewhere, NotKnown)
    assert set(elsewhere.nearest) == {PROD, SQL}
    unknown = choose(LookUpJobs("vault-acc", inside="Produktion"), VAULTS, SUBSCRIPTIONS)
    assert isinstance(unknown, NotKnown)
    assert unknown.nearest[0] == PRODUCTION
    assert (elsewhere.asked, unknown.asked) == ("vault-acc", "Produktion")


def test_an_unknown_name_gets_the_nearest() -> None:
    meant = choose(LookUpJobs("valt-prd"), VAULTS, SUBSCRIPTIONS)
    assert isinstance(meant, NotKnown)
    assert meant.nearest[0] == PROD


@pytest.mark.parametrize("name", ["zzzz", "%00", "/subscriptions/11111111-1111-4111-8111-111111111111/../x"])
def test_a_name_near_nothing_gets_no_choice_that_is_none(name: str) -> None:
    meant = choose(LookUpJobs(name), VAULTS[:1], ())
    assert isinstance(meant, NotKnown)
    assert len(meant.nearest) <= 1


def test_where_there_is_nothing_nothing_is_near() -> None:
    assert choose(LookUpJobs("vault-prod"), (), ()) == NotKnown((), "vault-prod")
