"""Of what is done together nothing goes on alone."""

import asyncio

import pytest

from bot.together import together


class Asked:
    """Works that each wait, and what became of them."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def slow(self, name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)  # to let go of what it holds takes a moment
            self.ended.append(name)

    async def failing(self) -> None:
        await asyncio.sleep(0)
        raise LookupError("no such vault")


async def test_the_others_have_let_go_when_one_has_failed() -> None:
    asked = Asked()
    with pytest.raises(LookupError, match="no such vault"):
        await together([asked.slow("one"), asked.failing(), asked.slow("two")])
    assert sorted(asked.ended) == ["one", "two"]


async def test_all_have_let_go_when_the_whole_is_cancelled() -> None:
    asked = Asked()
    whole = asyncio.create_task(together([asked.slow("one"), asked.slow("two")]))
    await asyncio.sleep(0.01)
    whole.cancel()
    with pytest.raises(asyncio.CancelledError):
        await whole
    assert sorted(asked.ended) == ["one", "two"]
