"""What only explains errors loads nothing of Azure's; what looks up loads it at the first question."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, sys
from bot.settings import Settings
from bot.slack.desk import Desk
from bot.slack.listeners.commands import COMMANDS
from bot import wiring

desks = []
make_app = wiring.make_app
wiring.make_app = lambda desk, identity: desks.append(desk) or make_app(desk, identity)

async def ask():
    wiring.build(Settings())
    body = {"command": "/backup-error", "text": "ExtensionStuckInDeletionState", "user_id": "U1"}
    answer = await COMMANDS["/backup-error"](desks[0], body)
    assert "ExtensionStuckInDeletionState" in answer.body
    await desks[0].lookups.close()
    await desks[0].background.drain(0)

asyncio.run(ask())
print("\\n".join(sys.modules))
"""


def test_explaining_an_error_in_slack_loads_no_azure_package() -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "BACKUP_BOT_"))}
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "kept-secret"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        env=kept | secrets | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "azure_ops.arm" in loaded
    assert [
        name for name in loaded if name.partition(".")[0] in ("azure", "msal", "msal_extensions", "cryptography")
    ] == []
