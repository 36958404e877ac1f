"""The error tree: everything that can go wrong with Azure, as a label key and values, never as a sentence.

    AzureError
    ├── NotSignedIn        no credential works, or Entra refuses it
    ├── NotFound           what was asked for is not there
    ├── NotAllowed         the identity lacks a right; `action` names it
    ├── Throttled          Azure asks to wait longer than a call may take; `seconds`
    ├── Conflict           it is already running, or something else holds it
    ├── Unreachable        no answer in time, a cut connection, or Azure's own trouble (5xx)
    └── UnexpectedAnswer   an answer that is not what Azure's description says

Azure's errors become these at this package's border only. What a reader sees is made from `label` (a key in the labels,
such as "azure.not_found") and `values`.
"""

from typing import ClassVar


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
        told = ", ".join(f"{name}={value}" for name, value in ({"code": code} | values).items() if value)
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
    """Azure, or our own budget for a subscription, asks to wait. values: `seconds`, whole, as text."""

    label = "azure.throttled"

    @property
    def seconds(self) -> float:
        return float(self.values.get("seconds") or 0)


class Conflict(AzureError):
    """It is already running, or something holds it (409, 412). values: `why`, Azure's own sentence."""

    label = "azure.conflict"


class Unreachable(AzureError):
    """No answer in time, a cut connection, or Azure's own trouble. values: `why`, one line."""

    label = "azure.unreachable"


class UnexpectedAnswer(AzureError):
    """values: `where`, an ARM path or a field; `why`, one line."""

    label = "azure.unexpected"
