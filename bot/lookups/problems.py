"""What could not be read, beside what could: an error about one place, gathered without repeats."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from azure_ops.errors import AzureError
from responses.cards.jobs import Trouble

_log = logging.getLogger(__name__)
_MOST_TOLD = 10


@dataclass(slots=True)
class Problems:
    """The troubles of one look-up, in the order in which they were met."""

    _told: dict[tuple[str, str], Trouble] = field(default_factory=dict)
    errors: list[AzureError] = field(default_factory=list)

    def add(self, error: AzureError, about: str) -> None:
        """Log an error and keep it for the page; one of a kind for each place."""
        log_error(error, about)
        self.errors.append(error)
        self.note(trouble_of(error, about))

    def note(self, trouble: Trouble) -> None:
        """Keep something to tell that is no error."""
        self._told.setdefault((trouble.label, trouble.about), trouble)

    def join(self, others: Iterable[Trouble]) -> None:
        """Keep what another look-up has met."""
        for trouble in others:
            self.note(trouble)

    def told(self) -> tuple[Trouble, ...]:
        """At most ten."""
        return tuple(self._told.values())[:_MOST_TOLD]


def trouble_of(error: AzureError, about: str = "") -> Trouble:
    """An error in the words of the cards, with Azure's own code for it."""
    return Trouble(error.label, {**error.values, "code": error.code}, about)


def log_error(error: AzureError, about: str, reference: str = "") -> None:
    """One line with what Microsoft's support asks for; an error of ours never holds a token."""
    _log.warning("%s%s: %s, correlation id %s", f"{reference}: " if reference else "", about or "Azure", error,
                 error.correlation_id or "none")  # fmt: skip
