"""A replica as a process of its own, for tests that kill it: begins stories that each write a line and then wait."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.engine.engine import Engine, EngineSettings
from bot.engine.flow import Flow


async def main(url: str, name: str, notes: Path, begun: int) -> None:
    async def note(what: str) -> None:
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"{what} {name}\n")

    async def story(flow: Flow, given: dict[str, Any]) -> None:
        await flow.step("first", note, f"first {given['number']}")
        await flow.step("reached", note, f"reached {given['number']}")  # by now the first step is written down
        await flow.wait_for("go on", 5.0)
        await flow.step("second", note, f"second {given['number']}")

    engine = Engine(EngineSettings(url, replica=name), lost=lambda: sys.exit("lost"))
    engine.register("story", story)
    await engine.open()
    for number in range(begun):
        await engine.begin("story", f"id {number}", {"number": number})
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
