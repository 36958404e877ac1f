"""The Web API's methods by family, and the table of all of them."""

from collections.abc import Mapping
from typing import Final

from sandbox.slack.methods import app, chat, conversations, files, people, views
from sandbox.slack.methods.method import Method

METHODS: Final[Mapping[str, Method]] = {
    **app.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
