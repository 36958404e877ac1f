"""Processes of the bot: started anew as anywhere, or forked from one that has loaded everything already."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_LEASH: Final = ROOT / "sandbox" / "leash.py"
_LOAD_SECONDS: Final = 30.0


@dataclass
class Process:
    """One process; `ended` is done with its exit code. Times in seconds since 1970, `killed` 0 while it lives."""

    pid: int
    ended: "asyncio.Future[int]"
    is_cold: bool
    started: float = field(default_factory=time.time)
    killed: float = 0.0

    @property
    def is_dead(self) -> bool:
        return self.ended.done()

    @property
    def was_killed(self) -> bool:
        """Ended by SIGKILL, its own or ours."""
        return self.ended.done() and self.ended.result() == -signal.SIGKILL

    def send(self, number: signal.Signals) -> None:
        """A signal, for nobody when it is gone already."""
        with contextlib.suppress(ProcessLookupError):
            if not self.is_dead:
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.killed = time.time()
        self.send(signal.SIGKILL)
        await self.ended

    async def died(self, seconds: float) -> bool:
        """Whether it ends by itself within so many seconds."""
        await asyncio.wait([self.ended], timeout=seconds)
        if self.is_dead and not self.killed:
            self.killed = time.time()
        return self.is_dead


async def started(module: list[str], environment: Mapping[str, str], log: Path) -> Process:
    """`python -m MODULE...`, which ends when we end; what it prints goes to `log`."""
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *_leashed(module),
            env=dict(environment),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    return Process(process.pid, asyncio.ensure_future(process.wait()), is_cold=True)


def _leashed(module: list[str]) -> list[str]:
    python = sys.executable
    return [python, "-S", "-E", str(_LEASH), str(os.getpid()), python, "-m", *module]


class Mother:
    """The process that has loaded everything; see `kill_mother`."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._begun: asyncio.Queue[Process] = asyncio.Queue()
        self._living: dict[int, Process] = {}

    async def open(self, environment: Mapping[str, str]) -> None:
        """Start it, and return when everything is loaded. Raises TimeoutError, or ConnectionError when it ended."""
        self._process = await asyncio.create_subprocess_exec(
            *_leashed(["scripts.benchmarks.kill_mother"]),
            env=dict(environment),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None  # a pipe, see above
        async with asyncio.timeout(_LOAD_SECONDS):
            if not await self._process.stdout.readline():
                raise ConnectionError("what a bot needs could not be loaded")
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    async def fork(self, environment: Mapping[str, str], log: Path) -> Process:
        """A new bot."""
        assert self._process is not None  # see `open`
        assert self._process.stdin is not None
        order = json.dumps({"environment": dict(environment), "log": str(log)}) + "\n"
        self._process.stdin.write(order.encode())
        async with asyncio.timeout(_LOAD_SECONDS):
            return await self._begun.get()

    async def close(self) -> None:
        """End it, and with it whoever lives still."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=1)

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            told = json.loads(line)
            pid = told["pid"]
            if "code" not in told:
                ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
                self._living[pid] = Process(pid, ended, is_cold=False)
                self._begun.put_nowait(self._living[pid])
            elif not self._living[pid].ended.done():
                self._living.pop(pid).ended.set_result(told["code"])
