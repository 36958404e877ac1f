"""The error tree: everything that can go wrong with Azure, as a label key and values, never as a sentence.

    AzureError
    ├── NotSignedIn        no credential is set up, or Entra refuses it
    ├── NotFound           what was asked for is not there
    ├── NotAllowed         the identity lacks a right; `action` names it
    ├── Throttled          Azure or its sign-in asks to wait longer than a call may take; `seconds`
    │   └── SlowedDown     our own budget for a subscription does
    ├── Conflict           Azure refuses it as things stand
    │   ├── AlreadyRunning something else is going on there
    │   ├── Locked         a lock forbids it
    │   └── Outdated       it has changed meanwhile
    ├── Unreachable        no answer in time, a cut connection, or trouble of Azure's or the sign-in's own (5xx)
    └── UnexpectedAnswer   an answer that is not what Azure's description says

Azure's errors become these at this package's border only. What a reader sees is made from `label` (a key in the labels,
such as "azure.not_found") and `values`.
"""

from typing import ClassVar

from azure_ops.reasons import Why


class AzureError(Exception):
    """A call to Azure that did not do what was asked.

    `code` is Azure's own error code, where it gave one; `correlation_id` is what Microsoft's support asks for.
    `may_have_happened` is true where a request that changes something was sent and its outcome is not known: look
    before doing it again. Nothing in here is ever a token.
    """

    label: ClassVar[str] = "azure.failed"

    def __init__(
        self, *, code: str = "", correlation_id: str = "", may_have_happened: bool = False, **values: str
    ) -> None:
        self.code = code
        self.correlation_id = correlation_id
        self.may_have_happened = may_have_happened
        self.values = values
        told = ", ".join(f"{name}={_in_words(value)}" for name, value in ({"code": code} | values).items() if value)
        super().__init__(f"{type(self).__name__}({told})")


class NotSignedIn(AzureError):
    """No credential works. values: `why`, one line for the people who run the bot."""

    label = "azure.not_signed_in"


class NotFound(AzureError):
    """values: `what`, an ARM path."""

    label = "azure.not_found"


class NotAllowed(AzureError):
    """values: `action` ("Microsoft.RecoveryServices/Vaults/backupJobs/read", or empty), `scope`, an ARM path."""

    label = "azure.not_allowed"

    @property
    def action(self) -> str:
        return self.values.get("action", "")


class Throttled(AzureError):
    """Azure asks to wait. values: `seconds`, whole, as text."""

    label = "azure.throttled"

    @property
    def seconds(self) -> float:
        return float(self.values.get("seconds") or 0)


class SlowedDown(Throttled):
    """Our own budget for a subscription asks to wait, so that Azure need not."""

    label = "azure.slowed_down"


class Conflict(AzureError):
    """Azure refuses it as things stand (409, 412). values: `why`, Azure's own sentence."""

    label = "azure.conflict"


class AlreadyRunning(Conflict):
    """Something else is going on there already."""

    label = "azure.already_running"


class Locked(Conflict):
    """A lock in Azure forbids it; only who manages the lock can change that."""

    label = "azure.locked"


class Outdated(Conflict):
    """It has changed since it was read (412)."""

    label = "azure.outdated"


class Unreachable(AzureError):
    """No answer in time, a cut connection, or Azure's own trouble. values: `why`, one line."""

    label = "azure.unreachable"


class UnexpectedAnswer(AzureError):
    """values: `where`, an ARM path or a field; `why`, one line."""

    label = "azure.unexpected"


def _in_words(value: str) -> str:
    """A value as a log has it: a reason by its own name."""
    return value.name.lower().replace("_", " ") if isinstance(value, Why) else value
