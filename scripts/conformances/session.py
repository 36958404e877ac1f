"""One Azure CLI with settings of its own, whose every command becomes a step with what was checked."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_LONGEST_SECONDS: Final = 180.0
_SHOWN: Final = 1_500


@dataclass(frozen=True, slots=True)
class Step:
    """A command with its exit status and whether what was checked holds; `output` is kept where it does not."""

    command: str
    exit: int
    seconds: float
    checked: str
    holds: bool
    output: str = ""


@dataclass(slots=True)
class Session:
    program: Path
    environment: Mapping[str, str]
    steps: list[Step] = field(default_factory=list)

    async def az(self, words: str, checked: str, check: Callable[[Any], object] = bool, *, fails: bool = False) -> Any:
        """Run `az WORDS`; `check` gets its JSON (None without any). Returns that JSON, and notes the step.

        With `fails` the command must end with an error, and `check` gets what it wrote about it.
        """
        start = time.monotonic()
        status, out, err = await self._finished(words.split())
        found = err if fails else _json(out)
        holds = (status != 0) == fails and _holds(check, found)
        told = "" if holds else (err or out)[-_SHOWN:]
        self.steps.append(Step(f"az {words}", status, round(time.monotonic() - start, 1), checked, holds, told))
        return found

    @property
    def is_well(self) -> bool:
        """Whether everything so far holds."""
        return all(step.holds for step in self.steps)

    def note(self, about: str, checked: str, holds: object) -> None:
        """A check of the sandbox itself, between two commands."""
        self.steps.append(Step(about, 0, 0.0, checked, bool(holds)))

    async def _finished(self, arguments: list[str]) -> tuple[int, str, str]:
        pipe = asyncio.subprocess.PIPE
        nothing = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            self.program, *arguments, env=self.environment, stdin=nothing, stdout=pipe, stderr=pipe
        )
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                out, err = await process.communicate()
            return process.returncode or 0, out.decode(), err.decode()
        except TimeoutError:
            process.kill()
            await process.wait()
            return 124, "", f"no end within {_LONGEST_SECONDS:.0f} s"


def _json(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _holds(check: Callable[[Any], object], found: Any) -> bool:
    """What the check says; output of another shape than it expects does not hold."""
    try:
        return bool(check(found))
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        return False


def environment(folder: Path, authority: Path, given: Mapping[str, str]) -> dict[str, str]:
    """An environment for the CLI: nothing of the user's own Azure, the sandbox's authority, no network but loopback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_", "PYTHON"))}
    return kept | {
        "AZURE_CONFIG_DIR": str(folder),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "AZURE_CORE_NO_COLOR": "true",
        "AZURE_CORE_ONLY_SHOW_ERRORS": "true",
        "AZURE_CORE_OUTPUT": "json",
        "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        "AZURE_EXTENSION_DIR": str(folder / "extensions"),
        "REQUESTS_CA_BUNDLE": str(authority),
        # Whatever is not on loopback ends at a closed port: no command can reach the real Azure.
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
        **given,
    }
