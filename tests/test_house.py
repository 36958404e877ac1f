"""The house itself: packages come from this tree, the manifest says what the code does, locks name no host."""

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import Identity, make_app
from bot.slack.desk import Desk
from bot.slack.listeners.commands import COMMANDS
from bot.slack.listeners.events import EVENTS
from bot.slack.listeners.shortcuts import SHORTCUTS
from tests.schemas.oracle import length_problems, problems

ROOT = Path(__file__).parents[1]
PACKAGES = ("azure_ops", "responses", "intents", "bot", "sandbox")
# What Slack asks for each method that the bot calls (api.slack.com/methods); none for the others.
SCOPES = {
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "usergroups_users_list": {"usergroups:read"},
    "chat_postMessage": {"chat:write", "chat:write.public"},  # the second: public channels, without joining them
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_join": {"channels:join"},
    "files_getUploadURLExternal": {"files:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_info": {"files:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
}
UNSCOPED = {"auth_test", "views_open", "views_push", "views_update", "views_publish"}
# Used by name only: as a server's engine, or by a library that leaves the choice to us.
BY_NAME = {"uvloop", "httptools", "tzdata", "aiosqlite", "psycopg"}


def _manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_of_ours_loads_from_this_tree(name: str) -> None:
    file = importlib.import_module(name).__file__
    assert file is not None
    assert Path(file).parent == ROOT / name


def test_no_distribution_takes_the_name_of_a_package_of_ours() -> None:
    owners = metadata.packages_distributions()
    installed = {distribution.metadata["Name"].casefold() for distribution in metadata.distributions()}
    assert not installed & set(PACKAGES)
    assert not {name: owners[name] for name in PACKAGES if name in owners and owners[name] != ["azure-backup-bot"]}


def test_the_manifest_is_one_that_slack_takes() -> None:
    assert problems("manifest", _manifest()) == []
    assert length_problems(_manifest()) == []


def test_the_manifest_names_the_commands_that_are_answered() -> None:
    commands = _manifest()["features"]["slash_commands"]
    assert {command["command"] for command in commands} == set(COMMANDS)


def test_the_manifest_names_the_shortcuts_that_are_answered() -> None:
    shortcuts = _manifest()["features"]["shortcuts"]
    assert {shortcut["callback_id"] for shortcut in shortcuts} == set(SHORTCUTS)
    kinds = {shortcut["callback_id"]: shortcut["type"] for shortcut in shortcuts}
    assert kinds == {"open_explainer": "global", "explain_message": "message"}


def test_the_manifest_names_the_events_that_are_answered() -> None:
    events = _manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(events) == sorted(EVENTS)


def test_the_manifest_asks_for_the_scopes_of_what_is_called_and_no_more() -> None:
    called = {method for file in (ROOT / "bot").rglob("*.py") for method in _methods_called(file)}
    assert called <= SCOPES.keys() | UNSCOPED, "name the scope of a new method in this test"
    needed = {"commands"}.union(*(SCOPES[method] for method in called & SCOPES.keys()))
    assert set(_manifest()["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in _manifest()["oauth_config"]["scopes"]


def _methods_called(file: Path) -> Iterator[str]:
    """Names of Slack's Web API methods that a file calls on a client."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("client"):
            yield from [node.attr] if "_" in node.attr and hasattr(AsyncWebClient, node.attr) else []


def test_every_address_in_the_manifest_is_the_door() -> None:
    addresses = re.findall(r"https://\S+", (ROOT / "manifest.yml").read_text("utf-8"))
    assert {address.partition(".com")[2] for address in addresses} == {"/slack/events"}
    assert _manifest()["settings"]["interactivity"]["is_enabled"] is True


async def test_bolt_has_few_listeners_to_try() -> None:
    client = AsyncWebClient(token="xoxb-x")
    assert len(make_app(cast(Desk, SimpleNamespace(client=client)), Identity(client))._async_listeners) <= 8


def test_explaining_loads_neither_azure_nor_slack() -> None:
    program = (
        "import sys, bot.cli.explain; from bot.cli.reading import read_catalog; from intents.resolve import Resolver;"
        " assert Resolver(read_catalog()).resolve('ExtensionStuckInDeletionState').is_sure;"
        " print('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"azure", "msal", "slack_bolt", "slack_sdk", "aiohttp", "uvicorn", "sandbox"}


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda file: file.name)
def test_a_lock_holds_hashes_and_names_no_host(file: Path) -> None:
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in lines if re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|@ ", line)]
    pinned = [line for line in lines if "==" in line]
    assert pinned
    assert all(line.rstrip().endswith("\\") for line in pinned)
    hashed = len(re.findall(r"==[^\n]*\\\n\s+--hash=sha256:", "\n".join(lines)))
    assert hashed == len(pinned)


LOCKS = sorted(file for file in ROOT.rglob("package-lock.json") if "node_modules" not in file.parts)


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_a_lock_of_node_holds_hashes_and_names_no_registry(file: Path) -> None:
    packages = json.loads(file.read_text("utf-8"))["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if name and "integrity" not in package]


def _imported(folders: tuple[str, ...]) -> set[str]:
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py") if "node_modules" not in file.parts]
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {_top(alias.name) for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names |= {_top(node.module, *(alias.name for alias in node.names[:1]))}
    return names - set(sys.stdlib_module_names) - set(PACKAGES) - {"tests", "scripts"}


def _top(module: str, first: str = "") -> str:
    """The package that a module belongs to; many distributions share `azure` and `azure.mgmt`."""
    parts = [*module.split("."), first]
    return ".".join(parts[: 3 if parts[:2] == ["azure", "mgmt"] else 2]) if parts[0] == "azure" else parts[0]


def _declared(group: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = project["project"]["dependencies"] if group == "run" else project["dependency-groups"][group]
    return {re.split(r"[<>=;\[ ~!]", line, maxsplit=1)[0].casefold() for line in lines}


def _distributions(imported: set[str]) -> set[str]:
    owners = metadata.packages_distributions()
    shared = {name.replace(".", "-") for name in imported if name.startswith("azure.")}
    alone = (owner for name in imported if name.partition(".")[0] != "azure" for owner in owners.get(name, [name]))
    return shared | {owner.casefold().replace("_", "-") for owner in alone}


def test_every_library_that_is_imported_is_declared() -> None:
    assert _distributions(_imported(PACKAGES)) <= _declared("run")
    assert _distributions(_imported(("tests", "scripts"))) <= _declared("run") | _declared("dev")


def test_every_library_that_is_declared_is_used() -> None:
    assert _declared("run") - BY_NAME <= _distributions(_imported(PACKAGES))


def test_there_is_no_package_file_below_the_tests() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
