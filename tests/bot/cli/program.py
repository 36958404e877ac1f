"""The program as a person starts it: arguments and standard input in, exit code and both outputs out."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.cli import main

ROOT = Path(__file__).parents[3]
Arguments = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended."""

    code: int
    out: str
    err: str


def start(arguments: Arguments, typed: bytes = b"", environment: Mapping[str, object] | None = None) -> Ended:
    """`python -m bot` as a process of its own, with none of the caller's settings; `typed` is standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=typed,
        capture_output=True,
        env=_environment(environment) | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def run(arguments: Arguments, typed: bytes = b"", environment: Mapping[str, object] | None = None) -> Ended:
    """The same inside this process, where starting one of its own for each case would only cost time."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, _environment(environment), clear=True),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8")),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


def _environment(added: Mapping[str, object] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "BACKUP_BOT_", "L"))}
    return kept | {name: str(value) for name, value in (added or {}).items()}
