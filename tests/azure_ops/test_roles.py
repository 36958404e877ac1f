"""The rights that are asked for are those that the calls need: no more, no fewer, and as documented."""

import json
from pathlib import Path

import pytest

from azure_ops.actions import action_of
from azure_ops.roles import OPERATE_ACTIONS, PLACEHOLDER_SCOPE, READ_ACTIONS, ScopeRefused, documented, role

DOCUMENT = Path(__file__).parents[2] / "docs" / "azure-role.json"
VAULT = "/subscriptions/1/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"
ITEM = f"{VAULT}/backupFabrics/Azure/protectionContainers/c;c/protectedItems/i;i"


def test_the_document_shows_the_roles_as_they_are() -> None:
    assert json.loads(DOCUMENT.read_text()) == documented()


def test_no_role_takes_more_than_named_actions() -> None:
    for actions in (READ_ACTIONS, OPERATE_ACTIONS):
        assert not any("*" in action for action in actions)
    assert all(action.endswith("/read") for action in READ_ACTIONS)
    assert not set(READ_ACTIONS) & set(OPERATE_ACTIONS)


def test_a_role_is_made_for_the_scopes_that_are_named() -> None:
    scopes = [
        PLACEHOLDER_SCOPE,
        f"{PLACEHOLDER_SCOPE}/resourceGroups/rg-backup",
        "/providers/Microsoft.Management/managementGroups/landing-zone",
    ]
    again = [PLACEHOLDER_SCOPE, scopes[1].upper().replace("RG-BACKUP", "rg-backup"), scopes[1]]
    assert role("operate", [*again, *scopes])["AssignableScopes"] == scopes


def test_a_second_management_group_is_refused_since_azure_takes_one() -> None:
    group = "/providers/Microsoft.Management/managementGroups"
    with pytest.raises(ScopeRefused, match=f"{group}/two"):
        role("read", [f"{group}/one", f"{group}/two"])


def test_a_role_for_nowhere_is_refused() -> None:
    with pytest.raises(ScopeRefused, match="needs a scope"):
        role("read", [])


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "/",
        "/subscriptions/x",
        "/subscriptions/*",
        f"{PLACEHOLDER_SCOPE}/",
        f"{PLACEHOLDER_SCOPE}/providers/x",
        f"{PLACEHOLDER_SCOPE}/resourceGroups/ends.",
        f"{PLACEHOLDER_SCOPE}/resourceGroups/rg/providers/x",
        f"{PLACEHOLDER_SCOPE}\n",
        "/providers/Microsoft.Management/managementGroups/",
    ],
)
def test_what_is_no_scope_is_refused_by_name(scope: str) -> None:
    with pytest.raises(ScopeRefused, match="not a scope"):
        role("read", [scope])


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", f"{VAULT}/backupJobs?api-version=1", "Microsoft.RecoveryServices/Vaults/backupJobs/read"),
        ("get", f"{VAULT.upper()}/BACKUPJOBS/1", "Microsoft.RecoveryServices/Vaults/backupJobs/read"),
        ("POST", f"{VAULT}/backupJobs/1/cancel", "Microsoft.RecoveryServices/Vaults/backupJobs/cancel/action"),
        (
            "POST",
            f"{ITEM}/backup",
            "Microsoft.RecoveryServices/Vaults/backupFabrics/protectionContainers/protectedItems/backup/action",
        ),
        ("GET", f"{VAULT}/backupJobs/1/cancel", ""),
        ("DELETE", VAULT, ""),
        ("GET", "/nothing", ""),
    ],
)
def test_a_request_is_named_by_the_right_that_it_needs(method: str, path: str, action: str) -> None:
    assert action_of(method, path) == action
