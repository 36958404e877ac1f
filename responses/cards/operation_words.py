"""Why something did not go on, in the reader's language."""

from datetime import datetime
from typing import Final

from responses.cards.labels import Labels
from responses.cards.text import Mrkdwn, moment, mrkdwn, user_mention
from responses.cards.trouble_azure import Trouble, sentence

_OURS: Final = ("operation_why.", "not_decided.", "policy.")
_MOST: Final = 300


def why_words(trouble: Trouble, say: Labels) -> Mrkdwn:
    """A label with its values: `by` is a Slack user id, `time` an ISO time; everything else is made inert."""
    if not trouble.label.startswith(_OURS):
        return mrkdwn(sentence(trouble, say))
    values = {name: _value(name, value) for name, value in trouble.values.items()}
    try:
        return say.mrkdwn(trouble.label, **values)
    except KeyError:  # a value that an older version did not write down
        return say.mrkdwn("operation_why.untold")


def _value(name: str, value: str) -> Mrkdwn:
    if name == "by":
        return user_mention(value) or mrkdwn(value, _MOST)
    if name == "time":
        try:
            return moment(datetime.fromisoformat(value))
        except ValueError:
            return mrkdwn(value, _MOST)
    return mrkdwn(value, _MOST)
