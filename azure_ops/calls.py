"""One call to Azure from its first try to its last, and which call the running task is making."""

import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

CURRENT: Final[ContextVar["Call"]] = ContextVar("azure_call")


@dataclass(slots=True)
class Call:
    """What errors and budgets need to know of a call, and what its last try got.

    `deadline` is in seconds of the door's clock. `was_sent` is true from the moment that a connection was there to
    carry a write: from then on nobody can say that it did not happen. `status`, `headers` (lower-case names) and `body`
    (decoded JSON, None if empty) are those of the answer.
    """

    method: str
    path: str
    is_write: bool
    deadline: float
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    was_sent: bool = False
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def place(self) -> str:
        """The path as people read it."""
        return unquote(self.path)

    @property
    def may_have_happened(self) -> bool:
        """Whether a write left us; what its answer then means is for the caller to say."""
        return self.is_write and self.was_sent
