"""A message of the bot as the phase of the operation that it tells."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from responses.cards.labels import labels
from responses.cards.operations import Phase
from scripts.benchmarks.kill_fleet import GROUP_SIZE


def phase_of(message: Mapping[str, Any]) -> str:
    """The phase whose English words stand at the end of the text that is read aloud; "" where there is none."""
    text = str(message.get("text", ""))
    if text == _group_done():
        return "succeeded"
    return next((phase for words, phase in _phases() if text.endswith(words)), "")


@cache
def _group_done() -> str:
    """What the card of a group says when all of it has succeeded."""
    say, count = labels("en"), str(GROUP_SIZE)
    return f"{say.text('group.title_over', count=count)}. {say.text('group.succeeded', count=count)}"


@cache
def _phases() -> list[tuple[str, str]]:
    """Longer words first, since they may end in shorter ones."""
    say = labels("en")
    words = {say.text(f"phase.{phase}"): phase for phase in get_args(Phase)}
    assert len(words) == len(get_args(Phase)), "two phases have the same words"
    return sorted(words.items(), key=lambda pair: -len(pair[0]))
