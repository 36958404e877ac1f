"""`jobs`: the same look-up on a terminal and for programs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from sandbox.azure import RunningAzure, running
from tests.bot.cli.program import Ended, run, start

STUCK = "ExtensionStuckInDeletionState"
Ask = Callable[..., Coroutine[Any, Any, Ended]]


@pytest.fixture
async def azure() -> AsyncIterator[RunningAzure]:
    async with running() as made:
        yield made


@pytest.fixture
def ask(azure: RunningAzure) -> Ask:
    """Runs `scripts/bot jobs ...` as a program of its own, with that Azure in its environment."""

    async def asked(*words: str, **environment: str) -> Ended:
        return await asyncio.to_thread(start, ["jobs", *words], environment={**azure.environment, **environment})

    return asked


async def test_a_table_of_what_failed(ask: Ask) -> None:
    ended = await ask("vault-prod", "failed", "24h")
    assert ended.code == 0, ended.err
    assert STUCK in ended.out
    assert "vm-sql-01" in ended.out
    assert "The backup extension is stuck while being deleted" in ended.out
    assert ended.err == ""


async def test_json_for_programs(ask: Ask) -> None:
    ended = await ask("failed", "24h", "--json", "--lang", "nl")
    told = json.loads(ended.out)
    assert ended.code == 0
    assert set(told) == {"which", "scope", "since", "read_at", "total", "groups", "rows", "problems"}
    assert set(told["groups"][0]) == {"code", "title", "is_known", "count"}
    assert set(told["rows"][0]) == {
        "group", "item", "vault", "subscription", "status", "started", "ended", "attempt", "attempts", "job", "portal",
    }  # fmt: skip
    assert told["total"] == len(told["rows"]) == sum(group["count"] for group in told["groups"])
    (row,) = [row for row in told["rows"] if row["item"] == "vm-sql-01"]
    assert told["groups"][row["group"]]["code"] == STUCK
    assert told["groups"][row["group"]]["title"] == "De back-upextensie blijft hangen bij het verwijderen"
    assert row["job"].startswith("/subscriptions/")
    assert told["problems"] == []


async def test_at_most_so_many_rows(ask: Ask) -> None:
    told = json.loads((await ask("failed", "--limit", "3", "--json")).out)
    assert (len(told["rows"]), told["total"] > 3) == (3, True)


async def test_nothing_failed_is_no_failure(ask: Ask) -> None:
    ended = await ask("vault-empty")
    assert ended.code == 0
    assert ended.out.strip()


async def test_a_name_of_several_is_asked_about(ask: Ask) -> None:
    ended = await ask("vault-shared")
    assert ended.code == 2
    assert ended.out == ""
    for told in ("Acceptance", "Shared", "--subscription"):
        assert told in ended.err
    chosen = await ask("vault-shared", "--subscription", "Acceptance", "--json")
    assert {row["subscription"] for row in json.loads(chosen.out)["rows"]} == {"Acceptance"}


async def test_an_unknown_name_gets_the_nearest(ask: Ask) -> None:
    ended = await ask("vault-prdo")
    assert ended.code == 2
    assert "vault-prod" in ended.err


async def test_azure_that_cannot_be_read_is_a_sentence(ask: Ask, azure: RunningAzure) -> None:
    azure.faults.set({"forbidden": {"operation": "list_jobs", "times": 9}})
    ended = await ask("vault-prod")
    assert ended.code == 1
    assert ended.out == ""
    assert "Microsoft.RecoveryServices/Vaults/backupJobs/read" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("failed", "running"), {}, "'running' is not understood"),
        (("--limit", "0"), {}, "--limit"),
        ((), {"BACKUP_BOT_SUBSCRIPTIONS": "Production"}, "BACKUP_BOT_SUBSCRIPTIONS"),
        ((), {"AZURE_ARM_BASE_URL": "http://management.azure.com"}, "AZURE_ARM_BASE_URL"),
    ],
)
async def test_wrong_use_is_told_and_azure_is_not_asked(
    ask: Ask, azure: RunningAzure, words: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    ended = await ask(*words, **environment)
    assert ended.code == 2
    assert told in ended.err
    assert azure.counts == {}


def test_how_to_ask_is_told() -> None:
    ended = run(["jobs", "help"])
    assert (ended.code, ended.err) == (0, "")
    assert "scripts/bot jobs [vault]" in ended.out


def test_the_role_is_printed_from_here_too() -> None:
    ended = run(["azure-role", "--read", "--scope", "/subscriptions/11111111-1111-4111-8111-111111111111"])
    assert ended.code == 0
    assert "Microsoft.RecoveryServices/Vaults/backupJobs/read" in ended.out
