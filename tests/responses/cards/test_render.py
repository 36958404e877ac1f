"""No template can make broken JSON, print an object, or lack a value in silence."""

import pytest
from jinja2 import UndefinedError

from responses.cards.render import render_card
from responses.cards.text import Mrkdwn


def test_a_missing_part_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render_card("trouble", "en", Mrkdwn("x"), title="x")


def test_an_object_in_the_place_of_a_text_is_an_error() -> None:
    with pytest.raises(TypeError, match="dict"):
        render_card("trouble", "en", Mrkdwn("x"), title={"type": "header"}, words=())


def test_a_text_of_no_known_type_is_escaped() -> None:
    card = render_card("trouble", "en", Mrkdwn("x"), title="a <!here> & b", words=())
    assert card.blocks[0]["text"] == {"type": "plain_text", "text": "a &lt;!here&gt; &amp; b", "emoji": False}
