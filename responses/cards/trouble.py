"""The two cards for when a button no longer works or something failed on our side."""

from responses.cards.labels import labels
from responses.cards.model import Card
from responses.cards.parts import Run, Runs, label_runs
from responses.cards.render import render_card
from responses.cards.text import excerpt, mrkdwn
from responses.catalog.model import Language


def expired(language: Language) -> Card:
    """For a click on a card that is too old, or whose entry is gone: ask again."""
    say = labels(language)
    text = label_runs(say.text("expired.text"))
    return _card(language, "expired", text, f"{say('expired.title')}. {''.join(run.text for run in text)}")


def failed(language: Language, reference: str) -> Card:
    """For a failure of ours: nothing was changed, and the reference under which it is logged."""
    say = labels(language)
    shown = excerpt(reference, 100)
    code = (Run(shown, "code"),) if shown else ()
    text = (*label_runs(f"{say.text('failed.text')} "), *code)
    return _card(language, "failed", text, say.text("failed.spoken", reference=shown))


def _card(language: Language, name: str, text: Runs, spoken: str) -> Card:
    return render_card("trouble", language, mrkdwn(spoken), title=labels(language)(f"{name}.title"), words=text)
