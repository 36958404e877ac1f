"""The buttons that act, each with a dialog that names what will be done to which VM."""

from responses.cards.labels import Labels
from responses.cards.parts import Button, Confirm
from responses.cards.text import Verbatim, excerpt, plain


def retry_button(value: str, vm: str, vault: str, say: Labels, *, after_fix: bool) -> Button:
    """`retry_backup`; where a retry only helps after the fix, the dialog asks whether it is fixed."""
    how = "confirm.retry_after_fix" if after_fix else "confirm.retry"
    text = say.text(how, vm=excerpt(vm, 60) or "?", vault=excerpt(vault, 60) or "?")
    confirm = Confirm(say("confirm.retry_title"), plain(text, 300), say("confirm.retry_yes"), say("confirm.no"))
    return Button("retry_backup", say("button.retry"), Verbatim(value), is_primary=True, confirm=confirm)


def removal_button(value: str, vm: str, vault: str, say: Labels) -> Button:
    """`remove_extension`: begins with a plan, which a second person must approve."""
    text = say.text("confirm.remove", vm=excerpt(vm, 60) or "?", vault=excerpt(vault, 60) or "?")
    confirm = Confirm(say("confirm.remove_title"), plain(text, 300), say("confirm.remove_yes"), say("confirm.no"))
    return Button("remove_extension", say("button.remove"), Verbatim(value), confirm=confirm)


def retry_all_button(value: str, count: int, name: str, say: Labels) -> Button:
    """`retry_group`: one yes for all of a group."""
    text = say.text("confirm.retry_all", count=count, title=excerpt(name, 100) or "?")
    confirm = Confirm(
        say("confirm.retry_all_title"), plain(text, 300), say("confirm.retry_all_yes", count=count), say("confirm.no")
    )
    return Button("retry_group", say("button.retry_all", count=count), Verbatim(value), confirm=confirm)
