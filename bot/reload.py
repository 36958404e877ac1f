"""Takes over what people change in the config file while the bot runs; a broken file changes nothing."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bot.settings import Settings, SettingsError, load
from intents.policy import Grant

_log = logging.getLogger(__name__)
_EVERY_SECONDS: Final = 3.0
# A file that is still being written may be valid and mean something else: a grant whose scope is yet to come.
_SETTLE_SECONDS: Final = 1.0
_LIVE: Final = frozenset({"grants", "lookup_users", "channel_languages", "routes", "maintenance"})


class Reload:
    """Watches one file by its content, since a time of change can stay the same and a link can be moved."""

    def __init__(
        self,
        path: Path | None,
        settings: Settings,
        use: Callable[[Settings], None],
        *,
        read: Callable[[], Settings] = load,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._path = path
        self._settings = settings
        self._use = use
        self._read = read
        self._sleep = sleep
        self._seen: str | None = None

    async def run(self) -> None:
        """Until cancelled; not at all where there is no file."""
        if self._path is None:
            return
        self._seen = await self._digest()
        while True:
            await self._sleep(_EVERY_SECONDS)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the outer edge of this task: it must look again the next time
                _log.exception("the config file could not be looked at")

    async def look(self) -> None:
        """Once: read the file anew if it has changed and stays as it is; what is wrong with it is logged."""
        found = await self._digest()
        if found == self._seen:
            return
        await self._sleep(_SETTLE_SECONDS)
        if await self._digest() != found:
            return  # still being written; it is seen again the next time
        self._seen = found
        try:
            settings = await asyncio.to_thread(self._read)
        except SettingsError as error:
            _log.error("the config file has changed and is not used; everything stays as it was. %s", error.report)
            return
        self._take(settings)

    async def _digest(self) -> str:
        return await asyncio.to_thread(_digest, self._path or Path())

    def _take(self, new: Settings) -> None:
        old = self._settings
        changed = [name for name in type(new).model_fields if getattr(new, name) != getattr(old, name)]
        live = {name: getattr(new, name) for name in changed if name in _LIVE}
        self._settings = old.model_copy(update=live)
        if live:
            self._use(self._settings)
        for told in _told(old, self._settings, changed):
            _log.info("the config file has changed: %s", told)


def _told(old: Settings, new: Settings, changed: Sequence[str]) -> Iterator[str]:
    """What is different now, without any value: who may do what, by name, and what waits for a restart."""
    yield from _grants_told(_by_name(old.all_grants), _by_name(new.all_grants))
    if "channel_languages" in changed:
        yield "other languages of channels"
    yield from (f"other {name}" for name in ("routes", "maintenance") if name in changed)
    waiting = sorted(name for name in changed if name not in _LIVE)
    if waiting:
        yield f"{', '.join(waiting)} will count after a restart"


def _grants_told(old: Mapping[str, Grant], new: Mapping[str, Grant]) -> Iterator[str]:
    names = {
        "added": [name for name in new if name not in old],
        "changed": [name for name in new if name in old and new[name] != old[name]],
        "removed": [name for name in old if name not in new],
    }
    for what, named in names.items():
        if named:
            yield f"grants {what}: {', '.join(named)}"


def _by_name(grants: Iterable[Grant]) -> Mapping[str, Grant]:
    return {grant.name: grant for grant in grants}


def _digest(path: Path) -> str:
    """The content, or that there is none that can be read; never raises."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return type(error).__name__
