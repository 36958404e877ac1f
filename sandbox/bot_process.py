"""The bot as a child process: started with the run's secrets, watched, started again when it dies, ended in time."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp

READY_SECONDS = 20.0
_PATIENCE_SECONDS = 1.2  # from SIGTERM to SIGKILL
_RESTARTS = (0.5, 1.0, 2.0)  # seconds before each
_LINES_KEPT = 200
_LEASH = Path(__file__).parent / "leash.py"


class BotFailed(Exception):
    """The bot did not come up; the message holds what it printed."""


class BotProcess:
    """`python -m bot serve`, or another command, with a health page at `url`."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], url: str, say: Callable[[str], None]
    ) -> None:
        self._command = command
        self._environment = environment
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._pump: asyncio.Task[None] | None = None
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._is_up = False
        self.url = url

    @property
    def pid(self) -> int:
        """Of the latest process; 0 before the first."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start it and wait until it is healthy. Raises BotFailed after 20 seconds or when it ends before."""
        await self._spawn()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._healthy()
        except TimeoutError:
            await self.stop()
            raise BotFailed(self._told(f"The bot was not ready within {READY_SECONDS:.0f} seconds.")) from None
        self._is_up = True

    async def _spawn(self) -> None:
        self._lines.clear()
        self._is_up = False
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-S", "-E", str(_LEASH), str(os.getpid())),  # so that the bot does not outlive a kill -9
            *self._command,
            env=dict(self._environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we end the bot in order
        )
        self._pump = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # a pipe, see above
        async for line in process.stdout:
            text = line.decode("utf-8", errors="replace").rstrip()
            self._lines.append(text)
            if self._is_up:
                self._say(f"bot | {text}")

    async def _healthy(self) -> None:
        """Return when the health page answers 200. Raises BotFailed when the process ends before."""
        assert self._process is not None  # spawned before
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1), trust_env=False) as session:
            while True:
                if self._process.returncode is not None:
                    await self._drained()
                    raise BotFailed(self._told(f"The bot ended with exit code {self._process.returncode}."))
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.url}/health") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)

    async def _drained(self) -> None:
        if self._pump is not None:
            await asyncio.wait([self._pump], timeout=0.5)

    def _told(self, what: str) -> str:
        return "\n".join([what, *(f"  {line}" for line in self._lines)])

    async def watch(self) -> None:
        """Runs until the bot has died four times: start it again, at most three times, and say so each time."""
        for pause in _RESTARTS:
            assert self._process is not None  # spawned before
            code = await self._process.wait()
            self._say(f"The bot ended (exit code {code}). Starting it again in {pause:g} s.")
            await asyncio.sleep(pause)
            try:
                await self.start()
            except BotFailed as error:
                self._say(str(error))
            else:
                self._say("The bot is up again.")
        assert self._process is not None  # spawned before
        await self._process.wait()
        self._say("The bot ended again. It is not started any more; restart the sandbox when it is mended.")

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not go."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        await self._drained()


def serve_command() -> list[str]:
    """How the bot is started."""
    return [sys.executable, "-m", "bot", "serve"]
