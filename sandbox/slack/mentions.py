"""What a person types of people, user groups and channels, as Slack hands it to a command that asks for escaping."""

import re
from typing import Final

from sandbox.slack.workspace import Workspace

# Not inside what is escaped already, nor inside an address or a word.
_NAME: Final = re.compile(r"(?<![\w<|^!@#/])([@#])([\w][\w.-]*[\w]|\w)")


def escaped(workspace: Workspace, user: str, text: str) -> str:
    """`@daan`, `@on-call` and `#general` with their ids; a name that this person cannot mean stays as typed."""
    return _NAME.sub(lambda found: _token(workspace, user, found[1], found[2]) or found[0], text)


def _token(workspace: Workspace, user: str, mark: str, name: str) -> str:
    if mark == "#":
        seen = (one for one in workspace.channels_of(user) if one.name == name)
        return next((f"<#{one.id}|{'' if one.is_private else name}>" for one in seen), "")
    for person in workspace.users.values():
        if name.casefold() in (person.name, person.display_name.casefold()) and not person.is_deactivated:
            return f"<@{person.id}|{person.name}>"
    named = (group for group in workspace.groups.values() if group.handle == name)
    return next((f"<!subteam^{group.id}|@{group.handle}>" for group in named), "")
