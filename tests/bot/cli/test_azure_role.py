"""`azure-role`: a role that the Azure CLI can read on standard output, what to do with it beside it."""

import json

import pytest

from azure_ops.roles import OPERATE_ACTIONS, READ_ACTIONS
from tests.bot.cli.program import run, start

SCOPE = "/subscriptions/11111111-1111-4111-8111-111111111111"
GROUP = f"{SCOPE}/resourceGroups/rg-backup-prod"


def test_a_role_is_printed_for_a_file_and_what_to_do_with_it_for_the_reader() -> None:
    ended = start(["azure-role", "--read", "--scope", SCOPE])
    assert ended.code == 0
    role = json.loads(ended.out)
    assert (role["Actions"], role["AssignableScopes"]) == (list(READ_ACTIONS), [SCOPE])
    assert "az role definition create --role-definition @role.json" in ended.err
    assert role["Name"] in ended.err


def test_the_other_role_for_several_scopes() -> None:
    role = json.loads(run(["azure-role", "--operate", "--scope", SCOPE, "--scope", GROUP]).out)
    assert (role["Actions"], role["AssignableScopes"]) == (list(OPERATE_ACTIONS), [SCOPE, GROUP])


def test_what_is_no_scope_is_named_and_nothing_is_printed() -> None:
    ended = run(["azure-role", "--read", "--scope", SCOPE, "--scope", "production"])
    assert (ended.code, ended.out) == (2, "")
    assert "'production' is not a scope" in ended.err


@pytest.mark.parametrize("asked", [[], ["--read"], ["--scope", SCOPE], ["--read", "--operate", "--scope", SCOPE]])
def test_half_a_question_is_answered_with_the_usage(asked: list[str]) -> None:
    ended = run(["azure-role", *asked])
    assert (ended.code, ended.out) == (2, "")
    assert "--scope" in ended.err
